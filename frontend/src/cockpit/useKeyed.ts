// A tile whose readers are touched by the keys that they read: a new figure doesn't ask the head, nor a new status the line.
import { shallowReactive, shallowRef, watch, type ShallowRef } from 'vue'
import type { Tile } from '../live/tile'

type Open = { -readonly [K in keyof Tile]: Tile[K] }

/** One object for as long as there is a tile; `latest` gives the newest state, whose unchanged keys keep their identity. */
export function useKeyed(latest: () => Tile | null): ShallowRef<Tile | null> {
  const keyed = shallowRef<Open | null>(null)
  watch(latest, (next, last) => {
    if (!next || !last || !keyed.value) keyed.value = next && shallowReactive({ ...next })
    else renew(keyed.value, last, next)
  }, { immediate: true, flush: 'sync' })
  return keyed
}

function renew(keyed: Open, last: Tile, next: Tile): void {
  for (const k in next) {
    const key = k as keyof Tile
    if (next[key] !== last[key]) set(keyed, key, next[key])
  }
}
function set<K extends keyof Open>(keyed: Open, key: K, value: Open[K]): void {
  keyed[key] = value
}

// Live states of cockpits as Vue sees them: one shallow reference a tile, one flush before the next paint.
import { onBeforeUnmount, shallowReactive, shallowRef, type ShallowRef } from 'vue'
import type { Cursor } from '../live/cursor'
import type { Live } from '../live/socket'
import type { Tile } from '../live/tile'

export interface Seen {
  readonly epoch: string
  readonly seq: number
  readonly layout: string
}

/** One cockpit under watch. */
export interface Watched {
  readonly cursor: Cursor
  readonly seen: ShallowRef<Seen>
  /** state of a tile; null before the first snapshot */
  tile(id: string): Tile | null
  /** all states, in no order; follows what comes and goes */
  tiles(): Tile[]
}

interface Entry extends Watched {
  readonly refs: Map<string, ShallowRef<Tile | null>>
  leave(): void
}

/** Watches cockpits until the page is left; `only` narrows to those still wanted. */
export function useBoards(live: Live) {
  const entries = new Map<string, Entry>()
  const dirty = new Set<Entry>()
  let frame = 0

  function flush(): void {
    frame = 0
    for (const entry of dirty) show(entry)
    dirty.clear()
  }

  function show(entry: Entry): void {
    const { board } = entry.cursor
    for (const id of board.take()) slot(entry, id).value = board.tiles.get(id) ?? null
    const { epoch, seq, layout } = board
    if (entry.seen.value.epoch !== epoch) entry.refs.forEach((ref, id) => { if (!board.tiles.has(id)) ref.value = null })
    entry.seen.value = { epoch, seq, layout }
  }

  function slot(entry: Entry, id: string): ShallowRef<Tile | null> {
    let ref = entry.refs.get(id)
    if (!ref) entry.refs.set(id, (ref = shallowRef<Tile | null>(null)))
    return ref
  }

  function watch(cockpit: string): Watched {
    const old = entries.get(cockpit)
    if (old) return old
    const { cursor, leave } = live.watch(cockpit, () => {
      dirty.add(entry)
      frame ||= requestAnimationFrame(flush)
    })
    const refs = shallowReactive(new Map<string, ShallowRef<Tile | null>>())
    const entry: Entry = {
      cursor, refs, leave,
      seen: shallowRef({ epoch: '', seq: 0, layout: '' }),
      tile: id => (refs.get(id) ?? slot(entry, id)).value,
      tiles: () => [...refs.values()].flatMap(r => r.value ?? []),
    }
    for (const [id, tile] of cursor.board.tiles) slot(entry, id).value = tile
    if (cursor.board.epoch !== '') entry.seen.value = { epoch: cursor.board.epoch, seq: cursor.board.seq, layout: cursor.board.layout }
    entries.set(cockpit, entry)
    return entry
  }

  function leave(cockpit: string): void {
    const entry = entries.get(cockpit)
    entries.delete(cockpit)
    if (entry) dirty.delete(entry)
    entry?.leave()
  }

  onBeforeUnmount(() => {
    cancelAnimationFrame(frame)
    for (const id of [...entries.keys()]) leave(id)
  })
  return { watch, leave }
}

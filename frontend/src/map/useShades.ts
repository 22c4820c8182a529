// One indicator at all areas of the map, asked again every two seconds: as near to live as the server's answers are.
import { onBeforeUnmount, shallowRef, watch } from 'vue'
import { Unanswered } from '../api/problem'
import { shades, type Shade } from './ask'

const every = 2000
/** A server that gave nothing for so long is told of. */
const patience = 6000

export type ShadeStanding = 'loading' | 'ready' | 'lost' | 'forbidden'

export function useShades(ask: () => { readonly area: string; readonly indicator: string; readonly of: string; readonly refused: boolean }, now: () => number) {
  const byArea = shallowRef<ReadonlyMap<string, Shade>>(new Map())
  const standing = shallowRef<ShadeStanding>('loading')
  /** server time of the newest answer; 0: none yet */
  const heard = shallowRef(0)
  let round = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  let answered = 0

  async function fetchNow(mine: number): Promise<void> {
    const { area, indicator, of } = ask()
    try {
      const list = await shades(area, indicator, of)
      if (mine !== round) return
      byArea.value = merged(byArea.value, list)
      standing.value = 'ready'
      heard.value = now()
      answered = performance.now()
    } catch (e) {
      if (mine !== round) return
      if (e instanceof Unanswered && e.gone) {
        standing.value = 'forbidden'
        byArea.value = new Map()
      } else if (performance.now() - answered > patience) standing.value = 'lost'
    }
    timer = setTimeout(() => void fetchNow(mine), every)
  }
  watch(() => Object.values(ask()).join(' '), () => {
    const { area, indicator, of, refused } = ask()
    if (timer) clearTimeout(timer)
    byArea.value = new Map()
    standing.value = refused ? 'forbidden' : 'loading'
    heard.value = 0
    answered = performance.now()
    const mine = ++round
    if (area && indicator && of && !refused) void fetchNow(mine)
  }, { immediate: true })
  onBeforeUnmount(() => {
    round++
    if (timer) clearTimeout(timer)
  })
  return { byArea, standing, heard }
}

/** The new answer; an area that is as it was stays the same object, and where all are, so does the map. */
export function merged(old: ReadonlyMap<string, Shade>, list: readonly Shade[]): ReadonlyMap<string, Shade> {
  let changed = old.size !== list.length
  const next = new Map(list.map(s => {
    const was = old.get(s.id)
    const same = was !== undefined && was.value === s.value && was.level === s.level && was.status === s.status && was.since === s.since && was.as_of === s.as_of
    if (!same) changed = true
    return [s.id, same ? was : s]
  }))
  return changed ? next : old
}

// A new alarm in a cockpit below this wall, and not on it, is told for twenty seconds.
import { onBeforeUnmount, shallowRef, watch } from 'vue'
import type { CockpitSummary } from '../api/definitions'
import type { Tile } from '../live/tile'
import { below } from './tree'

const shownFor = 20_000

export interface News {
  readonly cockpit: CockpitSummary
  readonly open: number
}

/**
 * Watches the tree's states; `seenHere` says that this wall shows a cockpit's alarms itself.
 * What is open when the page opens is no news.
 */
export function useBanner(cockpits: () => readonly CockpitSummary[], mine: () => string, states: () => Tile[], seenHere: (c: CockpitSummary) => boolean) {
  const news = shallowRef<News | null>(null)
  let before: Map<string, number> | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  function tell(next: News): void {
    news.value = next
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => { news.value = null }, shownFor)
  }
  watch(states, list => {
    if (list.length === 0) return
    const now = new Map(list.map(t => [t.id, t.status === 'alarm' ? (t.value ?? 0) : 0]))
    const old = before
    before = now
    if (!old) return
    const under = below(cockpits(), mine())
    const fresh = cockpits().filter(c => under.has(c.id) && (now.get(c.id) ?? 0) > (old.get(c.id) ?? 0) && !seenHere(c))
    const first = fresh[0]
    if (first) tell({ cockpit: first, open: now.get(first.id) ?? 0 })
  })
  watch(mine, () => { news.value = null })
  onBeforeUnmount(() => { if (timer) clearTimeout(timer) })
  return news
}

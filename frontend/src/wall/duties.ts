// What a paired wall owes: to say every ten seconds what stands on it, and to do what it is told.
import type { Router } from 'vue-router'
import type { Live } from '../live/socket'

const every = 10_000
const soon = 1000
const kept = 'citydeck.show'

export interface Told { readonly cockpit: string; readonly until: number }

/** What this wall was told to show; null when that is over. Outlives a reload. */
export function told(now: number): Told | null {
  try {
    const read = JSON.parse(sessionStorage.getItem(kept) ?? 'null') as Partial<Told> | null
    return read && typeof read.cockpit === 'string' && typeof read.until === 'number' && read.until > now ? { cockpit: read.cockpit, until: read.until } : null
  } catch {
    return null
  }
}

/** What this wall was told is over before its time. */
export function forget(): void {
  sessionStorage.removeItem(kept)
}

/** What stands on the page, by the page's own word; the tree's by its connection's. */
function standing(live: Live): { cockpit: string; seq: number } | null {
  const page = document.querySelector<HTMLElement>('[data-page-state]')
  if (page?.dataset.cockpit && page.dataset.seq) return { cockpit: page.dataset.cockpit, seq: Number(page.dataset.seq) }
  if (page || !document.querySelector('.tree')) return null
  const { cursor, leave } = live.watch('*', () => undefined)
  leave()
  return { cockpit: '*', seq: cursor.board.seq }
}

/** Begins for as long as the page lives. */
export function startDuties(live: Live, router: Router): void {
  const say = () => {
    const now = standing(live)
    if (now) live.shown(now.cockpit, now.seq, document.querySelector<HTMLElement>('[data-keeper]')?.dataset.overflow?.split(' ').filter(Boolean))
  }
  setInterval(say, every)
  live.onWire(() => { if (live.wire === 'open') setTimeout(say, soon) })
  live.onOrder(order => {
    if (order.op === 'reload') return location.reload()
    sessionStorage.setItem(kept, JSON.stringify({ cockpit: order.cockpit, until: order.until }))
    setTimeout(say, 3 * soon)
    const { path, query } = router.currentRoute.value
    if (!path.startsWith('/play')) void router.push({ path: '/play', query })
  })
}

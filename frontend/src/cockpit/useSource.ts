// Whether readings still come in: the server says in each beat how old the oldest unread entry is, or that it can't ask.
import { onBeforeUnmount, shallowRef, type ShallowRef } from 'vue'
import type { Live } from '../live/socket'

/** Nothing comes in: since when Redis can't be asked, or how late what comes is. */
export interface Cut {
  readonly since: number | null
  readonly behind: number | null
}

const patience = 10_000

/** Null while readings flow. */
export function useSource(live: Live): ShallowRef<Cut | null> {
  const cut = shallowRef<Cut | null>(null)
  let since: number | null = null
  onBeforeUnmount(live.onFrame(() => {
    const beat = live.beat
    if (!beat) return
    since = beat.behind === null ? (since ?? beat.now) : null
    if (since !== null) cut.value = beat.now - since >= patience ? { since, behind: null } : null
    else cut.value = beat.behind !== null && beat.behind > patience ? { since: null, behind: beat.behind } : null
  }))
  return cut
}

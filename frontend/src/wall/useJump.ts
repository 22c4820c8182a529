// A wall that plays turns to the cockpit that raises an alarm, for a while.
import { onBeforeUnmount, shallowRef, watch } from 'vue'
import type { CockpitSummary } from '../api/definitions'
import type { Tile } from '../live/tile'
import { below } from './tree'

const stays = 60_000

/** The cockpit to turn to; null: none. The deepest of those whose open alarms grew, since all above it count them too. */
export function useJump(cockpits: () => readonly CockpitSummary[], states: () => Tile[]) {
  const to = shallowRef<string | null>(null)
  let before: Map<string, number> | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(states, list => {
    if (list.length === 0) return
    const now = new Map(list.map(t => [t.id, t.status === 'alarm' ? (t.value ?? 0) : 0]))
    const old = before
    before = now
    if (!old) return
    const grew = cockpits().filter(c => (now.get(c.id) ?? 0) > (old.get(c.id) ?? 0))
    const deepest = grew.find(c => !grew.some(d => below(cockpits(), c.id).has(d.id)))
    if (!deepest) return
    to.value = deepest.id
    clearTimeout(timer)
    timer = setTimeout(() => { to.value = null }, stays)
  })
  onBeforeUnmount(() => clearTimeout(timer))
  return to
}

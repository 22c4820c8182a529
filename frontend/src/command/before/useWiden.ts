// A zone that is added to a command that runs: who of it is on the list already, and the addition itself.
import { computed, shallowRef, type Ref } from 'vue'
import type { CommandBrief, Home, Zone } from './model'
import { Denied, part, talk } from './talk'
import { useAsked } from './useRoster'
import type { Building } from './zone'

export type WidenOutcome = { readonly kind: 'ready' | 'sending' | 'unsent' } | { readonly kind: 'done'; readonly total: number } | { readonly kind: 'refused'; readonly status: number; readonly detail: string; readonly command: string }

const keyOf = (h: Home) => `${h.estate}/${h.building}`

/** `id`: the command; empty: none is widened. */
export function useWiden(id: () => string, homes: Ref<readonly Home[] | null>, inside: Ref<readonly Building[]>) {
  const asked = useAsked<CommandBrief>(() => (id() === '' ? null : `/commands/${part(id())}`), 5000)
  const units = useAsked<{ homes?: readonly string[] }[]>(() => (id() === '' ? null : `/commands/${part(id())}/units`), 5000)
  const command = computed(() => asked.value.value)
  const listed = computed(() => new Set((units.value.value ?? []).flatMap(u => u.homes ?? [])))
  /** Houses all of whose households are on the list. */
  const held = computed(() => {
    const some = new Set<string>()
    const open = new Set<string>()
    for (const h of homes.value ?? []) (listed.value.has(h.id) ? some : open).add(keyOf(h))
    return new Set([...some].filter(k => !open.has(k)))
  })
  /** How many households of the zone are on the list already. */
  const already = computed(() => {
    const here = new Set(inside.value.map(b => b.key))
    return (homes.value ?? []).filter(h => here.has(keyOf(h)) && listed.value.has(h.id)).length
  })
  const outcome = shallowRef<WidenOutcome>({ kind: 'ready' })
  async function widen(zone: Zone, reason: string): Promise<void> {
    if (outcome.value.kind === 'sending') return
    outcome.value = { kind: 'sending' }
    try {
      const { body } = await talk<CommandBrief>('POST', `/commands/${part(id())}/widen`, { reason, zone }, {}, 15_000)
      outcome.value = { kind: 'done', total: body.total }
    } catch (e) {
      if (!(e instanceof Denied)) throw e
      outcome.value = e.status === 0 || e.status >= 500 ? { kind: 'unsent' } : { kind: 'refused', status: e.status, detail: e.problem.detail ?? '', command: e.problem.command ?? '' }
    }
  }
  const ready = () => { outcome.value = { kind: 'ready' } }
  return { command, standing: asked.standing, listed, held, already, outcome, widen, ready }
}

// What open alarms propose: for each area with an alarm, the plans and prepared zones that meet it.
import { computed, onBeforeUnmount, shallowRef } from 'vue'
import { api } from '../../api/client'
import type { TileDefinition } from '../../api/definitions'
import type { Station } from '../../cockpit/station'
import type { Tile } from '../../live/tile'
import { part, talk } from '../before/talk'

export interface Suggested { readonly plan: string; readonly zone: string }
export interface Proposal { readonly area: string; readonly indicator: string; readonly since: number | null; readonly list: readonly Suggested[] }

const every = 10_000
const most = 6
const each = 3

export function useProposals({ district }: Station) {
  const found = shallowRef<readonly Proposal[]>([])
  const root = computed(() => district.cockpits.value.find(c => c.kind === 'district')?.id ?? '')
  let alive = true
  let timer: ReturnType<typeof setTimeout> | null = null

  /** Alarms of the whole district, the longest first. */
  async function alarms() {
    const cockpit = await api.cockpit(root.value)
    const items = cockpit.tiles.filter(d => d.kind === 'alerts').flatMap(d => (d as TileDefinition & { state?: Tile | null }).state?.items ?? [])
    const open = items.filter(i => i.level === 'alarm' && i.area && i.indicator)
    // An alarm that one further down explains says nothing new.
    const deepest = open.filter(i => !open.some(o => o.indicator === i.indicator && o.area !== i.area && district.path(o.area ?? '').some(a => a.id === i.area)))
    return deepest.sort((a, b) => (a.since ?? 0) - (b.since ?? 0))
  }
  async function look(): Promise<void> {
    try {
      const list: Proposal[] = []
      for (const i of root.value ? await alarms() : []) {
        if (list.length >= most) break
        const { body } = await talk<Suggested[]>('GET', `/areas/${part(i.area ?? '')}/proposals`)
        if (body.length > 0) list.push({ area: i.area ?? '', indicator: i.indicator ?? '', since: i.since ?? null, list: body.slice(0, each) })
      }
      found.value = list
    } catch {
      // asked again below; what was found stays
    }
    if (alive) timer = setTimeout(() => void look(), root.value ? every : 500)
  }
  void look()
  onBeforeUnmount(() => {
    alive = false
    if (timer) clearTimeout(timer)
  })
  return found
}

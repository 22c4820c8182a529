// The zone of this page: begun by its address, changed by hand, and what of the map lies in it.
import { computed, ref, watch, type ComputedRef } from 'vue'
import type { LocationQuery } from 'vue-router'
import type { Plan } from './model'
import type { useRoster } from './useRoster'
import { blank, buildingsOf, holds, ringsOf, toggled, zoneOf, type Draft } from './zone'

/** What a hand changes: parts of the draft, or one building or area in or out. */
export type Change = Partial<Draft> & { readonly building?: string; readonly area?: string }

export function useDraft(plan: ComputedRef<Plan | null>, roster: ReturnType<typeof useRoster>, query: () => LocationQuery) {
  const draft = ref<Draft>(blank)
  let begun = ''
  /** `?widen=` begins with nothing chosen, houses to be tapped; `?zone=` names a prepared zone, `?areas=` areas; without either the plan's only one is taken. */
  watch(plan, p => {
    if (!p || begun === p.id) return
    begun = p.id
    const { zone, areas, widen } = query()
    const [only, ...more] = p.zones ?? []
    if (typeof widen === 'string' && widen) draft.value = { ...blank, tool: 'buildings' }
    else if (typeof areas === 'string' && areas) draft.value = { ...blank, tool: 'areas', areas: areas.split(',') }
    else if (typeof zone === 'string' && p.zones?.some(z => z.id === zone)) draft.value = { ...blank, prepared: zone }
    else draft.value = { ...blank, prepared: only && more.length === 0 ? only.id : '' }
  }, { immediate: true })

  function change({ building, area, ...rest }: Change): void {
    const d = draft.value
    draft.value = { ...d, ...rest, ...(building ? { buildings: toggled(d.buildings, building) } : {}), ...(area ? { areas: toggled(d.areas, area) } : {}) }
  }
  const zone = computed(() => zoneOf(draft.value, plan.value))
  const buildings = computed(() => buildingsOf(roster.homes.value ?? []))
  const inside = computed(() => {
    const z = zone.value
    return z ? buildings.value.filter(b => holds(z, b, roster.up)) : []
  })
  const rings = computed(() => (zone.value ? ringsOf(zone.value, inside.value, buildings.value) : null))
  const inZone = (area: string) => roster.up(area).some(a => zone.value?.areas?.includes(a))
  return { draft, change, zone, buildings, inside, rings, inZone }
}

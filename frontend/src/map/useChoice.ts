// What the map shows stands in its address: indicator, level, layers, the selected area. A link brings it all back.
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Cockpit } from '../api/definitions'
import type { District } from '../cockpit/district'

const words = (v: unknown): string => (typeof v === 'string' ? v : '')

export function useChoice(definition: () => Cockpit | null, district: District) {
  const route = useRoute()
  const router = useRouter()

  /** What the cockpit's own map shows; without one its first indicator. */
  const own = computed(() => {
    const tiles = definition()?.tiles ?? []
    const tile = tiles.find(t => t.kind === 'map' && t.indicator) ?? tiles.find(t => t.indicator && t.of) ?? tiles.find(t => t.indicator)
    return { indicator: tile?.indicator ?? '', of: tile?.of ?? '', layers: tiles.filter(t => t.kind === 'map').flatMap(t => t.layers ?? []) }
  })
  /** Kinds of areas below the cockpit's, from the top down. */
  const kinds = computed(() => {
    const top = definition()?.area
    const found: string[] = []
    let floor = district.area(top ?? '')?.children ?? []
    while (floor.length > 0) {
      const areas = floor.flatMap(id => district.area(id) ?? [])
      for (const a of areas) if (!found.includes(a.kind)) found.push(a.kind)
      floor = areas.flatMap(a => a.children)
    }
    return found
  })
  const indicator = computed(() => {
    const asked = words(route.query.indicator)
    return district.indicator(asked) ? asked : own.value.indicator || (district.allIndicators()[0]?.id ?? '')
  })
  const of = computed(() => {
    const asked = words(route.query.of)
    if (kinds.value.includes(asked)) return asked
    return kinds.value.includes(own.value.of) ? own.value.of : (kinds.value[0] ?? '')
  })
  const layers = computed(() => (typeof route.query.layers === 'string' ? route.query.layers.split(',').filter(Boolean) : own.value.layers))
  const area = computed(() => (district.area(words(route.query.area)) ? words(route.query.area) : ''))

  function change(next: { indicator?: string; of?: string; layers?: readonly string[]; area?: string }): Promise<unknown> {
    const query = { ...route.query }
    for (const key of ['indicator', 'of', 'area'] as const) {
      const v = next[key]
      if (v === undefined) continue
      if (v === '') delete query[key]
      else query[key] = v
    }
    if (next.layers) query.layers = next.layers.join(',')
    return router.replace({ path: route.path, query })
  }
  return { indicator, of, layers, area, kinds, change, gl: computed(() => route.query.gl) }
}

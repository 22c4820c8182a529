// The layers that these eyes may see, and the cockpits whose boards know the states of their points.
import { onBeforeUnmount, shallowRef, watch } from 'vue'
import { api } from '../api/client'
import type { Cockpit } from '../api/definitions'
import { persist, type District } from '../cockpit/district'
import { layers as fetchLayers, type Layer } from './ask'

export function useLayers(district: District) {
  const layers = shallowRef<readonly Layer[]>([])
  const definitions = shallowRef<ReadonlyMap<string, Cockpit>>(new Map())
  let round = 0
  watch(() => district.cockpits.value, async cockpits => {
    const mine = ++round
    const still = () => mine === round
    const found = await persist(fetchLayers, still)
    if (still()) layers.value = (found ?? []).filter(l => l.placed > 0)
    const all = await Promise.all(cockpits.map(c => persist(() => api.cockpit(c.id), still)))
    if (still()) definitions.value = new Map(all.flatMap(c => (c ? [[c.id, c] as const] : [])))
  }, { immediate: true })
  onBeforeUnmount(() => { round++ })
  return { layers, definitions }
}

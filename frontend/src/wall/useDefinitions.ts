// The definitions of all cockpits: a card shows the first figure of its own, the root its map.
import { onBeforeUnmount, shallowRef, watch } from 'vue'
import { api } from '../api/client'
import type { Cockpit, CockpitSummary } from '../api/definitions'
import { persist } from '../cockpit/district'

/** Definitions of all cockpits by id, as they come in. */
export function useDefinitions(cockpits: () => readonly CockpitSummary[]) {
  const found = shallowRef<ReadonlyMap<string, Cockpit>>(new Map())
  let round = 0
  watch(cockpits, async list => {
    const mine = ++round
    const all = await Promise.all(list.map(c => persist(() => api.cockpit(c.id), () => mine === round)))
    if (mine === round) found.value = new Map(all.flatMap(c => (c ? [[c.id, c] as const] : [])))
  }, { immediate: true })
  onBeforeUnmount(() => { round++ })
  return found
}

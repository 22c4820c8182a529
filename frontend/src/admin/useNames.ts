// Areas and cockpits by name, for forms and lists.
import { shallowRef } from 'vue'
import { api } from '../api/client'
import type { Area, CockpitSummary } from '../api/definitions'

export type Names = ReturnType<typeof useNames>

export function useNames() {
  const areas = shallowRef<readonly Area[]>([])
  const cockpits = shallowRef<readonly CockpitSummary[]>([])
  const named = (x: { name: string; name_en: string } | undefined, id: string, lang: 'zh' | 'en') => (lang === 'en' && x?.name_en ? x.name_en : (x?.name ?? id))
  void api.areas().then(a => { areas.value = a }, () => undefined)
  void api.cockpits().then(c => { cockpits.value = c }, () => undefined)

  /** An area and those above it, from below, so that a search by name finds it. */
  function within(id: string, root: string): boolean {
    for (let a = areas.value.find(x => x.id === id), steps = 0; a && steps < 32; steps++) {
      if (a.id === root) return true
      const up = a.parent
      a = areas.value.find(x => x.id === up)
    }
    return false
  }
  return {
    areas, cockpits, within,
    area: (id: string, lang: 'zh' | 'en') => named(areas.value.find(a => a.id === id), id, lang),
    cockpit: (id: string, lang: 'zh' | 'en') => named(cockpits.value.find(c => c.id === id), id, lang),
  }
}

// Names of points, from the lists in which they are registered; fetched when the first point has to be named.
import { computed, shallowRef, type Ref } from 'vue'
import { api } from '../api/client'
import type { PointList } from '../api/definitions'
import type { Lang } from '../tiles/context'

interface Summary { readonly id: string; readonly size: number }
/** A longer list is not fetched for the sake of a name. */
const most = 5000

async function fetchLists(): Promise<readonly PointList[]> {
  const answer = await fetch('/api/v1/lists')
  if (!answer.ok) return []
  const all = await answer.json() as Summary[]
  const found = await Promise.all(all.filter(l => l.size <= most).map(l => api.list(l.id).catch(() => null)))
  return found.flatMap(l => l ?? [])
}

/** The name of a point; its id until a list is known that has it. */
export function usePointNames(lang: Ref<Lang>): (id: string) => string {
  const known = shallowRef<readonly PointList[]>([])
  let asked = false
  const names = computed(() => new Map(known.value.flatMap(l => l.points.map(p => [p.point, lang.value === 'en' && p.name_en ? p.name_en : p.name] as const))))
  return id => {
    if (!asked) {
      asked = true
      void fetchLists().then(lists => { known.value = lists }, () => undefined)
    }
    return names.value.get(id) ?? id
  }
}

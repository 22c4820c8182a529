// Which number is being explained stands in the address (?explain=indicator@area), on every page: a link opens it,
// the way back closes it, and each floor down is one step.
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { placeOf, wordsOf, type Place } from './explain'

/** Steps since the page without a drawer; -1 where nobody knows, since a link led straight into it. */
function depth(): number {
  const kept: unknown = (history.state as { explain?: unknown } | null)?.explain
  return typeof kept === 'number' ? kept : 0
}

export function useExplain() {
  const route = useRoute()
  const router = useRouter()
  const at = computed<Place | null>(() => placeOf(route.query.explain))

  function open(indicator: string, area: string): void {
    const words = wordsOf({ indicator, area })
    if (route.query.explain === words) return
    const steps = at.value && depth() <= 0 ? -1 : depth() + 1
    void router.push({ path: route.path, query: { ...route.query, explain: words }, state: { explain: steps } })
  }

  function close(): void {
    const steps = depth()
    if (steps > 0) {
      router.go(-steps)
      return
    }
    void router.replace({ path: route.path, query: Object.fromEntries(Object.entries(route.query).filter(([key]) => key !== 'explain')) })
  }
  return { at, open, close }
}

// The panel about one figure at one area stands in the address (?explain=indicator@area), so that it can be linked to.
import { computed } from 'vue'
import { useRoute } from 'vue-router'
import type { Screen } from '../cockpit/useScreen'

export interface Place {
  readonly indicator: string
  readonly area: string
}

export function usePanel(screen: Screen) {
  const route = useRoute()
  const at = computed<Place | null>(() => {
    const [indicator, area] = typeof route.query.explain === 'string' ? route.query.explain.split('@') : []
    return indicator && area ? { indicator, area } : null
  })
  return {
    at,
    open: (indicator: string, area: string) => void screen.change({ explain: `${indicator}@${area}` }),
    close: () => void screen.change({ explain: undefined }),
  }
}

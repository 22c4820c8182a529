// How this screen is seen: language, theme, size, distance; all of it in the address, so that a wall needs no hands.
import { computed, onBeforeUnmount, onMounted, shallowRef, watchEffect } from 'vue'
import { useRoute, useRouter, type LocationQuery, type RouteLocationRaw } from 'vue-router'
import type { Lang, Theme } from '../tiles/context'
import { assumedWidth, growth, modeFor, pitch, scrollRow } from './layout'

const kept = ['w', 'd', 'fit', 'lang', 'theme', 'kiosk', 'sound'] as const

function pick(query: LocationQuery): Record<string, string> {
  return Object.fromEntries(kept.flatMap(k => (typeof query[k] === 'string' ? [[k, query[k]]] : [])))
}

function metres(value: unknown, fallback: number): number {
  const n = Number(value)
  return typeof value === 'string' && Number.isFinite(n) && n > 0 && n < 1000 ? n : fallback
}

/** The screen of this page; follows the window and the address. */
export function useScreen(standard: Theme = 'dark') {
  const route = useRoute()
  const router = useRouter()
  const size = shallowRef({ width: innerWidth, height: innerHeight })
  const measure = () => { size.value = { width: innerWidth, height: innerHeight } }
  onMounted(() => addEventListener('resize', measure))
  onBeforeUnmount(() => removeEventListener('resize', measure))

  const lang = computed<Lang>(() => (route.query.lang === 'en' ? 'en' : 'zh'))
  const theme = computed<Theme>(() => (route.query.theme === 'light' ? 'light' : route.query.theme === 'dark' ? 'dark' : standard))
  const shape = computed(() => modeFor(size.value.width, size.value.height, typeof route.query.fit === 'string' ? route.query.fit : undefined))
  const scrolls = computed(() => shape.value.mode === 'scroll')
  const u = computed(() => (scrolls.value ? scrollRow / pitch.row : Math.min(size.value.width / 1920, size.value.height / 1080)))
  const k = computed(() => (scrolls.value ? 1 : growth(size.value.width, size.value.height, metres(route.query.w, assumedWidth(size.value.width, size.value.height)), metres(route.query.d, 8))))
  const style = computed(() => ({ '--u': `${u.value}px`, '--k': k.value === 1 || k.value < 1.02 ? 1 : k.value }))

  watchEffect(() => {
    document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en'
    document.documentElement.dataset.theme = theme.value
  })

  /** A place in the program, seen as this screen sees: only the address's own words change. */
  const to = (path: string, more: Record<string, string> = {}): RouteLocationRaw => ({ path, query: { ...pick(route.query), ...more } })
  const change = (words: Record<string, string | undefined>) => {
    const query = { ...route.query, ...words }
    return router.replace({ path: route.path, query: Object.fromEntries(Object.entries(query).filter(([, v]) => v !== undefined)) })
  }
  return {
    size, lang, theme, shape, scrolls, u, k, style, to,
    go: (path: string, more?: Record<string, string>) => router.push(to(path, more)),
    change,
    switchLang: () => change({ lang: lang.value === 'zh' ? 'en' : undefined }),
    switchTheme: () => change({ theme: theme.value === 'dark' ? 'light' : 'dark' }),
  }
}

export type Screen = ReturnType<typeof useScreen>

// What a tile of the draft would show: the wall's own state where the wall has such a tile, else what can be asked.
import { onBeforeUnmount, shallowReactive, watch } from 'vue'
import { api, type Value } from '../api/client'
import type { Cockpit, TileDefinition } from '../api/definitions'
import type { District } from '../cockpit/district'
import type { Item, Tile } from '../live/tile'
import type { Draft, TileDraft } from './draft'

const every = 15_000
const placeless = (d: object) => JSON.stringify(Object.entries({ ...d, x: 0, y: 0, w: 0, h: 0, title: '', title_en: '', short: '', short_en: '', state: 0 }).sort(([a], [b]) => (a < b ? -1 : 1)))

/** A tile of the draft as tiles are drawn: with the area and the title that it has when it says none. */
export function definitionOf(t: TileDraft, d: Draft, district: District): TileDefinition {
  const [only] = t.indicator ? [t.indicator] : t.indicators ?? []
  const named = only === undefined || (t.indicators?.length ?? 1) > 1 ? undefined : district.indicator(only)
  return { ...t, area: t.area ?? d.area, title: t.title ?? named?.name ?? t.id, title_en: t.title_en ?? (t.title ? '' : named?.name_en ?? t.id) }
}

const blank = (id: string): Tile => ({ id, value: null, level: null, status: 'normal', since: null, as_of: null, counts_from: null, parts: null, coverage: null, disputed: null, change: null, spark: null, items: null })
const valued = (t: Tile, v: Value): Tile => ({ ...t, value: v.value, level: v.level, status: v.status, since: v.since, as_of: v.as_of, counts_from: v.counts_from, coverage: v.coverage, disputed: v.disputed } as Tile)
const row = (id: string, v: Value): Item => ({ id, value: v.value, level: v.level, status: v.status, coverage: v.coverage } as Item)

async function ask(d: TileDefinition): Promise<Tile | null> {
  if (d.kind === 'breakdown') {
    const values = await Promise.all((d.indicators ?? []).map(i => api.value(i, d.area)))
    return { ...blank(d.id), items: values.map(v => row(v.indicator, v)) }
  }
  if (!d.indicator || !['stat', 'progress', 'trend', 'map', 'ranking'].includes(d.kind) || d.kind === 'trend' && d.of) return null
  const tile = valued(blank(d.id), await api.value(d.indicator, d.area))
  if (d.kind === 'progress') return { ...tile, target: d.target ?? null }
  if (d.kind === 'stat' || d.kind === 'trend') return { ...tile, spark: [] }
  return null
}

/** States of the draft's tiles by id; none where only the saved tile can tell. */
export function usePreview(draft: () => Draft | null, saved: () => Cockpit | null, live: (id: string) => Tile | null, district: District) {
  const asked = shallowReactive(new Map<string, Tile>())
  const same = (d: TileDefinition) => (saved()?.tiles ?? []).some(s => s.id === d.id && placeless(s) === placeless(d))
  const open = () => {
    const d = draft()
    return d ? d.tiles.map(t => definitionOf(t, d, district)).filter(t => !sameSaved(t)) : []
  }
  /** The wall draws the same when nothing but place and words differ; what alerts list by default counts as said. */
  function sameSaved(d: TileDefinition): boolean {
    const was = saved()?.tiles.find(s => s.id === d.id)
    return same(d) || (was !== undefined && was.kind === 'alerts' && d.kind === 'alerts' && !d.indicators && same({ ...d, indicators: was.indicators }))
  }
  let round = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  async function refresh(): Promise<void> {
    const mine = ++round
    clearTimeout(timer)
    for (const d of open()) {
      const tile = await ask(d).catch(() => null)
      if (mine !== round) return
      if (tile) asked.set(`${d.id} ${placeless(d)}`, tile)
    }
    timer = setTimeout(() => void refresh(), every)
  }
  watch(() => open().map(placeless).join(), () => void refresh(), { immediate: true })
  onBeforeUnmount(() => {
    round++
    clearTimeout(timer)
  })
  return (d: TileDefinition): Tile | null => (sameSaved(d) ? live(d.id) : asked.get(`${d.id} ${placeless(d)}`) ?? null)
}

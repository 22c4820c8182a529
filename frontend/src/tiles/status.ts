// What a tile's state says beside its value: who is missing, how far its line has run down, how its face looks.
import type { Coverage, Item, Level, Status, Tile } from '../live/tile'
import type { Indicator } from '../api/definitions'
import type { TileContext } from './context'

/** How a row, a cell or an area looks: its status, where the server sends none its level. */
export function statusOf(item: Pick<Item, 'status' | 'level' | 'value'>): Status {
  if (item.status) return item.status
  if (item.level === 'alarm' || item.level === 'warn') return item.level
  return item.value === null || item.value === undefined ? 'empty' : 'normal'
}

const order: Record<Status, number> = { alarm: 0, warn: 1, stale: 2, empty: 3, suppressed: 4, normal: 5 }

/** Sorts worst first. */
export function byStatus(a: Status, b: Status): number {
  return order[a] - order[b]
}

/** True when part of what should report doesn't. */
export function isPartial(coverage: Coverage | null | undefined): coverage is Coverage {
  return !!coverage && coverage.fresh < coverage.expected
}

/** Segments of the coverage bar: one each up to twelve, else eight with the missing share rounded up. */
export function segments(coverage: Coverage): { all: number; full: number } {
  const { fresh, expected } = coverage
  if (expected <= 0) return { all: 0, full: 0 }
  if (expected <= 12) return { all: expected, full: Math.max(0, Math.min(expected, fresh)) }
  const missing = Math.max(0, Math.min(8, Math.ceil(((expected - fresh) / expected) * 8)))
  return { all: 8, full: 8 - missing }
}

/** Length of the freshness line: 1 when just heard, 0 when it is stale. */
export function freshness(asOf: number, now: number, freshFor: number): number {
  if (freshFor <= 0) return 0
  return Math.max(0, Math.min(1, 1 - (now - asOf) / freshFor))
}

/** Short name of an area or a point: the suffix of its kind is left out where others stand beside it. */
export function shortName(name: string): string {
  const cut = name.replace(/(街道|社区|Subdistrict|Sub-district|Community)$/u, '').trim()
  return cut || name
}

/** Name of an area in the language of the page. */
export function areaName(ctx: TileContext, id: string, short = true): string {
  const area = ctx.area(id)
  if (!area) return id
  const name = ctx.lang === 'en' && area.name_en ? area.name_en : area.name
  return short ? shortName(name) : name
}

/** Name of an indicator in the language of the page. */
export function indicatorName(ctx: TileContext, id: string): string {
  const indicator = ctx.indicator(id)
  if (!indicator) return id
  return ctx.lang === 'en' && indicator.name_en ? indicator.name_en : indicator.name
}

/** The names of those who don't report, and how many more there are. */
export function silentNames(ctx: TileContext, coverage: Coverage, list?: string): { names: string; more: number } {
  const points = list ? ctx.list(list)?.points : undefined
  const first = coverage.silent[0]
  if (first === undefined) return { names: '', more: 0 }
  const missing = coverage.expected - coverage.fresh
  const isArea = ctx.area(first) !== undefined
  const point = points?.find(p => p.point === first)
  const name = isArea ? areaName(ctx, first) : ((ctx.lang === 'en' && point?.name_en) || (point?.name ?? first))
  const more = isArea ? coverage.silent.length : missing
  return { names: name, more: more > 1 ? more : 0 }
}

/** Thresholds that hold for this kind of area; elsewhere an indicator has none. */
export function thresholds(indicator: Indicator | undefined, kind: string | undefined): { warn: number | null; alarm: number | null } {
  if (!indicator) return { warn: null, alarm: null }
  const { thresholds_for: kinds } = indicator
  if (kinds.length > 0 && kind !== undefined && !kinds.includes(kind)) return { warn: null, alarm: null }
  return { warn: indicator.warn, alarm: indicator.alarm }
}

/** Counts stand on zero; rates and formulas have a range of their own. */
export function countsFromZero(ctx: TileContext, indicator: Indicator | undefined): boolean {
  if (!indicator?.measure) return false
  if (indicator.unit === '%') return false
  const kind = ctx.measure(indicator.measure)?.kind
  return kind !== 'observation'
}

/** Colour of a line in charts: the status's own, else the one data hue. */
export function lineColour(status: Status, level: Level): string {
  if (status === 'stale') return 'var(--stale)'
  if (status === 'alarm' || (status !== 'warn' && level === 'alarm')) return 'var(--text-1)'
  if (status === 'warn') return 'var(--warn)'
  return 'var(--data)'
}

/** True when the tile has something to show as a figure. */
export function hasValue(tile: Tile): boolean {
  return tile.value !== null && tile.status !== 'suppressed' && tile.status !== 'empty'
}

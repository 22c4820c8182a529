// How an explanation says its figures, names and rules.
import type { Indicator } from '../api/definitions'
import type { ExplainedPart, Explanation } from '../api/explain'
import type { TileContext } from '../tiles/context'
import { show } from '../tiles/say'
import { areaName, thresholds } from '../tiles/status'
import { formatValue } from '../words/numbers'
import { unitWord } from '../words/units'
import type { ExplainWords } from '../words/explain'
import type { Row } from './explain'

/** Name of a measure in the language of the page. */
export function measureName(ctx: TileContext, id: string | undefined): string {
  const m = ctx.measure(id ?? '')
  return m ? (ctx.lang === 'en' && m.name_en ? m.name_en : m.name) : (id ?? '')
}

/** A part's figure, exact: all its digits up to six places, no shortening. */
export function exact(value: number | null | undefined, lang: 'zh' | 'en', decimals = 6): string {
  if (value === null || value === undefined) return '—'
  const places = Number.isInteger(value) ? 0 : Math.min(decimals, (String(Number(value.toFixed(decimals))).split('.')[1] ?? '').length)
  return formatValue(value, { decimals: places, unit: '', lang }).text
}

/** A value of the indicator with its unit. */
export function withUnit(ctx: TileContext, indicator: Indicator | undefined, value: number | null | undefined, kind?: string): string {
  const s = show(ctx, indicator, value, kind)
  return s.unit ? `${s.text} ${s.unit}` : s.text
}

/** Unit of a measure in the language of the page. */
export function measureUnit(ctx: TileContext, id: string): string {
  return unitWord(ctx.measure(id)?.unit ?? '', ctx.lang)
}

/** The rule of an indicator in the names of its parts. */
export function ruleWords(ctx: TileContext, i: Indicator): string {
  if (i.formula) return i.formula.replace(/[a-z][a-z0-9_]*/gu, id => measureName(ctx, id)).replaceAll('*', '×').replaceAll('/', '÷').replaceAll('-', '−')
  if (i.numerator) return `${measureName(ctx, i.numerator)} ÷ ${measureName(ctx, i.denominator)}${i.scale === 1 ? '' : ` × ${i.scale}`}`
  return measureName(ctx, i.measure)
}

/** The same rule in the figures of now: 3 190 ÷ 3 203 × 100 = 99.59 %. */
export function ruleFigures(ctx: TileContext, e: Explanation, kind: string | undefined): string {
  const i = e.indicator
  if (i.measure) return ''
  const of = (id: string | undefined) => exact(e.parts.find(p => p.measure === id)?.value, ctx.lang, 3)
  const result = withUnit(ctx, i, e.value, kind)
  if (i.formula) return `${i.formula.replace(/[a-z][a-z0-9_]*/gu, of).replaceAll('*', '×').replaceAll('/', '÷').replace(/ - /gu, ' − ')} = ${result}`
  return `${of(i.numerator)} ÷ ${of(i.denominator)}${i.scale === 1 ? '' : ` × ${i.scale}`} = ${result}`
}

/** Where an indicator warns and alarms at this kind of area. */
export function limitWords(ctx: TileContext, i: Indicator, kind: string | undefined, w: ExplainWords): string {
  const { warn, alarm } = thresholds(i, kind)
  const up = i.direction === 'lower_better'
  const say = (v: number) => withUnit(ctx, { ...i, warn: null, alarm: null, decimals: Number.isInteger(v) ? 0 : i.decimals }, v)
  const list = [warn === null ? '' : (up ? w.warnFrom : w.warnBelow)(say(warn)), alarm === null ? '' : (up ? w.alarmFrom : w.alarmBelow)(say(alarm))]
  return list.filter(Boolean).join(' · ') || w.noThresholds
}

/** Name of a child area, or of a point. */
export function rowName(ctx: TileContext, row: Row, w: ExplainWords, pointName: (id: string) => string): string {
  if (row.area) return areaName(ctx, row.area, false)
  return row.point ? pointName(row.point) : w.noPoint
}

/** Who is missing, by name. */
export function silentWords(ctx: TileContext, e: Explanation, pointName: (id: string) => string): string {
  const list = (e.coverage?.silent ?? []).map(id => (ctx.area(id) ? areaName(ctx, id) : pointName(id)))
  return list.join(ctx.lang === 'zh' ? '、' : ', ')
}

/** Parts in the order in which they are said: numerator, denominator. */
export function ordered(e: Explanation): readonly ExplainedPart[] {
  const rank = (p: ExplainedPart) => (p.measure === e.indicator.numerator ? 0 : p.measure === e.indicator.denominator ? 1 : 2)
  return [...e.parts].sort((a, b) => rank(a) - rank(b))
}

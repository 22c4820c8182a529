// A number taken apart: what each child or point brings in, by which rule they combine, and where the difference lies.
import type { Indicator } from '../api/definitions'
import type { CaliberVersion, Contribution, ExplainedPart } from '../api/explain'
import type { Status } from '../live/tile'

/** One indicator at one area; in an address `indicator@area`. */
export interface Place {
  readonly indicator: string
  readonly area: string
}

/** The place that an address names; null when it names none. */
export function placeOf(words: unknown): Place | null {
  const found = typeof words === 'string' ? /^([a-z][a-z0-9_]{0,63})@([a-z0-9][a-z0-9_-]{0,63})$/u.exec(words) : null
  return found?.[1] && found[2] ? { indicator: found[1], area: found[2] } : null
}

export function wordsOf(at: Place): string {
  return `${at.indicator}@${at.area}`
}

/** A definition as it holds at a day (YYYY-MM-DD), and all its calibers from the first on. */
export function definitionOn(i: Indicator & { readonly versions?: readonly CaliberVersion[] }, day: string): Indicator & { readonly versions: readonly CaliberVersion[] } {
  const later = [...(i.versions ?? [])].sort((a, b) => (a.valid_from < b.valid_from ? -1 : 1))
  const held = later.filter(v => v.valid_from <= day).reduce((all, v) => ({ ...all, ...v }), { ...i })
  const first = { valid_from: '', caliber: i.caliber }
  return { ...held, versions: later.length > 0 ? [first, ...later] : [] }
}

/** A child area or point with what it brings to each part of the indicator. */
export interface Row {
  readonly key: string
  readonly area: string | null
  readonly point: string | null
  /** one per part, in their order; null where it brings nothing */
  readonly parts: readonly (Contribution | null)[]
  /** the indicator's own value there; null where it can't be told from the parts */
  readonly value: number | null
  readonly stale: boolean
}

const keyOf = (c: Contribution) => (c.area ? `area ${c.area}` : `point ${c.point ?? ''}`)

/** Everything that contributes, each once, whichever parts it brings something to. */
export function rowsOf(indicator: Indicator, parts: readonly ExplainedPart[]): Row[] {
  const found = new Map<string, (Contribution | null)[]>()
  parts.forEach((part, i) => {
    for (const c of part.contributions ?? []) {
      const list = found.get(keyOf(c)) ?? parts.map(() => null)
      list[i] = c
      found.set(keyOf(c), list)
    }
  })
  return [...found].map(([key, list]) => {
    const first = list.find(c => c !== null)
    return {
      key,
      area: first?.area || null,
      point: first?.area ? null : (first?.point ?? ''),
      parts: list,
      value: valueOf(indicator, parts, list),
      stale: list.some(c => c?.stale),
    }
  })
}

/** A measure's own value, or that of a ratio; formulas are left to the server. */
function valueOf(indicator: Indicator, parts: readonly ExplainedPart[], list: readonly (Contribution | null)[]): number | null {
  if (indicator.measure) return list[0]?.value ?? null
  if (!indicator.numerator) return null
  const at = (measure: string | undefined) => list[parts.findIndex(p => p.measure === measure)]?.value ?? null
  const [a, b] = [at(indicator.numerator), at(indicator.denominator)]
  return a === null || b === null || b === 0 ? null : (a / b) * indicator.scale
}

/** How contributions become their part: found by trying, so that it is also a check of one's own. */
export type Rule = 'sum' | 'mean' | 'min' | 'max' | 'union' | 'sketch'

export function ruleOf(part: ExplainedPart, kind: string | undefined): Rule {
  if (kind === 'distinct') return 'union'
  if (kind === 'flow') return 'sum'
  const list = (part.contributions ?? []).filter(c => c.value !== null)
  const values = list.map(c => c.value ?? 0)
  const n = list.reduce((all, c) => all + (c.count ?? 0), 0)
  const sum = values.reduce((all, v) => all + v, 0)
  const mean = list.reduce((all, c) => all + (c.value ?? 0) * (c.count ?? 0), 0) / (n || 1)
  const near = (v: number) => part.value !== null && Math.abs(v - part.value) <= 1e-6 * Math.max(1, Math.abs(v))
  if (values.length === 0) return kind === 'stock' ? 'sum' : 'mean'
  if (kind === 'stock' && near(sum)) return 'sum'
  if (near(mean)) return 'mean'
  if (near(Math.max(...values))) return 'max'
  return near(Math.min(...values)) ? 'min' : 'sketch'
}

/** The thresholds' word for a value where they hold. */
export function levelOf(value: number | null, indicator: Pick<Indicator, 'direction'>, limits: { warn: number | null; alarm: number | null }): Status {
  if (value === null) return 'empty'
  if (indicator.direction === 'neutral') return 'normal'
  const beyond = (limit: number | null) => limit !== null && (indicator.direction === 'higher_better' ? value < limit : value >= limit)
  return beyond(limits.alarm) ? 'alarm' : beyond(limits.warn) ? 'warn' : 'normal'
}

/** Worst first; what has no value comes last, what is as bad by the larger part. */
export function worstFirst(rows: readonly Row[], direction: Indicator['direction']): Row[] {
  const sign = direction === 'higher_better' ? 1 : -1
  const weight = (r: Row) => Math.abs(r.parts.at(-1)?.value ?? 0)
  return [...rows].sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null) || weight(b) - weight(a)
    return sign * (a.value - b.value) || weight(b) - weight(a)
  })
}

/** Largest contribution to one part first. */
export function largestFirst(rows: readonly Row[], part: number): Row[] {
  const at = (r: Row) => r.parts[part]?.value ?? -Infinity
  return rows.filter(r => r.parts[part]).sort((a, b) => at(b) - at(a))
}

/** What is missing in all, and the few that most of it is missing at. */
export interface Shortfall {
  readonly all: number
  readonly most: number
  readonly where: readonly Row[]
}

/**
 * Where the difference lies: of a ratio that should be full, what lacks of its denominator; of a count that
 * should be small, the count itself. Null where neither can be told, or nothing lacks.
 */
export function shortfall(indicator: Indicator, rows: readonly Row[], parts: readonly ExplainedPart[]): Shortfall | null {
  const lack = lackOf(indicator, parts)
  if (!lack) return null
  const list = rows.map(row => ({ row, n: lack(row) })).sort((a, b) => b.n - a.n)
  if (list.some(x => x.n < 0)) return null
  const all = list.reduce((sum, x) => sum + x.n, 0)
  if (all <= 0) return null
  let most = 0
  const where: Row[] = []
  for (const { row, n } of list.slice(0, 3)) {
    if (n === 0 || most >= all * 0.8) break
    most += n
    where.push(row)
  }
  return { all, most, where }
}

function lackOf(indicator: Indicator, parts: readonly ExplainedPart[]): ((row: Row) => number) | null {
  const at = (row: Row, measure: string | undefined) => row.parts[parts.findIndex(p => p.measure === measure)]?.value ?? 0
  if (indicator.numerator && indicator.direction === 'higher_better') return row => at(row, indicator.denominator) - at(row, indicator.numerator)
  if (indicator.numerator && indicator.direction === 'lower_better') return row => at(row, indicator.numerator)
  if (indicator.measure && indicator.direction === 'lower_better' && rows(parts)) return row => row.value ?? 0
  return null
}

/** True where shares are told, so that the contributions add up. */
function rows(parts: readonly ExplainedPart[]): boolean {
  return (parts[0]?.contributions ?? []).some(c => c.share !== null)
}

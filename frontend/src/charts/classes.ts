// Classes of an area map: five steps of one hue, few → many or bad → good.
import type { Indicator } from '../api/definitions'
import { niceStep, tidy } from './scale'

/** Ascending limits between classes (at most four), and whether the lowest values are the bright ones. */
export interface Classes {
  readonly limits: readonly number[]
  readonly lowIsBright: boolean
}

type Rule = Pick<Indicator, 'direction' | 'warn'>

/**
 * Round limits for these values. Where a warn threshold lies among them, it is a limit and the good side
 * is cut into equal steps, so that the darkest class is exactly what is warned of.
 */
export function classify(values: readonly number[], rule: Rule): Classes {
  const lowIsBright = rule.direction === 'lower_better'
  const seen = values.filter(Number.isFinite)
  if (seen.length === 0) return { limits: [], lowIsBright }
  const lo = Math.min(...seen)
  const hi = Math.max(...seen)
  const warn = rule.warn
  if (warn !== null && rule.direction === 'higher_better' && hi > warn) {
    return { limits: stepsFrom(warn, finer((hi - warn) / 4)), lowIsBright }
  }
  if (warn !== null && rule.direction === 'lower_better' && lo < warn) {
    const step = finer((warn - Math.max(lo, 0)) / 4)
    const up = stepsFrom(0, step).map(d => tidy(warn - d))
    return { limits: up.reverse(), lowIsBright }
  }
  return { limits: between(lo, hi), lowIsBright }
}

/** Class 1 … 5 of a value: 5 is the brightest. */
export function classOf(value: number, classes: Classes): number {
  const { limits, lowIsBright } = classes
  let i = 0
  while (i < limits.length && value >= (limits[i] ?? Infinity)) i++
  const place = limits.length === 0 ? 0.5 : i / limits.length
  const level = 1 + Math.round(place * 4)
  return lowIsBright ? 6 - level : level
}

/** One entry of the legend: its class and the limits that it lies between. */
export interface LegendEntry {
  readonly level: number
  readonly from: number | null
  readonly to: number | null
}

/** Legend from low to high. */
export function legend(classes: Classes): LegendEntry[] {
  const { limits } = classes
  if (limits.length === 0) return []
  const out: LegendEntry[] = []
  for (let i = 0; i <= limits.length; i++) {
    const from = i === 0 ? null : (limits[i - 1] ?? null)
    const to = limits[i] ?? null
    const inside = from ?? (to ?? 0) - 1e-9 * Math.max(1, Math.abs(to ?? 0))
    out.push({ level: classOf(inside, classes), from, to })
  }
  return out
}

function stepsFrom(start: number, step: number): number[] {
  return [0, 1, 2, 3].map(i => tidy(start + i * step))
}

/** The nearest round step below, so that the last class isn't empty. */
function finer(raw: number): number {
  const up = niceStep(raw)
  if (up <= raw * (1 + 1e-9)) return up
  for (const m of [0.5, 0.4, 0.8]) if (niceStep(up * m) <= raw) return niceStep(up * m)
  return up / 2.5
}

function between(lo: number, hi: number): number[] {
  if (lo === hi) return []
  for (let step = niceStep((hi - lo) / 5); ; step = niceStep(step * 1.01)) {
    const limits: number[] = []
    for (let t = Math.floor(lo / step + 1e-9) + 1; t * step <= hi + step * 1e-9; t++) limits.push(tidy(t * step))
    if (limits.length <= 4) return limits
  }
}

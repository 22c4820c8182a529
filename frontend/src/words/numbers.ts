// Figures as they are read: exact where it matters, short where there is no room, never on the wrong side of a limit.
import { unitWord } from './units'

/** How a value is to be shown. */
export interface Format {
  readonly decimals: number
  readonly unit: string
  readonly warn?: number | null
  readonly alarm?: number | null
  readonly direction?: 'higher_better' | 'lower_better' | 'neutral'
  readonly lang: 'zh' | 'en'
  /** most characters there is room for; longer values change to 万, 亿 or k, M, bn */
  readonly max?: number
}

/** Minus is U+2212, thousands stand apart by U+202F. */
const minus = '\u2212'
const thin = '\u202f'

const scales = {
  zh: [[1e12, '万亿'], [1e8, '亿'], [1e4, '万']],
  en: [[1e12, 'tn'], [1e9, 'bn'], [1e6, 'M'], [1e4, 'k']],
} as const
const worth = { k: 1e3 } as const

/** A figure as text, and its unit apart. */
export function formatValue(value: number, f: Format): { text: string; unit: string } {
  const unit = unitWord(f.unit, f.lang)
  const exact = write(value, f.decimals, f)
  if (f.max === undefined || exact.length <= f.max) return { text: exact, unit }
  const scale = scales[f.lang].find(([from]) => Math.abs(value) >= from)
  if (!scale) {
    for (let d = f.decimals - 1; d >= 0; d--) {
      const text = write(value, d, f)
      if (text.length <= f.max || d === 0) return { text, unit }
    }
    return { text: exact, unit }
  }
  const [from, word] = scale
  const by = word === 'k' ? worth.k : from
  const limits = { ...f, warn: scaled(f.warn, by), alarm: scaled(f.alarm, by), unit: '' }
  const digits = Math.floor(Math.log10(Math.abs(value / by))) + 1
  for (let d = Math.max(0, 4 - digits); d >= 0; d--) {
    const text = write(value / by, d, limits)
    if (text.length <= f.max || d === 0) return { text, unit: f.lang === 'zh' ? word + unit : unit ? `${word} ${unit}` : word }
  }
  return { text: exact, unit }
}

function scaled(limit: number | null | undefined, by: number): number | null {
  return limit === null || limit === undefined ? null : limit / by
}

/** Rounds half away from zero, but never across a limit, nor to an end that was not reached. */
function write(value: number, decimals: number, f: Format): string {
  if (!Number.isFinite(value)) return '—'
  const shown = round(value, decimals, limitsOf(f))
  if (shown === 0 && value !== 0) return value > 0 ? `<${plain(10 ** -decimals, decimals)}` : `>${minus}${plain(10 ** -decimals, decimals)}`
  return (shown < 0 ? minus : '') + group(plain(Math.abs(shown), decimals))
}

function limitsOf(f: Format): number[] {
  const out = f.unit === '%' ? [100] : []
  for (const limit of [f.warn, f.alarm]) if (typeof limit === 'number') out.push(limit)
  return out
}

/** The rounded value that lies on the same side of every limit as the value itself (a limit belongs to the side above it). */
export function round(value: number, decimals: number, limits: readonly number[]): number {
  const unit = 10 ** decimals
  const steps = (x: number) => Number((x * unit).toPrecision(15))
  let n = Math.sign(value) * nearest(Math.abs(value * unit), () => Math.abs(steps(value)))
  for (const limit of limits) {
    if (value < limit && n / unit >= limit) n = Math.ceil(steps(limit)) - 1
    else if (value > limit && n / unit < limit) n = Math.ceil(steps(limit))
    else if (limit === 100 && value > limit && n / unit === limit) n++
  }
  return n === 0 ? 0 : Number((n / unit).toFixed(decimals))
}

/** Binary dust matters only near a half: elsewhere the way over decimal digits, which is slow, isn't taken. */
function nearest(x: number, tidied: () => number): number {
  return x < 1e9 && Math.abs(x - Math.floor(x) - 0.5) > 1e-6 ? Math.round(x) : Math.round(tidied())
}

function plain(value: number, decimals: number): string {
  return value >= 1e21 ? String(value) : value.toFixed(decimals)
}

function group(text: string): string {
  const dot = text.indexOf('.')
  const whole = dot < 0 ? text : text.slice(0, dot)
  if (whole.length <= 3 || !/^\d+$/u.test(whole)) return text
  return whole.replace(/\B(?=(\d{3})+$)/gu, thin) + (dot < 0 ? '' : text.slice(dot))
}

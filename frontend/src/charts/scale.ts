// Scales and paths of the small charts: pure, in whole tenths of a pixel.
import type { SparkPoint } from '../live/tile'

/** Lower and upper end of a scale. */
export type Range = readonly [lo: number, hi: number]

/** Smallest "round" step (1, 2, 2.5 or 5 times a power of ten) that is at least `raw`. */
export function niceStep(raw: number): number {
  if (!(raw > 0) || !Number.isFinite(raw)) return 1
  const power = 10 ** Math.floor(Math.log10(raw))
  for (const m of [1, 2, 2.5, 5]) if (raw <= m * power * (1 + 1e-9)) return m * power
  return 10 * power
}

/** Keeps sums of steps free of binary dust (95.30000000000001). */
export function tidy(x: number): number {
  return Number(x.toPrecision(12))
}

/** Ends of what the points show; null without any value. */
export function extent(points: readonly SparkPoint[]): Range | null {
  let lo = Infinity
  let hi = -Infinity
  for (const [, v] of points) {
    if (v === null || !Number.isFinite(v)) continue
    if (v < lo) lo = v
    if (v > hi) hi = v
  }
  return lo <= hi ? [lo, hi] : null
}

/** Union of two ranges, either of which may be missing. */
export function union(a: Range | null, b: Range | null): Range | null {
  if (!a) return b
  if (!b) return a
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])]
}

/**
 * The vertical scale of a chart: counts stand on zero, rates have their own range; a threshold is
 * taken in when it lies within 20 % of the range, so that a calm line isn't pressed flat by a far limit.
 */
export function valueRange(data: Range | null, fromZero: boolean, warn: number | null): Range {
  if (!data) return [0, 1]
  let [lo, hi] = data
  if (fromZero) {
    lo = Math.min(0, lo)
    hi = Math.max(0, hi)
  }
  if (warn !== null && near(warn, [lo, hi])) {
    lo = Math.min(lo, warn)
    hi = Math.max(hi, warn)
  }
  if (lo === hi) {
    const pad = Math.abs(lo) * 0.05 || 1
    return fromZero ? [lo, hi + pad] : [lo - pad, hi + pad]
  }
  return [lo, hi]
}

/** True when a threshold lies in the range or within 20 % of it. */
export function near(warn: number, [lo, hi]: Range): boolean {
  const slack = (hi - lo || Math.abs(hi) * 0.05 || 1) * 0.2
  return warn >= lo - slack && warn <= hi + slack
}

/** Whole numbers on the scale, at most `most` of them, both ends inside. */
export function ticks([lo, hi]: Range, most: number): number[] {
  const step = niceStep((hi - lo) / Math.max(1, most))
  const out: number[] = []
  for (let t = Math.ceil(lo / step - 1e-9); t * step <= hi + step * 1e-9; t++) out.push(tidy(t * step))
  return out
}

/** Box of a chart in pixels and the two scales drawn into it. */
export interface Frame {
  width: number
  height: number
  /** empty space for line width and end dot, on all sides */
  inset: number
  time: Range
  value: Range
}

/** Place of an instant, in tenths of a pixel. */
export function xOf(f: Frame, ms: number): number {
  const span = f.time[1] - f.time[0] || 1
  return Math.round((f.inset + ((ms - f.time[0]) / span) * (f.width - 2 * f.inset)) * 10)
}

/** Place of a value, in tenths of a pixel, upwards. */
export function yOf(f: Frame, v: number): number {
  const span = f.value[1] - f.value[0] || 1
  return Math.round((f.height - f.inset - ((v - f.value[0]) / span) * (f.height - 2 * f.inset)) * 10)
}

/** Path of a line; where values are missing the line stops and begins anew: no bridge over a gap. */
export function linePath(points: readonly SparkPoint[], f: Frame): string {
  let d = ''
  let pen = false
  let alone = ''
  for (const [ms, v] of points) {
    if (v === null || !Number.isFinite(v)) {
      d += alone
      alone = ''
      pen = false
      continue
    }
    const at = `${xOf(f, ms)} ${yOf(f, v)}`
    d += pen ? `L${at}` : `M${at}`
    alone = pen ? '' : 'h1'
    pen = true
  }
  return d + alone
}

/** Closed areas under the line, one for each stretch without gaps, down to `base`. */
export function areaPath(points: readonly SparkPoint[], f: Frame, base: number): string {
  const floor = yOf(f, Math.max(f.value[0], Math.min(f.value[1], base)))
  let d = ''
  let first = 0
  let last = 0
  let pen = false
  const close = () => {
    if (pen) d += `L${last} ${floor}L${first} ${floor}Z`
    pen = false
  }
  for (const [ms, v] of points) {
    if (v === null || !Number.isFinite(v)) {
      close()
      continue
    }
    last = xOf(f, ms)
    if (!pen) first = last
    d += `${pen ? 'L' : 'M'}${last} ${yOf(f, v)}`
    pen = true
  }
  close()
  return d
}

/** The newest point that has a value. */
export function lastPoint(points: readonly SparkPoint[]): readonly [number, number] | null {
  for (let i = points.length - 1; i >= 0; i--) {
    const p = points[i]
    if (p && p[1] !== null) return [p[0], p[1]]
  }
  return null
}

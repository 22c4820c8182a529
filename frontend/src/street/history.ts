// The past of a figure as a chart shows it: gaps stay gaps, yesterday lies under today, the last point is the figure itself.
import type { Series } from '../api/explain'

export type Point = readonly [ms: number, value: number | null]

const hour = 3_600_000
const day = 24 * hour

/** Days that a chart goes back, and the steps it is asked in. */
export const spans = { 1: { step: '10m', ms: 10 * 60_000 }, 7: { step: '1h', ms: hour }, 30: { step: '6h', ms: 6 * hour } } as const
export type Days = keyof typeof spans

/** Points with a null where steps are missing, so that no line bridges what nobody knows. */
export function withGaps(points: Series['points'], step: number): Point[] {
  const out: Point[] = []
  for (const p of points) {
    const last = out.at(-1)
    if (last && p[0] - last[0] > 1.5 * step) out.push([last[0] + step, null])
    out.push(p)
  }
  return out
}

/** The line of now ends with the figure; what stands ahead of it is left out. */
export function endedBy(points: readonly Point[], now: number, value: number | null): Point[] {
  const past = points.filter(p => p[0] < now)
  return value === null ? past : [...past, [now, value]]
}

/** The period before, moved under the present one. */
export function shifted(points: readonly Point[], days: number): Point[] {
  return points.map(([at, v]) => [at + days * day, v])
}

/** What a figure was at an instant: the last that was kept before it, if that was not long before. */
export function valueAt(points: Series['points'], at: number, within: number): number | null {
  const found = points.filter(p => p[0] <= at && p[0] >= at - within && p[1] !== null).at(-1)
  return found?.[1] ?? null
}

/** The middle of what there is; null of nothing. */
export function median(values: readonly number[]): number | null {
  const s = [...values].sort((a, b) => a - b)
  const [a, b] = [s[Math.floor((s.length - 1) / 2)], s[Math.floor(s.length / 2)]]
  return a === undefined || b === undefined ? null : (a + b) / 2
}

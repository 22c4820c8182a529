// How fast households come out: the line so far, and between when all are out with 80 % confidence.
import type { PaceMark } from './model'

export interface Point { readonly ms: number; readonly out: number }

/** The line in ms after T0, oldest first; it stands on zero and ends now. */
export function lineOf(pace: readonly PaceMark[], t0: number, now: number, out: number): Point[] {
  const line = [...pace].reverse().map(p => ({ ms: Math.max(0, p.at - t0), out: p.out }))
  if (line[0]?.ms !== 0) line.unshift({ ms: 0, out: 0 })
  line.push({ ms: Math.max(line.at(-1)?.ms ?? 0, now - t0), out })
  return line
}

function valueAt(line: readonly Point[], ms: number): number {
  let found = 0
  for (const p of line) {
    if (p.ms > ms) break
    found = p.out
  }
  return found
}

const window = 300_000
const step = 15_000

/** Ends between which the last one is out in 8 of 10 cases, if it goes on as in the last five minutes; null where that can't be said. */
export function fanOf(line: readonly Point[], total: number, forecast: number): { from: number; to: number } | null {
  const now = line.at(-1)?.ms ?? 0
  const left = total - (line.at(-1)?.out ?? 0)
  const grown: number[] = []
  for (let end = now; end - step >= 0 && now - end < window; end -= step) grown.push(valueAt(line, end) - valueAt(line, end - step))
  if (left <= 0 || grown.length < 3) return null
  const mean = grown.reduce((n, g) => n + g, 0) / grown.length
  if (mean <= 0) return null
  const spread = Math.sqrt(grown.reduce((n, g) => n + (g - mean) ** 2, 0) / grown.length)
  // left = mean k ± 1.28 spread √k, solved for √k
  const steps = (sign: number) => ((-sign * 1.2816 * spread + Math.sqrt((1.2816 * spread) ** 2 + 4 * mean * left)) / (2 * mean)) ** 2
  const [early, late] = [steps(1), steps(-1)].map(k => k * step)
  const middle = (left / mean) * step
  // As wide as the pace scatters, around what the server expects from each responder's own doors.
  return { from: Math.max(now, forecast - (middle - (early ?? 0))), to: forecast + ((late ?? 0) - middle) }
}

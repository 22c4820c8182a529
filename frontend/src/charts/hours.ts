// Where a time axis has its words. The district's clock decides what a whole hour is, so it is asked, not assumed.
import { wallClock } from '../words/zone'

const hour = 3_600_000
const steps = [1, 2, 3, 4, 6, 12, 24, 48, 72, 120, 168, 240, 336, 720].map(h => h * hour)

/** Milliseconds since midnight on the district's clock, read from its own words ("14:32"). */
function sinceMidnight(ms: number, clock: (ms: number) => string): number {
  const m = /(\d{1,2}):(\d{2})/.exec(clock(ms))
  return m ? (Number(m[1]) * 60 + Number(m[2])) * 60_000 + (ms % 60_000) : ms % (24 * hour)
}

/** Instants and words: whole hours within two days, else midnights with month and day. */
export function hourSplits(from: number, to: number, most: number, clock: (ms: number) => string): { at: number[]; words: string[] } {
  const step = steps.find(s => (to - from) / s <= Math.max(2, most)) ?? (to - from) / 3
  const begin = from - sinceMidnight(from, clock)
  const at: number[] = []
  // The last word needs room behind it: half of itself, about a quarter of the least pitch.
  const last = to - ((to - from) / Math.max(2, most)) * 0.24
  for (let t = begin; t <= last; t += step) if (t >= from) at.push(t)
  return { at, words: at.map(t => (step >= 24 * hour ? dayOf(t + 12 * hour) : clock(t))) }
}

function dayOf(noon: number): string {
  const d = wallClock(noon)
  return `${d.month}/${d.day}`
}

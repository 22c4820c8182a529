// What plays on a wall, for how long each, and at which hours of the district's day.
import { wallClock } from '../words/zone'

export interface Stop {
  readonly cockpit: string
  readonly seconds: number
  /** minutes since midnight; from later than to: over midnight; none: always */
  readonly hours?: readonly [from: number, to: number]
}

const usual = 30
const least = 5

const minutes = (clock: string) => {
  const m = /^(\d{1,2})(?::(\d{2}))?$/u.exec(clock)
  const n = m ? Number(m[1]) * 60 + Number(m[2] ?? 0) : Number.NaN
  return n <= 24 * 60 ? n : Number.NaN
}

/** The cockpits that an address names, by commas, with hours where they have some: `/play/north@8-18:30,south?s=30`. */
export function stopsOf(path: string, seconds: unknown): Stop[] {
  const n = typeof seconds === 'string' ? Number(seconds) : Number.NaN
  const each = Number.isFinite(n) && n >= least && n <= 86_400 ? Math.floor(n) : usual
  return path.split(',').filter(Boolean).map(word => {
    const [cockpit = '', when = ''] = word.split('@')
    const [from = Number.NaN, to = Number.NaN] = when.split('-').map(minutes)
    return Number.isNaN(from) || Number.isNaN(to) ? { cockpit, seconds: each } : { cockpit, seconds: each, hours: [from, to] as const }
  })
}

/** Whether a stop is to be shown at an instant. */
export function due(stop: Stop, ms: number): boolean {
  if (!stop.hours) return true
  const [from, to] = stop.hours
  const { hour, minute } = wallClock(ms)
  const now = hour * 60 + minute
  return from <= to ? now >= from && now < to : now >= from || now < to
}

/** The next place whose hour it is, the present one last; where it is nobody's hour, simply the next. */
export function nextDue(stops: readonly Stop[], place: number, ms: number, step = 1): number {
  for (let i = 1; i <= stops.length; i++) {
    const at = (place + i * step + i * stops.length) % stops.length
    const stop = stops[at]
    if (stop && due(stop, ms)) return at
  }
  return stops.length > 0 ? (place + step + stops.length) % stops.length : 0
}

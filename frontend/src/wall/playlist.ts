// What plays on a wall, and for how long each.

export interface Stop { readonly cockpit: string; readonly seconds: number }

const usual = 30
const least = 5

/** The cockpits that an address names, by commas: `/play/north,south?s=30`. */
export function stopsOf(path: string, seconds: unknown): Stop[] {
  const n = typeof seconds === 'string' ? Number(seconds) : Number.NaN
  const each = Number.isFinite(n) && n >= least && n <= 86_400 ? Math.floor(n) : usual
  return path.split(',').filter(Boolean).map(cockpit => ({ cockpit, seconds: each }))
}

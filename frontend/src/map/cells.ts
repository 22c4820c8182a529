// The cells in which the server gathers points, so that a point's status finds the cluster that it is in.
import { spotOf } from './mercator'

/** From this zoom on each point stands for itself. */
export const single = 14
const side = 8

/** Keys of the cells of a place at all zooms below `single`: zoom/column/row. */
export function cellsOf(lon: number, lat: number): string[] {
  const { x, y } = spotOf(lon, lat)
  const keys: string[] = []
  for (let zoom = 0; zoom < single; zoom++) {
    const n = side * 2 ** zoom
    const at = (v: number) => Math.max(0, Math.min(n - 1, Math.floor(v * n)))
    keys.push(`${zoom}/${at(x)}/${at(y)}`)
  }
  return keys
}

const severity = ['normal', 'stale', 'warn', 'alarm'] as const
export type PointStatus = (typeof severity)[number]

/** A point that isn't normal, where it lies. */
export interface Mark {
  /** list/point */
  readonly key: string
  readonly list: string
  readonly lon: number
  readonly lat: number
  readonly status: PointStatus
}

export function worse(a: PointStatus | undefined, b: PointStatus): PointStatus {
  return a !== undefined && severity.indexOf(a) >= severity.indexOf(b) ? a : b
}

/** The worst status by the key of a point or of a cluster. */
export function worstByKey(marks: readonly Mark[]): Map<string, PointStatus> {
  const worst = new Map<string, PointStatus>()
  for (const m of marks) {
    if (m.status === 'normal') continue
    for (const key of [m.key, ...cellsOf(m.lon, m.lat)]) worst.set(key, worse(worst.get(key), m.status))
  }
  return worst
}

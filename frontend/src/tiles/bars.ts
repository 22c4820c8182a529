// Lengths of bars in rankings and tables.
import type { Item } from '../live/tile'
import type { Indicator } from '../api/definitions'

/** Where a bar begins and ends, so that bars of one list can be compared. */
export interface BarScale {
  readonly lo: number
  readonly hi: number
}

/**
 * Counts begin at zero. Rates near their best end begin where the differences can be seen:
 * two times as far below the threshold as the best lies above it, never below zero.
 */
export function barScale(items: readonly Pick<Item, 'value'>[], fromZero: boolean, indicator: Pick<Indicator, 'warn' | 'unit' | 'direction'> | undefined): BarScale {
  const values = items.flatMap(i => (typeof i.value === 'number' ? [i.value] : []))
  const most = Math.max(0, ...values)
  const least = Math.min(...values, most)
  const warn = indicator?.warn ?? null
  if (fromZero || values.length === 0 || warn === null || indicator?.direction !== 'higher_better') {
    const hi = Math.max(most, warn !== null && warn <= most * 2 ? warn : 0)
    return { lo: Math.min(0, least), hi: hi > 0 || least < 0 ? hi : 1 }
  }
  const hi = indicator.unit === '%' ? 100 : Math.max(most, warn)
  const lo = Math.max(0, Math.min(warn - 2 * (hi - warn), least - (hi - least) * 0.25))
  return { lo, hi: hi > lo ? hi : lo + 1 }
}

/** Share of the track that a value fills; a sliver stays visible for the smallest that isn't the beginning. */
export function barShare(value: number | null | undefined, { lo, hi }: BarScale): number {
  if (typeof value !== 'number') return 0
  const share = Math.max(0, Math.min(1, (value - lo) / (hi - lo)))
  return value !== 0 && share < 0.01 ? 0.01 : share
}

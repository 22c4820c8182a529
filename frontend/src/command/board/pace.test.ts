import { describe, expect, it } from 'vitest'
import { durationOf } from './plan'
import { fanOf, lineOf } from './pace'

describe('pace', () => {
  it('begins at zero and ends now', () => {
    expect(lineOf([{ id: '5000', at: 106_000, out: 3 }, { id: '0', at: 100_000, out: 0 }], 100_000, 110_000, 3)).toEqual([{ ms: 0, out: 0 }, { ms: 6000, out: 3 }, { ms: 10_000, out: 3 }])
  })
  it('is sure where the pace is steady, and wide where it scatters', () => {
    const steady = Array.from({ length: 21 }, (_, i) => ({ ms: i * 15_000, out: i * 10 }))
    expect(fanOf(steady, 300, 450_000)).toEqual({ from: 450_000, to: 450_000 })
    const jumpy = steady.map((p, i) => ({ ms: p.ms, out: i % 2 === 0 ? p.out : p.out - 8 }))
    const fan = fanOf(jumpy, 300, 450_000)
    expect(fan && fan.from < 450_000 && fan.to > 450_000).toBe(true)
  })
  it('says nothing when nobody comes out', () => {
    expect(fanOf([{ ms: 0, out: 0 }, { ms: 300_000, out: 0 }], 10, 400_000)).toBeNull()
    expect(fanOf([{ ms: 0, out: 10 }, { ms: 300_000, out: 10 }], 10, 400_000)).toBeNull()
  })
  it('reads durations as plans write them', () => {
    expect(['60s', '1m30s', '10m', '0s', 'soon'].map(durationOf)).toEqual([60_000, 90_000, 600_000, 0, null])
  })
})

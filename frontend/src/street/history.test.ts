import { expect, it } from 'vitest'
import { endedBy, median, shifted, valueAt, withGaps } from './history'

it('a missing step is a gap, not a bridge', () => {
  expect(withGaps([[0, 1], [10, 2], [40, 3], [50, null]], 10)).toEqual([[0, 1], [10, 2], [20, null], [40, 3], [50, null]])
})
it('the last point is the figure itself, and nothing lies ahead of it', () => {
  expect(endedBy([[0, 1], [60, 9]], 50, 7)).toEqual([[0, 1], [50, 7]])
  expect(endedBy([[0, 1]], 50, null)).toEqual([[0, 1]])
})
it('yesterday lies under today', () => {
  expect(shifted([[0, 1]], 1)).toEqual([[86_400_000, 1]])
})
it('what a figure was then is the last that was kept, unless that was long before', () => {
  const points = [[0, 1], [10, null], [90, 2], [110, 3]] as const
  expect([100, 60, 9].map(at => valueAt(points, at, 50))).toEqual([2, null, 1])
})
it('the middle of nothing is nothing', () => {
  expect([[], [3], [1, 9], [9, 1, 5]].map(median)).toEqual([null, 3, 5, 5])
})

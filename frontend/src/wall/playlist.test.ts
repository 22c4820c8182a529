import { expect, test } from 'vitest'
import { due, nextDue, stopsOf } from './playlist'

test.each([
  ['cockpits in their order', 'north,south', undefined, [['north', 30], ['south', 30]]],
  ['each for as long as asked', 'north', '45', [['north', 45]]],
  ['nothing between two commas', 'north,,south,', '10', [['north', 10], ['south', 10]]],
  ['never so short that nobody can read it', 'north', '1', [['north', 30]]],
  ['and never by a word', 'north', 'soon', [['north', 30]]],
  ['none of nothing', '', '10', []],
])('%s', (_, path, seconds, want) => {
  expect(stopsOf(path, seconds).map(s => [s.cockpit, s.seconds])).toEqual(want)
})

const at = (hour: number, minute = 0) => Date.UTC(2024, 7, 28, hour - 8, minute) // in Shanghai

test('a stop with hours plays in them, also over midnight; one without always', () => {
  const [day, night, always] = stopsOf('a@8-18:30,b@18:30-8,c@soon', '30')
  if (!day || !night || !always) throw new Error('three stops')
  expect([at(7, 59), at(8), at(18, 29), at(18, 30)].map(t => due(day, t))).toEqual([false, true, true, false])
  expect([at(7, 59), at(8), at(18, 29), at(23)].map(t => due(night, t))).toEqual([true, false, false, true])
  expect(due(always, at(3))).toBe(true)
})

test('the next is the next whose hour it is', () => {
  const stops = stopsOf('a@8-18,b@18-8,c', '30')
  expect([0, 1, 2].map(p => nextDue(stops, p, at(12)))).toEqual([2, 2, 0])
  expect([0, 2].map(p => nextDue(stops, p, at(12), -1))).toEqual([2, 0])
  expect(nextDue(stopsOf('a@8-9,b@8-9', '30'), 0, at(12))).toBe(1)
})

import { expect, test } from 'vitest'
import { stopsOf } from './playlist'

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

import { expect, test } from 'vitest'
import { rates } from './rates'

const sample = (s: number, counts: Record<string, number>) => ({ at: s * 1000, counts: new Map(Object.entries(counts)) })

test.each([
  ['one sample tells nothing', [sample(0, { gas: 5 })], undefined],
  ['two tell the pace between them', [sample(0, { gas: 5 }), sample(10, { gas: 25 })], 2],
  ['more are taken together', [sample(0, { gas: 0 }), sample(1, { gas: 0 }), sample(4, { gas: 8 })], 2],
  ['a silent source has none', [sample(0, { gas: 5 }), sample(3, { gas: 5 })], 0],
  ['a count that fell begins anew', [sample(0, { gas: 900 }), sample(1, { gas: 0 }), sample(3, { gas: 6 })], 3],
  ['so does a source that was not there', [sample(0, {}), sample(1, { gas: 2 }), sample(2, { gas: 3 })], 1],
])('%s', (_, samples, want) => {
  expect(rates(samples).get('gas')).toBe(want)
})

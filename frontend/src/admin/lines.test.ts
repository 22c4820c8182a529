import { expect, test } from 'vitest'
import { readLines, wanted } from './lines'

const line = (n: number, more: object) => JSON.stringify({ n, at: 0, actor: 'user:wang', role: 'admin', action: 'equip', object: '', area: '', purpose: '', address: '', result: 'allowed', ...more })
const lines = readLines([line(1, { purpose: 'call back' }), line(2, { object: 'screen:hall', result: 'refused' }), line(3, {}), '{"n":4,"at'].join('\n'))

test.each([
  ['whole lines are read, half a line is not', false, '', [1, 2, 3]],
  ['those with a purpose', true, '', [1]],
  ['those with a word, whatever its case', false, ' HALL ', [2]],
  ['those with both', true, 'wang', [1]],
])('%s', (_, purpose, find, want) => {
  expect(wanted(lines, purpose, find).map(l => l.n)).toEqual(want)
})

import { describe, expect, it } from 'vitest'
import type { Indicator } from '../api/definitions'
import type { Contribution, ExplainedPart } from '../api/explain'
import { definitionOn, largestFirst, levelOf, placeOf, rowsOf, ruleOf, shortfall, worstFirst } from './explain'

const rate: Indicator = {
  id: 'rate', name: '', name_en: '', caliber: '', numerator: 'done', denominator: 'due', scale: 100, unit: '%', decimals: 2, window: 'day', direction: 'higher_better',
  warn: 95, alarm: 90, thresholds_for: [], min_coverage: 0.5, suppress_below: 0, sensitivity: 'internal', measures: ['done', 'due'], fresh_for: null,
}
const count: Indicator = { ...rate, id: 'count', numerator: undefined, denominator: undefined, measure: 'open', direction: 'lower_better', unit: '件', measures: ['open'] }

const at = (area: string, value: number | null, n = 1, share: number | null = 0.5): Contribution => ({ area, value, count: n, share, as_of: 0, stale: false })
const part = (measure: string, value: number | null, contributions: Contribution[]): ExplainedPart => ({ measure, value, contributions })
const parts = [
  part('due', 50, [at('a', 10), at('b', 20), at('c', 20)]),
  part('done', 44, [at('b', 20), at('a', 5), at('c', 19)]),
]

describe('a number taken apart', () => {
  it('puts what one place brings to both parts into one row, with the ratio there', () => {
    const rows = worstFirst(rowsOf(rate, parts), 'higher_better')
    expect(rows.map(r => [r.area, r.value])).toEqual([['a', 50], ['c', 95], ['b', 100]])
  })
  it('has no ratio where a part is missing, and says so last', () => {
    const rows = worstFirst(rowsOf(rate, [part('due', 3, [at('a', 3), at('b', 0)]), part('done', 1, [at('a', 1)])]), 'higher_better')
    expect(rows.map(r => [r.area, r.value])).toEqual([['a', (1 / 3) * 100], ['b', null]])
  })
  it('names where most is missing, and stops when it is told enough', () => {
    const found = shortfall(rate, rowsOf(rate, parts), parts)
    expect([found?.all, found?.most, found?.where.map(r => r.area)]).toEqual([6, 5, ['a']])
  })
  it('tells no shortfall where done exceeds due', () => {
    const odd = [part('due', 1, [at('a', 1)]), part('done', 2, [at('a', 2)])]
    expect(shortfall(rate, rowsOf(rate, odd), odd)).toBeNull()
  })
  it('tells of a count that should be small where it is', () => {
    const open = [part('open', 9, [at('a', 8), at('b', 1), at('c', 0)])]
    expect(shortfall(count, rowsOf(count, open), open)?.where.map(r => r.area)).toEqual(['a'])
  })
  it('keeps points without a name apart from areas', () => {
    const points = [part('open', 3, [{ ...at('', 1), area: undefined, point: '' }, { ...at('', 2), area: undefined, point: 'p' }])]
    expect(largestFirst(rowsOf(count, points), 0).map(r => [r.area, r.point])).toEqual([[null, 'p'], [null, '']])
  })
})

describe('the rule by which contributions combine', () => {
  const cases: Record<string, [kind: string, value: number, list: Contribution[], rule: string]> = {
    'flows add up': ['flow', 3, [at('a', 1), at('b', 2)], 'sum'],
    'members are united': ['distinct', 3, [at('a', 2), at('b', 2)], 'union'],
    'a stock that adds up': ['stock', 7, [at('a', 3), at('b', 4)], 'sum'],
    'a mean weighs by count': ['observation', 4, [at('a', 1, 1), at('b', 5, 3)], 'mean'],
    'the largest': ['stock', 5, [at('a', 1), at('b', 5)], 'max'],
    'the smallest': ['observation', 1, [at('a', 1), at('b', 5)], 'min'],
    'a quantile is none of these': ['observation', 4.9, [at('a', 1), at('b', 5)], 'sketch'],
  }
  for (const [name, [kind, value, list, rule]] of Object.entries(cases)) {
    it(name, () => expect(ruleOf(part('m', value, list), kind)).toBe(rule))
  }
})

it('a place in an address is an indicator at an area, and nothing else', () => {
  expect(placeOf('ev_rate@chaoming')).toEqual({ indicator: 'ev_rate', area: 'chaoming' })
  for (const wrong of ['', 'a', '@b', 'a@', 'a@b@c', 'A@b', 'a@<b>', undefined, ['a@b']]) expect(placeOf(wrong)).toBeNull()
})

it('a limit belongs to the side that the contract says', () => {
  const limits = { warn: 95, alarm: 90 }
  expect([95, 94.99, 90, 89.9, null].map(v => levelOf(v, rate, limits))).toEqual(['normal', 'warn', 'warn', 'alarm', 'empty'])
  expect([9, 10, 20].map(v => levelOf(v, count, { warn: 10, alarm: 20 }))).toEqual(['normal', 'warn', 'alarm'])
})

it('the caliber of a day is the newest that has begun, with all calibers named', () => {
  const of = { ...rate, caliber: 'old', versions: [{ valid_from: '2026-05-01', caliber: 'newest' }, { valid_from: '2026-01-01', caliber: 'new', warn: 96 }] }
  expect(['2025-12-31', '2026-01-01', '2026-06-01'].map(day => definitionOn(of, day)).map(d => [d.caliber, d.warn])).toEqual([['old', 95], ['new', 96], ['newest', 96]])
  expect(definitionOn(of, '2026-02-01').versions.map(v => v.caliber)).toEqual(['old', 'new', 'newest'])
  expect(definitionOn(rate, '2026-02-01').versions).toEqual([])
})

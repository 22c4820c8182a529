import { describe, expect, it } from 'vitest'
import { formatValue, type Format } from './numbers'
import { unitWord } from './units'

const base: Format = { decimals: 0, unit: '', lang: 'zh' }

describe('a figure', () => {
  const cases: Record<string, { value: number; as: Partial<Format>; text: string; unit?: string }> = {
    'is grouped by a narrow space from four digits on': { value: 1284, as: {}, text: '1\u202f284' },
    'of three digits is not grouped': { value: 999, as: {}, text: '999' },
    'keeps its decimals': { value: 5, as: { decimals: 2 }, text: '5.00' },
    'is rounded half away from zero': { value: 0.285, as: { decimals: 2 }, text: '0.29' },
    'below zero too': { value: -2.5, as: {}, text: '\u22123' },
    'has a minus of its own': { value: -1284.5, as: { decimals: 1 }, text: '\u22121\u202f284.5' },
    'never crosses a limit upwards': { value: 94.996, as: { decimals: 2, warn: 95 }, text: '94.99' },
    'never crosses a limit downwards': { value: 95.004, as: { decimals: 2, warn: 95.003 }, text: '95.01' },
    'stands on a limit that it reached': { value: 95, as: { decimals: 2, warn: 95 }, text: '95.00' },
    'crosses no second limit either': { value: 89.9999, as: { decimals: 1, warn: 95, alarm: 90 }, text: '89.9' },
    'under a hundred per cent never shows a hundred': { value: 99.9999, as: { decimals: 2, unit: '%' }, text: '99.99', unit: '%' },
    'of a hundred per cent shows it': { value: 100, as: { decimals: 2, unit: '%' }, text: '100.00', unit: '%' },
    'over a hundred per cent never shows a hundred': { value: 100.001, as: { decimals: 2, unit: '%' }, text: '100.01', unit: '%' },
    'above nothing never shows nothing': { value: 0.004, as: { decimals: 2 }, text: '<0.01' },
    'below nothing never shows nothing': { value: -0.004, as: { decimals: 2 }, text: '>\u22120.01' },
    'of nothing is nothing': { value: 0, as: { decimals: 2 }, text: '0.00' },
    'that is none is a dash': { value: Number.NaN, as: {}, text: '—' },
    'changes to 万 where there is no room': { value: 3_284_000, as: { unit: '件', max: 6 }, text: '328.4', unit: '万件' },
    'changes to 亿 where there is no room': { value: 123_456_789_012, as: { max: 6 }, text: '1\u202f235', unit: '亿' },
    'changes to M in English': { value: 3_284_000, as: { max: 6, lang: 'en' }, text: '3.284', unit: 'M' },
    'changes to k in English': { value: 12_345, as: { max: 5, lang: 'en' }, text: '12.35', unit: 'k' },
    'gives up decimals before it changes': { value: 1234.56, as: { decimals: 2, max: 6 }, text: '1\u202f235' },
    'in 万 does not cross a limit': { value: 99_999, as: { max: 5, warn: 100_000 }, text: '9.999', unit: '万' },
    'stays exact where there is room': { value: 3_284_000, as: { max: 15 }, text: '3\u202f284\u202f000' },
  }
  for (const [name, c] of Object.entries(cases)) {
    it(name, () => expect(formatValue(c.value, { ...base, ...c.as })).toEqual({ text: c.text, unit: c.unit ?? '' }))
  }

  it('stays on its side of every limit, whatever the decimals', () => {
    for (let i = 0; i < 2000; i++) {
      const warn = Math.round(Math.sin(i) * 5000) / 100
      const value = warn + Math.sin(i * 7) / 10 ** (i % 8)
      const { text } = formatValue(value, { ...base, decimals: i % 3, warn })
      const shown = Number(text.replace('\u2212', '-').replace(/[<>\u202f]/gu, ''))
      if (/[<>]/u.test(text)) continue
      expect(shown >= warn, `${value} with limit ${warn} shows ${text}`).toBe(value >= warn)
    }
  })
})

describe('a unit', () => {
  const cases: Record<string, { unit: string; zh: string; en: string }> = {
    'of counting has no English word': { unit: '件', zh: '件', en: '' },
    'of time is said in both': { unit: 'min', zh: '分', en: 'min' },
    'that nobody knows stays': { unit: 'µg/m³', zh: 'µg/m³', en: 'µg/m³' },
  }
  for (const [name, c] of Object.entries(cases)) it(name, () => expect([unitWord(c.unit, 'zh'), unitWord(c.unit, 'en')]).toEqual([c.zh, c.en]))
})

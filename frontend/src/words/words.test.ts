// Both languages say everything: English without a Chinese character, Chinese without an English word of its own.
import { expect, test } from 'vitest'

const files = import.meta.glob<Record<string, unknown>>('./*.ts', { eager: true })
const han = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/u

/** Every word below a key; functions are asked with sample words, which are no language's. */
function said(value: unknown, path: string, out: Map<string, string>): void {
  if (typeof value === 'string') out.set(path, value)
  else if (typeof value === 'function') said(asked(value as (...words: unknown[]) => unknown), `${path}()`, out)
  else if (Array.isArray(value)) value.forEach((v, i) => { said(v, `${path}.${i}`, out) })
  else if (typeof value === 'object' && value !== null) for (const [k, v] of Object.entries(value)) said(v, `${path}.${k}`, out)
}
/** What a function of words says: of numbers, or else of texts. */
function asked(ask: (...words: unknown[]) => unknown): unknown {
  for (const words of [[3, 7, 9, 2], ['0', '0', '0', '0'], [['0'], 2, 1]]) {
    try {
      const told = ask(...words)
      if (typeof told === 'string') return told
    } catch {
      // it wanted other words
    }
  }
  return ''
}
function wordsOf(file: string): Map<string, string> {
  const out = new Map<string, string>()
  for (const [, value] of Object.entries(files[file] ?? {})) if (typeof value === 'object') said(value, '', out)
  return out
}
const pairs = Object.keys(files).filter(f => f.endsWith('.zh.ts')).map(zh => [zh, zh.replace('.zh.', '.en.')] as const)
/** The other language stands on the switch to it and on the veil; drills and dead links speak both to whoever opens them. */
const theOther = /^\.(other|veilOther\(\)|otherLang|drill|oldLink(Why)?En)$/u

test('there are words to compare', () => {
  expect(pairs.length).toBeGreaterThan(4)
})

test.each(pairs)('%s and %s say the same things', (zh, en) => {
  expect([...wordsOf(en).keys()].sort()).toEqual([...wordsOf(zh).keys()].sort())
})

test.each(pairs)('%s is Chinese, %s English', (zh, en) => {
  const untranslated = [...wordsOf(en)].filter(([k, v]) => han.test(v) && !theOther.test(k))
  expect(untranslated).toEqual([])
  const empty = [...wordsOf(en)].filter(([k, v]) => v.trim() === '' && (wordsOf(zh).get(k) ?? '').trim() !== '')
  expect(empty).toEqual([])
  const english = [...wordsOf(zh)].filter(([k, v]) => !theOther.test(k) && !han.test(v) && /[a-z]{4,}/u.test(v))
  expect(english).toEqual([])
})

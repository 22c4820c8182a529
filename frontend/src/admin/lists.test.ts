import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { path, sendList, why } from './lists'

afterEach(() => { vi.unstubAllGlobals() })

test('a file’s name is only a name in the address', () => {
  expect(path('households', 'a&replace=true/../名 单.csv', false, true)).toBe('/api/v1/lists/households/preview?name=a%26replace%3Dtrue%2F..%2F%E5%90%8D%20%E5%8D%95.csv')
  expect(path('shelters', 'a.xlsx', true, false)).toBe('/api/v1/lists/shelters?name=a.xlsx&replace=true')
})

test('a digest is what makes a file count', async () => {
  const fetched = vi.fn<typeof fetch>(() => Promise.resolve(Response.json({ rows: 1 })))
  vi.stubGlobal('fetch', fetched)
  await sendList('/x', new Blob(['a']))
  await sendList('/x', new Blob(['a']), 'abc')
  expect(fetched.mock.calls.map(c => new Headers(c[1]?.headers).get('If-Match'))).toEqual([null, '"abc"'])
})

test.each([
  ['a refusal comes with its status and words', () => Promise.resolve(Response.json({ detail: 'macros' }, { status: 415 })), 415],
  ['no server is status 0', () => Promise.reject(new TypeError('network')), 0],
  ['half an answer is none', () => Promise.resolve(new Response('{"rows"', { status: 200 })), 0],
])('%s', async (_, answer, status) => {
  vi.stubGlobal('fetch', answer)
  await expect(sendList('/x', new Blob(['a']))).rejects.toMatchObject({ status })
})

test('every code that the server has is worded in Chinese, with what it names', () => {
  const go = readFileSync('../cockpits/respond/household/wrong.go', 'utf8')
  const codes = [...go.matchAll(/^\t\t"(\w+)": /gmu)].map(m => m[1] ?? '')
  expect(codes.length).toBeGreaterThan(20)
  const worded = [...codes, 'no_sheet'].map(code => why({ at: 'a.csv:2', code, words: ['one', 'two', '3'], reason: 'in English' }, 'zh'))
  expect(worded.filter(w => !/[一-龥]/u.test(w) || w.includes('undefined'))).toEqual([])
  expect(why({ at: '', code: 'empty', words: ['id'], reason: 'id is empty' }, 'en')).toBe('id is empty')
})

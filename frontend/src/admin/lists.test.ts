import { afterEach, expect, test, vi } from 'vitest'
import { path, sendList } from './lists'

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

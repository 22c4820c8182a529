import { beforeAll, expect, test, vi } from 'vitest'
import { onward, ownPath } from './back'

beforeAll(() => { vi.stubGlobal('location', { origin: 'http://deck.example' }) })

test.each([
  ['a page of ours stays', '/wall/north?lang=en#x', '/wall/north?lang=en#x'],
  ['nothing leads to the front page', undefined, '/'],
  ['another host does', 'https://evil.example/', '/'],
  ['so does one without scheme', '//evil.example/x', '/'],
  ['and one behind a backslash', '/\\evil.example', '/'],
  ['and one behind a tab', '/\t/evil.example', '/'],
  ['and one behind dots', '/..//evil.example', '/'],
  ['a script does', 'javascript:alert(1)', '/'],
  ['sign-in itself does', '/sign-in?back=/sign-in', '/'],
])('%s', (_, given, want) => {
  expect(ownPath(given)).toBe(want)
})

test.each([
  ['a responder alone goes to his tasks', '/', ['responder'], '/field'],
  ['one with another role sees the front page', '/', ['responder', 'viewer'], '/'],
  ['a page that was asked for stays', '/account', ['responder'], '/account'],
  ['no role leads nowhere else', '/', [], '/'],
])('%s', (_, back, roles, want) => {
  expect(onward(back, roles.map(role => ({ role })))).toBe(want)
})

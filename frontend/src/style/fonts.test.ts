// Nothing that the screens say, or that the shipped district is called, may need a face that they don't bring along.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const bundled = readFileSync(createRequire(import.meta.url).resolve('@fontsource-variable/noto-sans-sc/index.css'), 'utf8')
const ranges = [...bundled.matchAll(/unicode-range:\s*([^;]+);/gu)].flatMap(m => (m[1] ?? '').split(',')).map(r => {
  const [from = '', to = from] = r.trim().slice(2).split('-')
  return [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const
})
const brought = (c: string) => ranges.some(([from, to]) => (c.codePointAt(0) ?? 0) >= from && (c.codePointAt(0) ?? 0) <= to)
const files = (folder: string, ends: RegExp): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(f => ends.test(f)).map(f => join(folder, f))

it('every Chinese character of the words and of the shipped district is in the bundled face', () => {
  const root = join(import.meta.dirname, '../..')
  const said = [...files(join(root, 'src/words'), /\.ts$/u), ...files(join(root, '../cockpits/xiacheng'), /\.(toml|csv)$/u)].map(f => readFileSync(f, 'utf8')).join('')
  const characters = new Set([...said].filter(c => c > '\u2e7f'))
  expect(characters.size).toBeGreaterThan(900)
  expect([...characters].filter(c => !brought(c))).toEqual([])
  expect(brought('\u{2a700}')).toBe(false) // a character that no screen brings along: the check can fail
})

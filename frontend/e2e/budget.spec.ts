// What a wall fetches before it shows anything: the built files themselves, as they leave the server.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'

const dist = join(import.meta.dirname, '../dist')
const KB = 1024

/** Scripts that index.html names, and all that they import before they run. */
function first(): string[] {
  const queue = [...readFileSync(join(dist, 'index.html'), 'utf8').matchAll(/assets\/[^"]*\.js/gu)].map(m => m[0])
  const seen = new Set<string>()
  for (let f = queue.pop(); f !== undefined; f = queue.pop()) {
    if (seen.has(f)) continue
    seen.add(f)
    for (const m of readFileSync(join(dist, f), 'utf8').matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/gu)) queue.push(`assets/${m[1] ?? ''}`)
  }
  return [...seen]
}
/** The list of faces with their ranges: it belongs to the fonts and changes only with them. */
const fonts = /fonts-[^/]*\.css/u
const size = (f: string) => statSync(existsSync(`${f}.gz`) ? `${f}.gz` : f).size

test('the first wall needs at most 100 KB of script, all assets but fonts at most 700 KB', () => {
  const scripts = first()
  const script = scripts.reduce((n, f) => n + size(join(dist, f)), 0)
  const all = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(f => f.endsWith('.br') && !fonts.test(f)).reduce((n, f) => n + statSync(join(dist, f)).size, 0)
  console.log(`first wall: ${(script / KB).toFixed(1)} KB of script in ${scripts.length} files, gzip; all assets but fonts: ${(all / KB).toFixed(0)} KB, brotli`)
  expect(scripts.length).toBeGreaterThan(1)
  expect(script).toBeLessThanOrEqual(100 * KB)
  expect(all).toBeGreaterThan(0)
  expect(all).toBeLessThanOrEqual(700 * KB)
})

test('the sheet that counts as fonts holds faces and nothing else', () => {
  const sheets = readdirSync(join(dist, 'assets')).filter(f => fonts.test(f) && f.endsWith('.css'))
  expect(sheets).toHaveLength(1)
  const rest = readFileSync(join(dist, 'assets', sheets[0] ?? ''), 'utf8').replace(/@font-face\s*\{[^}]*\}/gu, '').replace(/\/\*.*?\*\//gu, '')
  expect(rest.trim()).toBe('')
})

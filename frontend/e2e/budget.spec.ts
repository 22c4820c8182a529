// What a wall fetches before it shows anything: the built files themselves, as they leave the server.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'

const dist = join(import.meta.dirname, '../dist')
const KB = 1024

const named = (pattern: RegExp) => readdirSync(join(dist, 'assets')).filter(f => pattern.test(f)).map(f => `assets/${f}`)

/** These scripts, and all that they import before they run. */
function closure(from: readonly string[]): string[] {
  const queue = [...from]
  const seen = new Set<string>()
  for (let f = queue.pop(); f !== undefined; f = queue.pop()) {
    if (seen.has(f)) continue
    seen.add(f)
    for (const m of readFileSync(join(dist, f), 'utf8').matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/gu)) queue.push(`assets/${m[1] ?? ''}`)
  }
  return [...seen]
}
const first = () => closure([...readFileSync(join(dist, 'index.html'), 'utf8').matchAll(/assets\/[^"]*\.js/gu)].map(m => m[0]))
/** The list of faces with their ranges: it belongs to the fonts and changes only with them. */
const fonts = /fonts-[^/]*\.css/u
const size = (f: string) => statSync(existsSync(join(dist, `${f}.gz`)) ? join(dist, `${f}.gz`) : join(dist, f)).size
const sum = (files: readonly string[]) => files.reduce((n, f) => n + size(f), 0) / KB

test('the first wall needs at most 100 KB of script, all assets but fonts at most 700 KB', () => {
  const scripts = first()
  const script = sum(scripts)
  const all = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(f => f.endsWith('.br') && !fonts.test(f)).reduce((n, f) => n + statSync(join(dist, f)).size, 0)
  console.log(`first wall: ${script.toFixed(1)} KB of script in ${scripts.length} files, gzip; all assets but fonts: ${(all / KB).toFixed(0)} KB, brotli`)
  expect(scripts.length).toBeGreaterThan(1)
  expect(script).toBeLessThanOrEqual(100)
  expect(all).toBeGreaterThan(0)
  expect(all).toBeLessThanOrEqual(700 * KB)
})

test('what is fetched for the map by MapLibre, worker included, and for the chart to look closely keeps to its budget', () => {
  const common = new Set(first())
  const worker = closure(named(/^map-worker-.*\.js$/u))
  const map = [...new Set([...closure(named(/^GlMap-.*\.js$/u)), ...worker])].filter(f => !common.has(f))
  const chart = closure(named(/^DetailChart-.*\.js$/u)).filter(f => !common.has(f))
  console.log(`map: ${sum(map).toFixed(0)} KB in ${map.length} files; chart: ${sum(chart).toFixed(0)} KB; gzip`)
  expect(worker.length).toBeGreaterThan(1) // shares the library with the page
  expect(worker.filter(f => common.has(f))).toEqual([])
  expect(sum(map)).toBeLessThanOrEqual(440)
  expect(sum(map)).toBeGreaterThan(50)
  expect(sum(chart)).toBeLessThanOrEqual(210)
  expect(sum(chart)).toBeGreaterThan(50)
})

test('the sheet that counts as fonts holds faces and nothing else', () => {
  const sheets = readdirSync(join(dist, 'assets')).filter(f => fonts.test(f) && f.endsWith('.css'))
  expect(sheets).toHaveLength(1)
  const rest = readFileSync(join(dist, 'assets', sheets[0] ?? ''), 'utf8').replace(/@font-face\s*\{[^}]*\}/gu, '').replace(/\/\*.*?\*\//gu, '')
  expect(rest.trim()).toBe('')
})

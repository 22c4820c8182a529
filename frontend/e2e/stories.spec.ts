// The story page as it was last looked at and found good: a picture of each kind of tile, in every state, both themes and
// both languages. Pictures hold for one browser and one set of faces, told beside them; with others they are not compared.
// Made anew by `npx playwright test stories --update-snapshots`, and to be looked at before they are committed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import lock from '../package-lock.json' with { type: 'json' }
import { Bench } from './bench'
import { mixed } from './benchWalls'
import { expect, test } from './page'

const folder = join(import.meta.dirname, '__screenshots__')
const beside = join(folder, 'made-with.json')
const kinds = ['stat', 'trend', 'progress', 'ranking', 'breakdown', 'table', 'board', 'map', 'alerts', 'feed', 'command', 'video']
/** Of these pictures are kept of the statuses, not of the marks that add to any of them. */
const large = ['table', 'board', 'map']
const version = (name: string) => (lock.packages as Record<string, { version?: string }>)[`node_modules/${name}`]?.version ?? ''

test.use({ viewport: { width: 400, height: 225 } })
let bench: Bench
test.beforeAll(async () => {
  bench = new Bench(mixed(1))
  await bench.open()
})
test.afterAll(() => { bench.close() })

test('the story page looks as it did', async ({ page, browser }, info) => {
  const made = { chromium: browser.version(), machine: process.arch, plex: version('@fontsource/ibm-plex-sans'), noto: version('@fontsource-variable/noto-sans-sc') }
  if (info.config.updateSnapshots === 'all' || info.config.updateSnapshots === 'changed') writeFileSync(beside, `${JSON.stringify(made, null, 2)}\n`)
  const was = existsSync(beside) ? readFileSync(beside, 'utf8').trim() : ''
  test.skip(was !== JSON.stringify(made, null, 2), `pictures were made with ${was}, this is ${JSON.stringify(made)}`)
  await page.clock.install({ time: Date.UTC(2024, 7, 28, 6, 32, 7) })
  await page.clock.pauseAt(Date.UTC(2024, 7, 28, 6, 32, 8))
  await page.addInitScript(() => { Math.random = () => 0.5 })
  for (const kind of kinds) {
    await page.goto(`${bench.url}/stories?kind=${kind}&lang=zh,en${large.includes(kind) ? '&state=normal,warn,alarm,stale,suppressed,empty' : ''}`)
    await expect(page.locator('[data-story]')).toHaveCount(4)
    await page.evaluate(() => document.fonts.ready)
    await page.clock.runFor(1000)
    await expect.soft(page).toHaveScreenshot(`${kind}.png`, { fullPage: true, animations: 'disabled', caret: 'hide', scale: 'css', maxDiffPixels: 0 })
  }
})

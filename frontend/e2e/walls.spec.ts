// Every cockpit of the shipped district, on every size of screen, in both languages: nothing sticks out, nobody complains.
// WALLS=1 keeps a picture of each; without it only of the usual wall.
import { mkdirSync } from 'node:fs'
import { illegible, level, proportions } from './look'
import { expect, overflowing, settled, test } from './page'
import { Program } from './program'
import type { Page } from '@playwright/test'

const hd = { name: 'hd', width: 1920, height: 1080 }
const sizes = [
  hd,
  { name: '4k', width: 3840, height: 2160 },
  { name: 'tablet', width: 1180, height: 820 },
]
const led = { name: 'led', width: 6656, height: 1792 }
const folder = 'test-results/walls'
const all = process.env.WALLS === '1'
let program: Program

test.beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  program = new Program({ COCKPIT_REDIS_URL: 'embedded', COCKPIT_DEMO_ENABLED: 'true' })
  await program.start()
})
test.afterAll(() => program.end())

/** Two frames: whatever a new size or language moves has moved. */
const laid = (page: Page) => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))

/** What the walls themselves name as not fitting; what an alert or a message says is told by the day, not by the layout. */
const named = (page: Page) => page.evaluate(() => (document.querySelector<HTMLElement>('[data-keeper]')?.dataset.overflow ?? '').split(' ').filter(id => id !== '' && !document.querySelector(`[data-tile="${CSS.escape(id)}"]:is(.k-alerts, .k-feed, .k-command)`)))

test('all cockpits, on a wall, a large wall and a tablet', async ({ page, context }) => {
  test.setTimeout(600_000)
  const faults: Record<string, string[]> = {}
  const blank = await context.newPage()
  await page.bringToFront() // what stands behind is drawn twice a second
  const bright: Record<string, number> = {}
  const look = async (name: string, on = sizes) => {
    for (const size of on) {
      await page.setViewportSize(size)
      await laid(page)
      // Sizes are told to charts by an observer: what sticks out for a frame does not count, what stays does.
      await expect.poll(() => overflowing(page), { timeout: 5000 }).toEqual([]).catch(async () => { faults[`${name} ${size.name}`] = await overflowing(page) })
      if (size.name === 'hd' && name !== 'tree') await expect.poll(async () => [...await named(page), ...await illegible(page)], { timeout: 5000 }).toEqual([]).catch(async () => { faults[`${name} from afar`] = [...await named(page), ...await illegible(page)] })
      const png = all || size.name === 'hd' ? await page.screenshot({ path: `${folder}/${size.name}-${name}.png`, fullPage: size.width < 1280 }) : null
      if (png && size.name === 'hd' && on.length > 1) bright[name] = await level(blank, png)
    }
  }
  await page.setViewportSize({ width: 1920, height: 1080 })
  await page.goto(`${program.url}/`)
  await expect(page.locator('.card')).toHaveCount(18)
  await expect(page.locator('.card[data-state="unknown"]')).toHaveCount(0)
  const cockpits = (await program.get<{ id: string }[]>('/cockpits')).map(c => c.id)
  expect(cockpits.length).toBe(19)
  await expect(page.locator('[data-cut]')).toHaveCount(0, { timeout: 120_000 })
  await look('tree')
  for (const [i, id] of cockpits.entries()) {
    await page.locator(`.strip a[data-cockpit="${id}"]`).click()
    await settled(page, id)
    await look(id)
    // In the other language too; it stays for the next one, so that each size sees both.
    await page.locator('[data-lang-switch]').click()
    await look(`${id}-${i % 2 === 0 ? 'en' : 'zh'}`, [hd])
  }
  expect(faults).toEqual({})
  // Dark walls stay dark, whatever is wrong on them.
  expect(Object.keys(bright).length).toBe(20)
  expect(Object.entries(bright).filter(([, light]) => !(light > 0.005 && light <= 0.12))).toEqual([])
  // Boxes stretch with the screen, glyphs never do.
  await page.setViewportSize(hd)
  await laid(page)
  const usual = await proportions(page)
  await page.setViewportSize(led)
  await laid(page)
  const wide = await proportions(page)
  const both = Object.keys(usual).filter(said => said in wide)
  expect(both.length).toBeGreaterThan(5)
  expect(both.filter(said => Math.abs((usual[said] ?? 0) / (wide[said] ?? 0) - 1) > 0.005)).toEqual([])
})

// A wall that stands for weeks: what doesn't fit is named, alarms are heard or the silence is told, the screen stays on,
// and a page that is sick itself heals; never one whose server is away (veil.spec.ts proves that nothing reloads there).
import type { Page } from '@playwright/test'
import { quiet, twoGrids } from './ground'
import { cutThrough } from './look'
import { expect, settled, test } from './page'
import type { Program } from './program'
import type { Redis } from './redis'

let program: Program
let redis: Redis
let grid = ''

test.describe.configure({ mode: 'serial' })
test.use({ viewport: { width: 1920, height: 1080 } })
test.beforeAll(async () => {
  ;({ program, redis } = await quiet())
  ;[, grid] = await twoGrids(program, 'chaoming')
})
test.afterAll(async () => {
  await program.end()
  redis.kill()
})

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`${program.url}/wall/xiacheng${query}`)
  await settled(page, 'xiacheng')
  await expect(page.locator('[data-keeper]')).toHaveCount(1)
}
async function alarm(area: string): Promise<void> {
  await redis.add({ measure: 'ev_dispose_due', area, value: '500' })
  await redis.add({ measure: 'ev_dispose_ontime', area, value: '100' })
}

test('what far viewers could not read whole is named, and nothing is cut', async ({ page }) => {
  await open(page)
  await expect(page.locator('[data-misfit]')).toHaveCount(0)
  await open(page, '?d=14')
  await expect(page.locator('[data-misfit]')).toHaveText(/[1-9]\d* 格放不下/u)
  const named = (await page.locator('[data-keeper]').getAttribute('data-overflow') ?? '').split(' ')
  expect(named.length).toBeGreaterThan(1)
  await expect(page.locator('[data-misfit]')).toHaveAttribute('title', /：.+/u)
  await expect.poll(() => cutThrough(page)).toEqual([])
  // The eye sees what is cut.
  await page.locator('.grid .tile h3').first().evaluate(e => { e.textContent = '这一格的名字怎么也放不下因为它实在是太长太长太长太长太长太长太长太长太长太长太长太长了' })
  expect(await cutThrough(page)).toHaveLength(1)
})

test('a new alarm is heard, or the header says that the browser keeps it mute', async ({ page }) => {
  await open(page)
  const sound = page.locator('[data-sound]')
  await expect(page.locator('[data-muted-mark]')).toHaveText('声音被浏览器静音')
  await expect(sound).toHaveAttribute('data-rung', '0')
  await alarm(grid)
  await expect(sound).toHaveAttribute('data-rung', '1')
  await expect(sound).toHaveAttribute('data-played', '0')
  await page.mouse.click(5, 5)
  await expect(page.locator('[data-muted-mark]')).toHaveCount(0)
  await expect.poll(async () => Number(await sound.getAttribute('data-played'))).toBeGreaterThan(0) // it comes again after ten seconds
  await open(page, '?sound=0')
  await expect(page.locator('.page-header [data-lang-switch]')).toBeVisible()
  await expect(page.locator('[data-sound], [data-muted-mark]')).toHaveCount(0)
})

test('a wall without hands keeps its screen on, asks again when it comes back into sight, and shows no pointer', async ({ page }) => {
  await page.addInitScript(() => {
    const asked = { n: 0 }
    Object.assign(window, { asked })
    const lock = { release: () => Promise.resolve() }
    Object.defineProperty(navigator, 'wakeLock', { value: { request: () => (++asked.n > 2 ? Promise.reject(new Error('no')) : Promise.resolve(lock)) } })
  })
  const asked = () => page.evaluate(() => (window as unknown as { asked: { n: number } }).asked.n)
  await open(page)
  expect(await asked()).toBe(0)
  await open(page, '?kiosk=1')
  await expect(page.locator('[data-keeper]')).toHaveAttribute('data-awake', 'true')
  expect(await asked()).toBe(1)
  expect(await page.locator('.grid .tile').first().evaluate(e => getComputedStyle(e).cursor)).toBe('none')
  const back = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await back()
  expect(await asked()).toBe(2)
  await expect(page.locator('[data-asleep]')).toHaveCount(0)
  await back()
  await expect(page.locator('[data-asleep]')).toHaveText('可能会熄屏')
})

test('a page that fails again and again loads itself anew, once, and says so to itself', async ({ page, complaints }) => {
  await open(page)
  const reloads: number[] = []
  page.on('load', () => reloads.push(Date.now()))
  const sicken = () => page.evaluate(() => { setInterval(() => { throw new Error('sick') }, 500) })
  await sicken()
  await expect.poll(() => reloads.length, { timeout: 20_000 }).toBe(1)
  await settled(page, 'xiacheng')
  expect(await page.evaluate(() => (JSON.parse(sessionStorage.getItem('citydeck.reloads') ?? '{}') as { times?: number }).times)).toBe(1)
  // The illness comes back at once: it has to wait for its minute.
  await expect(page.locator('[data-keeper]')).toHaveCount(1)
  await sicken()
  await expect.poll(() => complaints.filter(c => c === 'sick').length, { timeout: 30_000 }).toBeGreaterThan(18)
  expect(reloads).toHaveLength(1)
  complaints.splice(0, complaints.length, ...complaints.filter(c => c !== 'sick'))
})

// One reading at a grid: from XADD in a real Redis to the figures on two walls in a real browser.
import { expect, settled, test } from './page'
import { quiet } from './ground'
import type { Program } from './program'
import type { Redis } from './redis'
import type { Page } from '@playwright/test'

const measure = 'ev_report'
const tile = '[data-tile="reported"] .figure .num'
let program: Program
let redis: Redis

test.beforeAll(async () => {
  ({ program, redis } = await quiet())
})
test.afterAll(async () => {
  await program.end()
  redis.kill()
})

/** The figure as a number, whatever stands between its digits. */
async function figure(page: Page): Promise<number> {
  return Number(((await page.locator(tile).textContent()) ?? '').replace(/[^\d.-]/gu, '') || Number.NaN)
}

/** A grid of a street, from the tree that the server tells. */
async function aGrid(street: string): Promise<string> {
  const areas = await program.get<{ id: string; kind: string; parent: string }[]>('/areas')
  const byId = new Map(areas.map(a => [a.id, a]))
  const found = areas.find(a => a.kind === 'grid' && byId.get(a.parent)?.parent === street)
  if (!found) throw new Error(`${street} has no grid`)
  return found.id
}

test('a flow reading at a grid changes the street and the district', async ({ context }) => {
  const [district, street] = [await context.newPage(), await context.newPage()]
  await district.goto(`${program.url}/wall/xiacheng`)
  await street.goto(`${program.url}/wall/chaoming`)
  await settled(district, 'xiacheng')
  await settled(street, 'chaoming')
  const inside = await aGrid('chaoming')
  const outside = await aGrid('wulin')
  await redis.add({ measure, area: inside, value: '7' })
  await expect.poll(() => Promise.all([figure(district), figure(street)])).toEqual([7, 7])
  await redis.add({ measure, area: outside, value: '5' })
  await expect.poll(() => Promise.all([figure(district), figure(street)])).toEqual([12, 7])
  await redis.add({ measure, area: inside, value: '-2' })
  await expect.poll(() => Promise.all([figure(district), figure(street)])).toEqual([10, 5])
  await expect(district.locator('[data-tile="reported"]')).toHaveAttribute('data-status', 'normal')
})

test('from XADD to the figure, while 5,000 readings a second come in', async ({ page }) => {
  const readings = 200
  const big = 500_000
  const grid = await aGrid('chaoming')
  await page.setViewportSize({ width: 1920, height: 1080 })
  await page.goto(`${program.url}/wall/xiacheng`)
  await settled(page, 'xiacheng')
  const simulator = program.beside('simulate', '--rate', '5000')
  try {
    await expect.poll(async () => Number(((await page.locator('[data-rate]').textContent()) ?? '').replace(/\D/gu, '')), { timeout: 60_000 }).toBeGreaterThan(4000)
    // The page notes itself, to the clock of this machine, when the figure jumps up or down by half a million.
    await page.evaluate(([selector, half]) => {
      const heard: number[] = []
      Object.assign(globalThis, { heard })
      const high = () => Number((document.querySelector(selector)?.textContent ?? '').replace(/[^\d.-]/gu, '')) > half
      let was = high()
      new MutationObserver(() => {
        if (high() === was) return
        was = !was
        heard.push(performance.timeOrigin + performance.now())
      }).observe(document.body, { subtree: true, childList: true, characterData: true })
    }, [tile, big / 2] as const)
    const took: number[] = []
    for (let i = 0; i < readings; i++) {
      const before = performance.timeOrigin + performance.now()
      await redis.add({ measure, area: grid, value: String(i % 2 === 0 ? big : -big) })
      await page.waitForFunction(n => (globalThis as unknown as { heard: number[] }).heard.length > n, i, { polling: 'raf' })
      took.push((await page.evaluate(() => (globalThis as unknown as { heard: number[] }).heard.at(-1) ?? 0)) - before)
    }
    took.sort((a, b) => a - b)
    const at = (share: number) => Math.round(took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0)
    const rate = await page.locator('[data-rate]').textContent()
    console.log(`XADD to DOM over ${readings} readings at ${rate} readings/s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${Math.round(took.at(-1) ?? 0)} ms`)
    expect(took.length).toBe(readings)
  } finally {
    simulator.kill('SIGTERM')
  }
})

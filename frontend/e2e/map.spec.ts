// The map page: any indicator at any level, layers, search, the way to the cause; on a canvas, and once by MapLibre.
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './page'
import { quiet, twoGrids } from './ground'
import { aFolder, type Program } from './program'
import type { Redis } from './redis'

let program: Program
let redis: Redis
/** two grids of one community */
let community = ''
let good = ''
let bad = ''

const rate = 'ev_dispose_ontime_rate'

test.describe.configure({ mode: 'serial' })
test.use({ viewport: { width: 1366, height: 900 } })
test.beforeAll(async () => {
  const folder = aFolder()
  const district = join(folder, 'district')
  cpSync(join(import.meta.dirname, '../../cockpits/xiacheng'), district, { recursive: true })
  const rows = Array.from({ length: 3000 }, (_, i) => `3301${i},朝晖路${i + 1}号,zhaohui,${120.16 + (i % 50) * 1e-4},${30.29 + Math.floor(i / 50) * 1e-4}`)
  writeFileSync(join(district, 'addresses.csv'), `code,name,area,lon,lat\n${rows.join('\n')}\n`)
  ;({ program, redis } = await quiet({ COCKPIT_DISTRICT_DIR: district }, folder))
  ;[community, good, bad] = await twoGrids(program, 'chaoming')
  for (const [area, ontime] of [[good, '500'], [bad, '300']] as const) {
    await redis.add({ measure: 'ev_dispose_due', area, value: '500' })
    await redis.add({ measure: 'ev_dispose_ontime', area, value: ontime })
  }
  await redis.add({ measure: 'kitchen_alarms', area: 'xintiandi', point: 'kitchen-01', value: '6' })
})
test.afterAll(async () => {
  await program.end()
  redis.kill()
})

async function open(page: Page, more = ''): Promise<void> {
  await page.goto(`${program.url}/map/xiacheng${more}`)
  await expect(page.locator('[data-page-state]')).toHaveAttribute('data-shades', 'ready')
  await page.evaluate(() => document.fonts.ready)
}
const canvas = (page: Page) => page.locator('[data-map="canvas"] canvas')
const zoomOf = async (page: Page) => Number(await canvas(page).getAttribute('data-zoom'))

/** A small picture of the page around a place. */
async function around(page: Page, x: number, y: number): Promise<string> {
  return (await page.screenshot({ clip: { x: x - 20, y: y - 20, width: 40, height: 40 } })).toString('base64')
}

test('the district is drawn on a canvas where WebGL2 would be software, with its caveat', async ({ page }) => {
  await open(page)
  await expect(canvas(page)).toHaveAttribute('data-zoom', /\d/u)
  await expect(page.locator('[data-map="gl"]')).toHaveCount(0)
  await expect(page.locator('[data-caveat]')).toHaveText('示意图，不作为划界依据')
  await expect(page.locator('.map-aside [data-kind]')).toHaveText(['街道', '社区', '园区', '网格'])
  await expect(page.locator('.wrong-list [data-area="chaoming"]')).toHaveAttribute('data-status', 'alarm')
})

test('any level: the alarm is found among the grids, and leads to its cause', async ({ page }) => {
  await open(page)
  await page.locator('[data-kind="grid"]').click()
  await expect(page).toHaveURL(/of=grid/u)
  const row = page.locator(`.wrong-list [data-area="${bad}"]`)
  await expect(row).toContainText('60.0')
  await row.click()
  const panel = page.locator('[data-panel="area"]')
  await expect(panel).toHaveAttribute('data-of', bad)
  await expect(panel).toContainText('60.00')
  await expect(panel.locator('[data-street]')).toHaveAttribute('href', new RegExp(`/street/chaoming\\?.*at=${rate}`, 'u'))
  await expect.poll(() => zoomOf(page)).toBeGreaterThan(14)
  await panel.locator('[data-explain-link]').click()
  await expect(page.locator('[data-explain]')).toHaveAttribute('data-at', `${rate}@${bad}`)
  await page.keyboard.press('Escape')
  await panel.locator('.path button').last().click()
  await expect(panel).toHaveAttribute('data-of', community)
  await expect(page.locator(`[data-kind="community"]`)).toHaveAttribute('aria-pressed', 'true')
})

test('a touched area is selected and said, and colours follow what arrives', async ({ page }) => {
  await open(page, '?of=street')
  const box = await canvas(page).boundingBox()
  if (!box) throw new Error('no canvas')
  await canvas(page).click({ position: { x: box.width / 2, y: box.height / 2 } })
  const panel = page.locator('[data-panel="area"]')
  await expect(panel).toBeVisible()
  const area = await panel.getAttribute('data-of') ?? ''
  await panel.locator('[data-close]').click()
  await expect(panel).toHaveCount(0)
  const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]
  await page.mouse.move(5, 5)
  await canvas(page).blur()
  const before = await around(page, x, y)
  await redis.add({ measure: 'ev_dispose_due', area, value: '100' })
  await redis.add({ measure: 'ev_dispose_ontime', area, value: '99' })
  await expect.poll(() => around(page, x, y)).not.toBe(before)
})

test('layers: kitchens are switched on, stand together, and the one in alarm is told of', async ({ page }) => {
  await open(page)
  await page.locator('[data-layer="kitchens"]').click()
  await expect(page.locator('[data-layer="kitchens"]')).toHaveAttribute('aria-checked', 'true')
  await expect(canvas(page)).toHaveAttribute('data-drawn', /[1-9]/u)
  await expect(canvas(page)).toHaveAttribute('data-marked', '1')
  await page.locator('[data-search]').fill('kitchen-01')
  await page.locator('[data-hit="kitchen-01"]').click()
  await expect(page.locator('[data-panel="found"]')).toContainText('餐饮单位')
  await expect.poll(() => zoomOf(page)).toBeGreaterThan(16)
  const box = await canvas(page).boundingBox()
  if (!box) throw new Error('no canvas')
  await canvas(page).click({ position: { x: box.width / 2, y: box.height / 2 } })
  await expect(page.locator('[data-panel="touched"]')).toHaveAttribute('data-of', /^kitchens\//u)
  await page.locator('[data-whole]').click()
  await page.locator('[data-all-off]').click()
  await expect(canvas(page)).toHaveAttribute('data-drawn', '0')
})

test('what stands together opens up', async ({ page }) => {
  await open(page, '?layers=kitchens')
  await expect(canvas(page)).toHaveAttribute('data-drawn', /[1-9]/u)
  const before = await zoomOf(page)
  const box = await canvas(page).boundingBox()
  if (!box) throw new Error('no canvas')
  // All kitchens lie in one park: find it by its own outline.
  await page.locator('[data-search]').fill('新天地')
  await page.locator('[data-hit="xintiandi"]').first().click()
  await expect.poll(() => zoomOf(page)).toBeGreaterThan(before + 1)
  await page.keyboard.press('Escape')
  for (let i = 0; i < 4; i++) await page.locator('[data-zoom-out]').click()
  await expect(canvas(page)).toHaveAttribute('data-drawn', /^[1-9]$/u)
  await canvas(page).click({ position: { x: box.width / 2, y: box.height / 2 } })
  const panel = page.locator('[data-panel="touched"]')
  await expect(panel).toContainText('餐饮单位')
  const wide = await zoomOf(page)
  await panel.locator('[data-closer]').click()
  await expect.poll(() => zoomOf(page)).toBeGreaterThan(wide)
})

test('search by keys alone: an address is found, chosen and shown', async ({ page }) => {
  await open(page)
  const search = page.locator('[data-search]')
  await search.focus()
  await page.keyboard.type('朝晖路 2999')
  await expect(page.locator('[role="option"]')).toHaveCount(1)
  await expect(page.locator('[role="option"]')).toContainText('朝晖路2999号')
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-panel="found"]')).toContainText('朝晖路2999号')
  await expect(page.locator('[data-panel="found"] .path button').last()).toHaveText('朝晖街道')
  await expect.poll(() => zoomOf(page)).toBeCloseTo(16.5, 1)
  await search.fill('没有这样的路')
  await expect(page.locator('.hits')).toContainText('没有找到')
})

test('the map is moved by keys', async ({ page }) => {
  await open(page)
  await expect(canvas(page)).toHaveAttribute('data-zoom', /\d/u)
  const home = await zoomOf(page)
  await canvas(page).focus()
  await page.keyboard.press('+')
  await expect.poll(() => zoomOf(page)).toBeCloseTo(home + 0.5, 2)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-panel="area"]')).toBeVisible()
  await page.keyboard.press('0')
  await expect.poll(() => zoomOf(page)).toBeCloseTo(home, 2)
})

test('in English, light, on a tablet held upright: complete, and nothing sticks out', async ({ page }) => {
  await page.setViewportSize({ width: 820, height: 1180 })
  await open(page, '?lang=en&theme=light&layers=kitchens&area=chaoming')
  await expect(page.locator('[data-caveat]')).toHaveText('Schematic, not a boundary of record')
  await expect(page.locator('[data-panel="area"]')).toContainText('Where it comes from')
  const words = await page.locator('.map-page').innerText()
  expect(words.replace(/中文/gu, '')).not.toMatch(/[\u4e00-\u9fff]/u)
  const wide = await page.evaluate(() => [...document.querySelectorAll('.map-page, .hand-head, .map-key, .map-panel, .map-aside')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className))
  expect(wide).toEqual([])
})

test('a personal indicator stops at the streets, and the page says why', async ({ page }) => {
  const all = await program.get<{ id: string; sensitivity: string }[]>('/indicators')
  const personal = all.find(i => /personal/u.test(i.sensitivity))
  if (!personal) throw new Error('no personal indicator is shipped')
  await page.goto(`${program.url}/map/xiacheng?of=grid&indicator=${personal.id}`)
  await expect(page.locator('[data-refused]')).toHaveText('个人信息指标只到街道一级')
  await page.locator('[data-kind="street"]').click()
  await expect(page.locator('[data-page-state]')).toHaveAttribute('data-shades', 'ready')
})

test('a stopped server: the page says that it is not live, and heals by itself', async ({ page }) => {
  await open(page)
  program.signal('SIGSTOP')
  try {
    await expect(page.locator('.not-live')).toHaveAttribute('data-up', 'true', { timeout: 8000 })
    await expect(page.locator('[data-lost]')).toContainText('颜色停在')
  } finally {
    program.signal('SIGCONT')
  }
  await expect(page.locator('.not-live')).toHaveAttribute('data-up', 'false')
  await expect(page.locator('[data-lost]')).toHaveCount(0)
})

test('MapLibre draws the same where it is asked for', async ({ page, complaints }) => {
  test.slow()
  await open(page, '?gl=1&of=street&layers=kitchens')
  const gl = page.locator('[data-map="gl"]')
  await expect(gl).toHaveAttribute('data-drawn', /[1-9]/u, { timeout: 120_000 })
  await expect(gl).toHaveAttribute('data-marked', '1')
  const box = await gl.boundingBox()
  if (!box) throw new Error('no map')
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2 + 40)
  await expect(page.locator('[data-panel]')).toBeVisible({ timeout: 60_000 })
  // In software the driver complains of its own slowness; nothing else may be said.
  complaints.splice(0, complaints.length, ...complaints.filter(c => !/GL Driver Message .*Performance/u.test(c)))
})

test('the ways to the map: from the front page, and from a number', async ({ page }) => {
  await page.goto(`${program.url}/?theme=light`)
  await page.locator('[data-map-door]').click()
  await expect(page).toHaveURL(/\/map\/xiacheng\?theme=light/u)
  await page.goto(`${program.url}/wall/xiacheng?explain=${rate}@chaoming`)
  await page.locator('.explain-ways a[href*="/map/"]').click()
  await expect(page).toHaveURL(new RegExp(`/map/chaoming\\?.*indicator=${rate}`, 'u'))
})

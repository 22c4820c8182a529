// The studio against a folder of its own: what is arranged, checked and saved is on a wall beside it without a reload.
// And a network that breaks WebSockets: the wall stays live by events, says so, and goes back.
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, settled, test } from './page'
import { aFolder, Program } from './program'
import { Redis } from './redis'

let program: Program
let redis: Redis
let district: string
let token = ''

test.describe.configure({ mode: 'serial' })
test.use({ viewport: { width: 1440, height: 900 } })
test.beforeAll(async () => {
  const folder = aFolder()
  district = join(folder, 'valley')
  cpSync(join(import.meta.dirname, '../../server/app/testdata/valley'), district, { recursive: true })
  redis = new Redis(folder)
  await redis.start()
  program = new Program({ COCKPIT_DEMO_ENABLED: 'false', COCKPIT_DISTRICT_DIR: district, COCKPIT_REDIS_URL: redis.url }, folder)
  await program.start()
  await program.run('Correct-horse-7-battery\n', 'user', 'add', '--name', 'ada', '--role', 'admin', '--area', 'valley')
  token = (await program.run('', 'token', 'add', '--user', 'ada')).trim().split('\n').at(-1)?.trim() ?? ''
  await redis.add({ measure: 'boats', area: 'sill', value: '5' })
})
test.afterAll(async () => {
  await program.end()
  redis.kill()
})

async function studio(page: Page, tiles: number): Promise<void> {
  await page.route('**/api/v1/**', route => route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${token}` } }))
  await page.goto(`${program.url}/studio/valley`)
  await expect(page.locator('.studio-tile .tile')).toHaveCount(tiles)
}
const file = () => readFileSync(join(district, 'cockpits/valley.toml'), 'utf8')
const box = (page: Page, id: string) => page.locator(`[data-box="${id}"]`)

test('a tile is added, mended, moved by keys and by pointer, saved, and on the wall', async ({ page, context }) => {
  const wall = await context.newPage()
  await wall.goto(`${program.url}/wall/valley`)
  await settled(wall, 'valley')
  await wall.evaluate(() => { document.body.dataset.same = 'page' })
  await studio(page, 4)
  await expect(box(page, 'boats').locator('.figure').first()).toContainText('5')
  await expect(page.locator('[data-save]')).toBeDisabled()

  await page.locator('[data-add="stat"]').click()
  const fresh = box(page, 'stat-1')
  await expect(fresh).toHaveClass(/faulty/u)
  await page.locator('[data-key="indicator"] select').selectOption('boats_today')
  await expect(page.locator('[data-check-state]')).toContainText('检查通过')
  await expect(fresh).not.toHaveClass(/faulty/u)
  await expect(fresh.locator('.figure').first()).toContainText('5')

  const where = () => fresh.evaluate(e => getComputedStyle(e).gridArea.replaceAll(' ', ''))
  const first = await where()
  await fresh.focus()
  await page.keyboard.press('Alt+ArrowDown')
  await page.keyboard.press('Alt+Shift+ArrowRight')
  expect(await where()).toBe('6/1/span3/span5')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  expect(await where()).toBe(first)

  const from = await fresh.boundingBox()
  const over = await box(page, 'towns').boundingBox()
  if (!from || !over) throw new Error('nothing to drag')
  const drag = async (x: number, y: number) => {
    await page.mouse.move(from.x + 20, from.y + 20)
    await page.mouse.down()
    await page.mouse.move(x, y, { steps: 5 })
  }
  await drag(over.x + 20, over.y + 20)
  await expect(page.locator('.ghost')).toHaveClass(/bad/u)
  await page.mouse.up()
  expect(await where()).toBe(first)
  await drag(over.x + 20, from.y + 20)
  await page.mouse.up()
  expect(await where()).toBe('5/13/span3/span4')
  await page.locator('[data-key="title"] input').fill('今天的船')
  await page.keyboard.press('Tab')
  await page.screenshot({ path: 'test-results/studio.png' })

  await page.locator('[data-save]').click()
  await expect(page.locator('[data-check-state]')).toContainText('已保存')
  await expect(wall.locator('[data-tile="stat-1"]')).toContainText('今天的船')
  await expect(wall.locator('[data-tile="stat-1"] .figure').first()).toContainText('5')
  expect(await wall.evaluate(() => document.body.dataset.same)).toBe('page')
  expect(file()).toContain('stat-1')
  await expect(page.locator('[data-stands]')).toContainText('与大屏一致')
})

test('a cockpit is made below another, renamed and moved in words, and deleted; one with others below it stays', async ({ page, complaints }) => {
  await studio(page, 5)
  await page.evaluate(() => document.fonts.ready)
  for (const [width, height] of [[1440, 900], [1180, 820]] as const) {
    await page.setViewportSize({ width, height })
    await page.screenshot({ path: `test-results/studio-${width}.png` })
  }
  await expect(page.locator('[data-stays]')).toContainText('最上级')
  await page.locator('[data-fresh="name"]').fill('码头')
  await page.locator('[data-fresh="name_en"]').fill('Pier')
  await page.locator('[data-fresh="id"]').fill('gate')
  await page.locator('[data-create]').click()
  await expect(page.locator('.studio-cockpit [role="alert"]')).toContainText('gate')
  await page.locator('[data-fresh="id"]').fill('pier')
  await page.locator('[data-create]').click()
  await expect(page).toHaveURL(/\/studio\/pier/u)
  await expect(page.locator('h1')).toContainText('码头')
  const pier = () => readFileSync(join(district, 'cockpits/pier.toml'), 'utf8')
  expect(pier()).toContain('码头')

  await page.locator('.studio-cockpit > [data-key="name"] input').fill('渡口')
  await page.keyboard.press('Tab')
  await page.locator('.studio-cockpit > [data-key="kind"] select').selectOption('street')
  await expect(page.locator('[data-check-state]')).toContainText('检查通过')
  await page.locator('[data-save]').click()
  await expect(page.locator('[data-check-state]')).toContainText('已保存')
  expect(pier()).toContain('渡口')
  expect(pier()).toContain('street')
  await page.locator('[data-remove-cockpit]').click()
  await page.locator('[data-sure]').click()
  await expect(page).toHaveURL(/\/studio\/valley/u)
  expect(existsSync(join(district, 'cockpits/pier.toml'))).toBe(false)
  complaints.splice(0, complaints.length, ...complaints.filter(c => !/status of (404|409)/u.test(c)))
})

test('a fault that only the server finds stands beside its tile', async ({ page, complaints }) => {
  await studio(page, 5)
  await page.locator('[data-add="video"]').click()
  await page.locator('[data-key="url"] input').fill('nowhere')
  await page.keyboard.press('Tab')
  await expect(page.locator('[data-key="url"] .bad')).toContainText('nowhere')
  await expect(page.locator('[data-save]')).toBeDisabled()
  expect(file()).not.toContain('nowhere')
  complaints.splice(0, complaints.length, ...complaints.filter(c => !c.includes('status of 400')))
})

test('who may not save arranges and downloads', async ({ page, complaints }) => {
  await page.goto(`${program.url}/studio/gate?lang=en`)
  await expect(page.locator('[data-limits]')).toContainText('Sign in as an admin')
  await expect(page.locator('[data-save]')).toBeDisabled()
  await page.locator('[data-add="feed"]').click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-download]').click()])
  expect(download.suggestedFilename()).toBe('gate.toml')
  const text = readFileSync(await download.path(), 'utf8')
  expect(text).toContain('id = "feed-1"')
  complaints.splice(0, complaints.length, ...complaints.filter(c => !c.includes('status of 401') && !c.includes('status of 403')))
})

test('where WebSockets fail the wall stays live by events, says so, and goes back', async ({ page }) => {
  let broken = true
  await page.routeWebSocket('**/api/v1/live', ws => {
    if (broken) void ws.close({ code: 1011 })
    else ws.connectToServer()
  })
  await page.goto(`${program.url}/wall/gate`)
  await expect(page.locator('[data-events]')).toBeVisible()
  await settled(page, 'gate')
  await redis.add({ measure: 'boats', area: 'sill', value: '2' })
  await expect(page.locator('[data-tile="boats"] .figure').first()).toContainText('7')
  broken = false
  await expect(page.locator('[data-events]')).toHaveCount(0, { timeout: 60_000 })
  await redis.add({ measure: 'boats', area: 'sill', value: '3' })
  await expect(page.locator('[data-tile="boats"] .figure').first()).toContainText('10')
})

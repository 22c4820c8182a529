// Any number can be taken apart, on any page: from a tile down to the point and the entry that brought its newest reading.
import type { Page } from '@playwright/test'
import { faint, sideways } from './look'
import { expect, settled, test } from './page'
import { quiet, type Area } from './ground'
import type { Program } from './program'
import type { Redis } from './redis'

let program: Program
let redis: Redis
let grid = ''
let community = ''

test.beforeAll(async () => {
  ({ program, redis } = await quiet())
  const areas = await program.get<Area[]>('/areas')
  const found = areas.find(a => a.kind === 'grid' && areas.find(b => b.id === a.parent)?.parent === 'chaoming')
  if (!found) throw new Error('chaoming has no grid')
  grid = found.id
  community = found.parent
  await redis.add({ measure: 'ev_report', area: grid, point: 'P-0', value: '1', source: 'gridder', at: String(Date.now() - 60_000) })
})
test.afterAll(async () => {
  await program.end()
  redis.kill()
})

const drawer = (page: Page) => page.locator('[data-explain]')
const at = (page: Page, place: string) => expect(drawer(page)).toHaveAttribute('data-at', place)

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${program.url}${path}`)
  await settled(page, 'chaoming')
}

/** Readings that came before a test count too. */
async function reported(): Promise<number> {
  return (await program.get<{ value: number }>('/values?indicator=ev_report_count&area=chaoming')).value
}

test('a tile opens, and leads down to a point, its newest reading and the entry that brought it', async ({ page }) => {
  const reading = (value: string, at: number) => redis.add({ measure: 'ev_report', area: grid, point: 'P-1', value, source: 'hotline', at: String(at) })
  const now = Date.now()
  const before = await reported()
  await reading('7', now - 2000)
  await open(page, '/wall/chaoming')
  await expect(page.locator('[data-tile="reported"] .figure .num')).toHaveText(String(before + 7))
  await page.locator('[data-tile="reported"]').click()
  await at(page, 'ev_report_count@chaoming')
  await expect(drawer(page).locator('[data-reconciles="true"]')).toBeVisible()
  await expect(drawer(page).locator('[data-fact="caliber"]')).toBeVisible()
  await expect(drawer(page).locator('[data-fact="sources"]')).toContainText('hotline')
  await drawer(page).locator(`[data-area="${community}"]`).click()
  await at(page, `ev_report_count@${community}`)
  await drawer(page).locator(`[data-area="${grid}"]`).click()
  const point = drawer(page).locator('[data-point="P-1"]')
  await expect(point.locator('[data-newest]')).toHaveText(/^7/u)
  await expect(point).toContainText('hotline')
  const entry = (await point.locator('[data-entry]').textContent()) ?? ''
  expect(await redis.ask('XRANGE', 'readings', entry, entry)).toBe('*1')

  await reading('5', now - 1000)
  await expect(point.locator('[data-newest]')).toHaveText(/^5/u)
  await expect(drawer(page).locator('[data-figure] b')).toHaveText(String(before + 12))
  await expect(point.locator('[data-entry]')).not.toHaveText(entry)

  await page.goBack()
  await at(page, `ev_report_count@${community}`)
  await page.keyboard.press('Escape')
  await expect(drawer(page)).toHaveCount(0)
  await expect(page).toHaveURL(/\/wall\/chaoming$/u)
})

test('the keyboard opens it, stays inside, and comes back to where it was', async ({ page }) => {
  await open(page, '/wall/chaoming')
  await page.locator('[data-tile="reported"]').focus()
  await page.keyboard.press('Enter')
  await at(page, 'ev_report_count@chaoming')
  await expect(drawer(page).locator('[data-parts]')).toBeVisible()
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('[data-explain]') !== null)).toBe(true)
  }
  await page.keyboard.press('Escape')
  await expect(drawer(page)).toHaveCount(0)
  await expect(page.locator('[data-tile="reported"]')).toBeFocused()
})

test('a table cell and a map area explain themselves where they are', async ({ page }) => {
  await redis.add({ measure: 'ev_dispose_due', area: grid, value: '20' })
  await redis.add({ measure: 'ev_dispose_ontime', area: grid, value: '19' })
  await open(page, '/wall/chaoming')
  await page.locator('[data-tile="communities"] [role="cell"]').first().click()
  await expect(drawer(page)).toHaveAttribute('data-at', /^ev_dispose_ontime_rate@[a-z]+$/u)
  await page.keyboard.press('Escape')
  await page.goto(`${program.url}/wall/xiacheng`)
  await settled(page, 'xiacheng')
  await page.locator('.map-label[data-area="chaoming"]').click()
  await at(page, 'ev_dispose_ontime_rate@chaoming')
  await expect(drawer(page).locator('[data-sum]')).toHaveText(/^19 ÷ 20 × 100 = 95.00 %$/u)
})

test('a link opens it on every page', async ({ page, complaints }) => {
  for (const path of ['/', '/wall/chaoming', '/street/chaoming', '/stories']) {
    await page.goto(`${program.url}${path}?explain=ev_report_count@${grid}`)
    await at(page, `ev_report_count@${grid}`)
    await expect(drawer(page).locator('[data-point="P-0"]')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(drawer(page)).toHaveCount(0)
  }
  await page.goto(`${program.url}/wall/chaoming?explain=nothing@nowhere`)
  await expect(drawer(page).locator('[data-why="unknown"]')).toBeVisible()
  complaints.splice(0) // of the refused questions, which the browser tells itself
})

test('two sources that differ are both told, and who counts', async ({ page }) => {
  const now = Date.now()
  await redis.add({ measure: 'cam_on', area: grid, point: 'C-1', value: '9', source: 'video', at: String(now - 60_000) })
  await redis.add({ measure: 'cam_on', area: grid, point: 'C-1', value: '4', source: 'police', at: String(now - 30_000) })
  await redis.add({ measure: 'cam', area: grid, point: 'C-1', value: '9', source: 'video', at: String(now - 60_000) })
  await page.goto(`${program.url}/wall/chaoming?explain=cam_online_rate@chaoming`)
  const dispute = drawer(page).locator('[data-dispute]')
  await expect(dispute).toContainText('video')
  await expect(dispute).toContainText('police')
  await expect(dispute).toContainText('相差 5')
  await expect(dispute.locator('.claim').first()).toContainText('计入')
  await expect(dispute.locator('.claim').first()).toContainText('police')
})

test('rejected readings are counted where they belong', async ({ page }) => {
  await redis.add({ measure: 'hl_report', area: grid, value: '1' })
  await redis.add({ measure: 'ev_report', area: grid, value: 'x' })
  await page.goto(`${program.url}/wall/chaoming?explain=ev_report_count@${grid}`)
  await expect(drawer(page).locator('[data-fact="rejected"]')).toContainText('1 条读数不能用')
})

test('a small number is withheld with its reason, and nothing gives it away', async ({ page }) => {
  await redis.add({ measure: 'epi_persons', area: grid, value: '3' })
  await page.goto(`${program.url}/wall/chaoming?explain=epi_person_count@chaoming`)
  await expect(drawer(page).locator('[data-why="suppressed"]')).toContainText('少于 5')
  await expect(drawer(page).locator('[data-figure] b')).toHaveText('<5')
  await expect(drawer(page).locator('[data-parts]')).toHaveCount(0)
})

test('what is personal says so, and for what it may be seen', async ({ page, complaints }) => {
  await page.goto(`${program.url}/wall/chaoming?explain=epi_person_count@${community}`)
  await expect(drawer(page).locator('[data-why="forbidden"]')).toContainText('个人信息')
  complaints.splice(0)
})

test('a number that its parts do not make is called so, loudly', async ({ page }) => {
  await page.route('**/api/v1/explain?*', async route => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...await answer.json() as object, reconciles: false } })
  })
  await page.goto(`${program.url}/wall/chaoming?explain=ev_report_count@chaoming`)
  await expect(drawer(page).locator('[data-reconciles="false"]')).toHaveText(/对不上/u)
  await expect(drawer(page).locator('[data-reconciles="true"]')).toHaveCount(0)
})

test('an explanation that can no longer be asked for says of when it is', async ({ page, complaints }) => {
  await page.goto(`${program.url}/wall/chaoming?explain=ev_report_count@chaoming`)
  await expect(drawer(page).locator('[data-reconciles]')).toBeVisible()
  await page.route('**/api/v1/explain?*', route => route.fulfill({ status: 503, json: {} }))
  await expect(drawer(page)).toHaveAttribute('data-standing', 'lost')
  await expect(drawer(page).getByRole('status')).toHaveText(/停在 \d\d:\d\d:\d\d/u)
  await page.unroute('**/api/v1/explain?*')
  await expect(drawer(page)).toHaveAttribute('data-standing', 'ready')
  await expect(drawer(page).getByRole('status')).toHaveCount(0)
  complaints.splice(0)
})

test('three thousand points are all there, though the page holds few', async ({ page }) => {
  const n = 3000
  const batch = Array.from({ length: n }, (_, i) => ({ measure: 'vo_clues', area: grid, point: `V-${String(i).padStart(4, '0')}`, value: i }))
  await redis.add({ batch: JSON.stringify(batch) })
  await page.goto(`${program.url}/wall/chaoming?explain=vo_clue_count@${grid}`)
  const list = drawer(page).locator('.explain-list')
  await expect(list).toHaveAttribute('data-lines', String(n))
  await expect(list.locator('[data-point="V-2999"]')).toBeAttached()
  expect(await list.locator('.explain-row').count()).toBeLessThan(150)
  await list.evaluate(e => e.scrollTo(0, e.scrollHeight))
  await expect(list.locator('[data-point="V-0000"]')).toBeVisible()
})

for (const [width, height] of [[1180, 820], [820, 1180], [390, 844], [1920, 1080], [3840, 2160]] as const) {
  test(`stands in its box and out from its ground at ${width} × ${height}, in both languages and lights`, async ({ page }) => {
    await page.setViewportSize({ width, height })
    for (const lang of ['zh', 'en']) {
      for (const theme of ['dark', 'light']) {
        for (const place of [`cam_online_rate@chaoming`, `ev_dispose_ontime_rate@${grid}`, `ev_report_count@${grid}`]) {
          await page.goto(`${program.url}/wall/chaoming?explain=${place}&lang=${lang}&theme=${theme}`)
          await expect(drawer(page).locator('[data-parts]')).toBeVisible()
          expect([lang, theme, place, ...await sideways(page, '[data-explain]')]).toEqual([lang, theme, place])
          expect([lang, theme, place, ...await faint(page, '[data-explain]')]).toEqual([lang, theme, place])
        }
      }
    }
  })
}

// The street leader's page: from an alarm to its cause in two touches, against four others, and honest about what is not known.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { faint, sideways } from './look'
import { expect, test } from './page'
import { quiet, twoGrids } from './ground'
import type { Program } from './program'
import type { Redis } from './redis'

let program: Program
let redis: Redis
let folder = ''
/** a community of chaoming with a good and a bad grid */
let community = ''
let good = ''
let bad = ''

const rate = 'ev_dispose_ontime_rate'

test.describe.configure({ mode: 'serial' })
test.use({ viewport: { width: 1180, height: 820 } })
test.beforeAll(async () => {
  ({ program, redis, folder } = await quiet())
  ;[community, good, bad] = await twoGrids(program, 'chaoming')
  for (const [area, ontime] of [[good, '500'], [bad, '300']] as const) {
    await redis.add({ measure: 'ev_dispose_due', area, value: '500', source: 'grassroots' })
    await redis.add({ measure: 'ev_dispose_ontime', area, value: ontime, source: 'grassroots' })
  }
  await redis.add({ measure: 'ev_dispose_due', area: 'wulin', value: '100' })
  await redis.add({ measure: 'ev_dispose_ontime', area: 'wulin', value: '97' })
  await redis.add({ measure: 'ev_report', area: good, value: '4' })
})
test.afterAll(async () => {
  await program.end()
  redis.kill()
})

async function open(page: Page, more = ''): Promise<void> {
  await page.goto(`${program.url}/street/chaoming${more}`)
  await expect(page.locator('[data-page-state]')).toHaveAttribute('data-epoch', /.+/u)
  await page.evaluate(() => document.fonts.ready)
}

test('from the alarm to its cause in two touches', async ({ page }) => {
  await open(page)
  const alarm = page.locator(`.wrong[data-key="${rate}@${community}"]`)
  await expect(alarm).toHaveAttribute('data-status', 'alarm')
  await expect(alarm).toContainText('80.00')
  await expect(page.locator('[data-wrong]')).toHaveText(/^现在不正常 [1-9]\d* 件$/u)

  await alarm.click()
  await expect(page.locator('[data-detail]')).toHaveAttribute('data-at', `${rate}@${community}`)
  const places = page.locator('[data-where] .below')
  await expect(places.first()).toHaveAttribute('data-area', bad)
  await expect(places.first()).toContainText('300/500')
  await expect(page.locator('[data-where] .lack')).toContainText('缺 200')
  await expect(page.locator('[data-why-short]')).toContainText('800 ÷ 1')

  await places.first().click()
  await expect(page.locator('[data-explain]')).toHaveAttribute('data-at', `${rate}@${bad}`)
  await expect(page.locator('[data-explain] [data-newest]').first()).toHaveText(/^300/u)
  await page.goBack()
  await expect(page.locator('[data-explain]')).toHaveCount(0)
  await expect(page.locator('[data-detail]')).toHaveAttribute('data-at', `${rate}@${community}`)
})

test('a reading changes the figure under the eye', async ({ page }) => {
  await open(page, `?at=${rate}@${community}`)
  const figure = page.locator('[data-detail] .figure b')
  await expect(figure).toHaveText('80.00')
  await redis.add({ measure: 'ev_dispose_ontime', area: bad, value: '20', source: 'grassroots' })
  await expect(figure).toHaveText('82.00')
  await expect(page.locator('[data-where] .below').first()).toContainText('320/500')
})

test('without a past it says so; with one it compares and draws it', async ({ page }) => {
  await open(page, `?at=${rate}@chaoming`)
  await expect(page.locator('[data-against="yesterday"]')).toContainText('那时没有数')
  await expect(page.locator('[data-against="middle"]')).toContainText('97.00')
  await expect(page.locator('[data-against="above"]')).toContainText('下城区')
  // A day of last week and of yesterday, as somebody would bring them along.
  const hour = 3_600_000
  const lines = ['measure,area,value,at']
  for (let h = 9 * 24; h > 2; h -= 2) {
    const at = new Date(Date.now() - h * hour).toISOString()
    lines.push(`ev_report,${good},3,${at}`)
  }
  const file = join(folder, 'past.csv')
  writeFileSync(file, lines.join('\n'))
  const done = program.beside('import', 'readings', file)
  expect(await new Promise(ended => done.once('exit', ended))).toBe(0)
  await open(page, `?at=ev_report_count@chaoming`)
  await expect(page.locator('.chart')).toHaveAttribute('data-history', 'ready')
  await expect(page.locator('.detail-chart canvas')).toBeVisible()
  await expect(page.locator('[data-against="yesterday"] b')).toHaveText(/^\d+$/u)
  await expect(page.locator('.chart .ghost')).toHaveText('前 7 天')
  await page.locator('[data-days="1"]').click()
  await expect(page.locator('.chart .ghost')).toHaveText('前一天')
  await expect(page.locator('[data-zoom-out]')).toBeDisabled()
  await page.locator('[data-zoom-in]').click()
  await expect(page.locator('[data-zoom-out]')).toBeEnabled()
  await page.locator('[data-zoom-out]').click()
  await expect(page.locator('[data-zoom-out]')).toBeDisabled()
})

test('the head leads in for who is nobody, and out for who is somebody', async ({ page, complaints }) => {
  await open(page)
  await expect(page.locator('[data-sign-in-link]')).toHaveAttribute('href', /\/sign-in\?back=/u)
  await page.addInitScript(() => { if (location.pathname.startsWith('/street')) localStorage.setItem('citydeck.name', '陈队') })
  await open(page)
  await expect(page.locator('[data-who]')).toHaveText('陈队')
  await page.locator('[data-sign-out]').click()
  await expect(page).toHaveURL(/\/sign-in/u)
  expect(await page.evaluate(() => localStorage.getItem('citydeck.name'))).toBeNull()
  complaints.splice(0, complaints.length, ...complaints.filter(c => !c.includes('401'))) // nobody is signed out here, and so it is told
})

test('every tile of the street has its address', async ({ page }) => {
  await open(page, '/reported')
  await expect(page.locator('[data-detail]')).toHaveAttribute('data-at', 'ev_report_count@chaoming')
  await page.locator('.beside .card[data-tile="overdue"]').click()
  await expect(page).toHaveURL(/\/street\/chaoming\/overdue\?at=ev_overdue_open_count@chaoming$/u)
  await expect(page.locator('.beside .card[data-tile="overdue"]')).toHaveAttribute('aria-pressed', 'true')
})

test('a street that is not there is told apart from one that is not live', async ({ page, complaints }) => {
  await page.goto(`${program.url}/street/atlantis`)
  await expect(page.locator('.street-note')).toContainText('atlantis')
  complaints.splice(0)
})

for (const [width, height] of [[1180, 820], [820, 1180], [1920, 1080], [390, 844]] as const) {
  test(`stands in its box and out from its ground at ${width} × ${height}, in both languages and lights`, async ({ page }) => {
    await page.setViewportSize({ width, height })
    for (const lang of ['zh', 'en']) {
      for (const theme of ['light', 'dark']) {
        await open(page, `?at=${rate}@${community}&lang=${lang}&theme=${theme}`)
        await expect(page.locator('[data-why-short] dl')).toBeVisible()
        await expect(page.locator('[data-where] .below').first()).toBeVisible()
        expect([lang, theme, ...await sideways(page, '.street', '.wrong[aria-pressed="true"]')]).toEqual([lang, theme])
        expect([lang, theme, ...await faint(page, '.street')]).toEqual([lang, theme])
        const small = await page.locator('.street button:visible, .street a:visible').evaluateAll(all => all.filter(e => e.getBoundingClientRect().height < 47.5).map(e => `${e.className} ${e.textContent}`))
        expect(small).toEqual([])
      }
    }
  })
}

test('the eyes of these tests see what is faint, and what sticks out', async ({ page }) => {
  await open(page)
  await page.evaluate(() => {
    const faint = document.createElement('p')
    faint.className = 'street-note planted'
    faint.textContent = 'hardly there, and without an end'
    document.querySelector('.street-list')?.append(faint)
    faint.style.setProperty('color', 'var(--line)')
    faint.style.setProperty('width', '40px')
    faint.style.setProperty('white-space', 'nowrap')
  })
  expect((await faint(page, '.street')).filter(f => f.includes('hardly'))).toHaveLength(1)
  expect((await sideways(page, '.street')).filter(f => f.includes('hardly'))).toHaveLength(1)
})

test('a dead server is told in a banner within five seconds, over figures that can still be read', async ({ page }) => {
  await open(page)
  const veil = page.locator('.not-live')
  const opacity = () => veil.evaluate(e => Number(getComputedStyle(e).opacity))
  await expect.poll(opacity).toBe(0)
  program.signal('SIGSTOP')
  const from = Date.now()
  try {
    await expect.poll(opacity, { intervals: [100], timeout: 20_000 }).toBe(1)
    console.log(`banner after ${Date.now() - from} ms`)
    await expect(veil).toContainText('本屏不是实时')
    await expect(veil.locator('[data-truth]')).toHaveText(/停在 \d\d:\d\d:\d\d/u)
    await expect(page.locator('.street')).toHaveAttribute('data-dead', '')
    const row = page.locator(`.wrong[data-key="${rate}@${community}"]`)
    await expect(row).toBeVisible()
    const [banner, list] = [await veil.locator('.banner').boundingBox(), await row.boundingBox()]
    expect(list?.y ?? 0).toBeGreaterThanOrEqual((banner?.y ?? 0) + (banner?.height ?? 0))
  } finally {
    program.signal('SIGCONT')
  }
  await expect.poll(opacity).toBe(0)
  await expect(page.locator('.street')).not.toHaveAttribute('data-dead', '')
})

test('an explanation over a dead server is under the banner, and says of when it is', async ({ page }) => {
  await open(page, `?explain=${rate}@chaoming`)
  const drawer = page.locator('[data-explain]')
  await expect(drawer).toHaveAttribute('data-standing', 'ready')
  program.signal('SIGSTOP')
  try {
    await expect(drawer).toHaveAttribute('data-standing', 'lost')
    await expect(drawer.getByRole('status')).toHaveText(/停在 \d\d:\d\d:\d\d/u)
    const [above, below] = await Promise.all(['.not-live', '[data-explain]'].map(s => page.locator(s).evaluate(e => Number(getComputedStyle(e).zIndex))))
    expect(above).toBeGreaterThan(below ?? 0)
    await expect(page.locator('.not-live')).toHaveAttribute('data-up', 'true')
  } finally {
    program.signal('SIGCONT')
  }
  await expect(drawer).toHaveAttribute('data-standing', 'ready')
})

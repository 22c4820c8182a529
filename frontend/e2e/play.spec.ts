// A wall that plays: on by the clock, held by a hand, by the hours of the district's day, and to where an alarm is raised.
import { quiet, twoGrids } from './ground'
import { expect, test } from './page'
import type { Program } from './program'
import type { Redis } from './redis'

let program: Program
let redis: Redis

test.use({ viewport: { width: 1920, height: 1080 } })
test.beforeAll(async () => { ({ program, redis } = await quiet()) })
test.afterAll(async () => {
  await program.end()
  redis.kill()
})

test('pages turn by themselves; space holds them, and keys turn them by hand', async ({ page }) => {
  await page.goto(`${program.url}/play/wulin,wenhui?s=5`)
  const play = page.locator('[data-play]')
  await expect(play).toHaveAttribute('data-play', 'wulin')
  await expect(play).toHaveAttribute('data-play', 'wenhui')
  await page.keyboard.press(' ')
  await expect(play).toHaveAttribute('data-paused', '')
  await expect(page.locator('.play-paused')).toContainText('已暂停')
  await page.keyboard.press('ArrowLeft')
  await expect(play).toHaveAttribute('data-play', 'wulin')
  await page.keyboard.press(' ')
  await expect(play).toHaveAttribute('data-play', 'wenhui')
})

test('a stop plays in its hours of the district\'s day', async ({ page }) => {
  const hour = Number(new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', hourCycle: 'h23' }).format(Date.now()))
  const h = (n: number) => (hour + n + 24) % 24
  await page.goto(`${program.url}/play/wulin@${h(6)}-${h(12)},wenhui@${h(-3)}-${h(3)}?s=5`)
  await expect(page.locator('[data-play]')).toHaveAttribute('data-play', 'wenhui')
  await expect(page.locator('[data-page-state][data-cockpit="wenhui"]')).toHaveAttribute('data-epoch', /.+/u)
})

test('the wall turns to the street that raises an alarm', async ({ page }) => {
  await page.goto(`${program.url}/play/wulin?s=600`)
  await expect(page.locator('[data-page-state][data-cockpit="wulin"]')).toHaveAttribute('data-epoch', /.+/u)
  await expect(page.locator('.strip a[data-cockpit="chaoming"]')).toBeVisible()
  const [, grid] = await twoGrids(program, 'chaoming')
  await redis.add({ measure: 'ev_dispose_due', area: grid, value: '500' })
  await redis.add({ measure: 'ev_dispose_ontime', area: grid, value: '100' })
  await expect(page.locator('[data-play]')).toHaveAttribute('data-jump', '')
  await expect(page.locator('[data-play]')).toHaveAttribute('data-play', 'chaoming')
})

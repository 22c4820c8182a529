// A district on another clock than the browser's and the server's: every time on its screens is its own.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { quiet } from './ground'
import { expect, settled, test } from './page'
import { aFolder, type Program } from './program'
import type { Redis } from './redis'

const zone = 'America/St_Johns'
const clock = (ms: number) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' }).format(ms)
let program: Program
let redis: Redis

test.beforeAll(async () => {
  const folder = aFolder()
  const district = join(folder, 'district')
  cpSync(join(import.meta.dirname, '../../fixtures/districts/tiny'), district, { recursive: true })
  const about = join(district, 'district.toml')
  writeFileSync(about, readFileSync(about, 'utf8').replace('Asia/Shanghai', zone))
  ;({ program, redis } = await quiet({ COCKPIT_DISTRICT_DIR: district }, folder))
})
test.afterAll(async () => {
  await program.end()
  redis.kill()
})

test('the clock and the time of the data are on the district\'s clock', async ({ page }) => {
  expect(await program.get('/district')).toMatchObject({ id: 'mill', timezone: zone, demo: false })
  const at = Date.now() - 90_000
  await redis.add({ measure: 'due', area: 'east', value: '100', at: String(at) })
  await page.goto(`${program.url}/wall/east`)
  await settled(page, 'east')
  const shown = page.locator('.page-header time')
  await expect.poll(async () => [0, 60_000].map(ago => clock(Date.now() - ago)).includes(/\d\d:\d\d/u.exec(await shown.innerText())?.[0] ?? '')).toBe(true)
  await page.goto(`${program.url}/wall/east?explain=due_ever@east`)
  await expect(page.locator('[data-explain]')).toHaveAttribute('data-standing', 'ready')
  await expect(page.locator('[data-explain]')).toContainText(clock(at))
})

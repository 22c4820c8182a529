// A newcomer's path in the browser: the first link, an admin, a token, a wall that is paired and shows; and names that would be scripts.
import { createHmac } from 'node:crypto'
import type { Page } from '@playwright/test'
import { faint, sideways } from './look'
import { expect, settled, test } from './page'
import { aFolder, Program } from './program'
import { Redis } from './redis'

let program: Program
let redis: Redis
const password = 'Correct-horse-7-battery'
const script = '<img src=x onerror="document.title=1"><b>'
/** what the admin's phone knows */
let secret = ''
let root = ''
/** a code on paper */
let paper = ''

test.describe.configure({ mode: 'serial' })
test.use({ viewport: { width: 1180, height: 820 } })
test.beforeAll(async () => {
  const folder = aFolder()
  redis = new Redis(folder)
  await redis.start()
  program = new Program({ COCKPIT_DEMO_ENABLED: 'false', COCKPIT_AUTH_ANONYMOUS: 'none', COCKPIT_REDIS_URL: redis.url }, folder)
  await program.start()
})
test.afterAll(async () => {
  await program.end()
  redis.kill()
})

/** Six digits of a time step (RFC 6238). */
function totp(step: number): string {
  let bits = ''
  for (const c of secret.replace(/[= ]/gu, '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')
  const key = Buffer.from((bits.match(/.{8}/gu) ?? []).map(b => Number.parseInt(b, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', key).update(counter).digest()
  return String((mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
let used = 0
/** A code that was not used before: each works once. */
async function freshCode(): Promise<string> {
  await expect.poll(() => Math.floor(Date.now() / 30_000), { timeout: 40_000 }).toBeGreaterThan(used)
  used = Math.floor(Date.now() / 30_000)
  return totp(used)
}
async function signIn(page: Page, name: string, code = ''): Promise<void> {
  await page.locator('[name="name"]').fill(name)
  await page.locator('[name="password"]').fill(password)
  if (code.includes('-')) await page.locator('[data-paper]').click()
  if (code) await page.locator('[name="code"]').fill(code)
  await page.locator('[data-sign-in] button.main').click()
}
/** A stranger's questions are refused on purpose. */
function forgive(complaints: string[], ...statuses: number[]): void {
  const kept = complaints.filter(c => !statuses.some(s => c.includes(`status of ${s}`)))
  complaints.splice(0, complaints.length, ...kept)
}
async function looks(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  expect(await faint(page, '.admin')).toEqual([])
  expect(await sideways(page, '.admin', '.table, select, input, option, small')).toEqual([])
}

test('a stranger is led to sign-in, and back again only to pages of ours', async ({ page, complaints }) => {
  await page.goto(`${program.url}/street/chaoming`)
  await expect(page).toHaveURL(/\/sign-in\?back=\/street\/chaoming/u)
  await signIn(page, 'nobody')
  await expect(page.getByRole('alert')).toContainText('不对')
  await looks(page)
  for (let tries = 1; tries < 6; tries++) {
    await page.locator('[data-sign-in] button.main').click()
    await expect(page.locator('[data-sign-in] button.main')).toBeEnabled()
  }
  await expect(page.getByRole('alert')).toContainText(/锁住.*分/u)
  await page.goto(`${program.url}/sign-in?failed=elsewhere_unknown&back=/street/chaoming`)
  await expect(page.getByRole('alert')).toContainText('这里没有你的账号')
  await looks(page)
  forgive(complaints, 401, 429)
})

test('the first link makes the first admin, once', async ({ page, complaints }) => {
  const link = await program.told(/http:\/\/\S+\/sign-in#setup=\S+/u)
  await page.goto(`${program.url}/sign-in#${link.split('#')[1] ?? ''}`)
  await page.locator('[name="name"]').fill('boss')
  await page.locator('[name="password"]').fill('short')
  await page.locator('[data-setup] button.main').click()
  await expect(page.getByRole('alert')).toContainText('密码不合要求')
  await page.locator('[name="password"]').fill(password)
  await page.locator('[data-setup] button.main').click()
  await expect(page.locator('[data-qr]')).toBeVisible()
  secret = await page.locator('[data-secret]').getAttribute('data-secret') ?? ''
  expect(secret).toMatch(/^[A-Z2-7]{16,}$/u)
  await page.locator('[data-enrolled]').click()
  await signIn(page, 'boss', await freshCode())
  await expect(page.locator('[data-who]')).toHaveText('boss')
  await page.goto(`${program.url}/tokens`)
  await expect(page.locator('.admin-head nav a')).toHaveText(['大屏', '来源', '令牌', '名单', '编辑驾驶舱', '一键指挥'])

  await page.locator('[data-token-form] [name="source"]').fill('gas')
  await page.locator('[data-token-form] button.main').click()
  await expect(page.locator('[data-token]')).toHaveText(/^cdk_/u)
  const token = await page.locator('[data-token]').textContent() ?? ''
  await expect(page.locator('[data-tokens] tbody tr')).toHaveCount(1)
  const areas = await (await page.request.get(`${program.url}/api/v1/areas`)).json() as { id: string; parent: string }[]
  root = areas.find(a => a.parent === '')?.id ?? ''
  const fed = await fetch(`${program.url}/api/v1/readings`, { method: 'POST', headers: { 'Authorization': `Bearer ${token}`, 'Content-Type': 'application/json' }, body: JSON.stringify([{ measure: 'ev_report', area: areas.at(-1)?.id, value: 1 }]) })
  expect(fed.ok).toBe(true)
  await looks(page)
  await redis.add({ measure: 'ev_report', area: root, value: '1 人', source: 'gas', member: '13800000000' })
  await page.goto(`${program.url}/sources`)
  const gas = page.locator('[data-source="gas"]')
  await expect(gas).toContainText('值不对 1')
  await gas.locator('[data-examples] summary').click()
  await expect(gas.locator('[data-examples] code')).toContainText('1 人')
  await expect(gas).not.toContainText('13800000000')
  await looks(page)

  await lists(page)
  await recovery(page)
  await ownTokens(page)
  forgive(complaints, 401, 400, 415)
})

/** A list is looked at, mended, and taken. */
async function lists(page: Page): Promise<void> {
  await page.locator('[data-to="lists"]').click()
  const form = page.locator('[data-list-form]')
  const preview = page.locator('[data-list-preview]')
  const header = 'id,name,area,capacity,accessible,lon,lat\n'
  const give = async (name: string, text: string): Promise<void> => {
    await form.locator('[name="file"]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
    await form.locator('button').click()
  }
  await form.locator('[name="kind"]').selectOption('shelters')
  await give('避难.xls', header)
  await expect(page.getByRole('alert')).toContainText('不收这种文件')
  await give('避难.csv', `${header}s1,${script.replaceAll('"', '')},${root},100,1,,\ns2,=1+1,${root},many,1,,\n`)
  await expect(preview.locator('[data-faults] tbody tr')).toHaveText([/避难\.csv:3.*“many”不是/u])
  await expect(preview.locator('[data-doubts] tbody tr')).toHaveText([/避难\.csv:3.*像公式/u])
  await expect(preview.locator('[data-apply]')).toHaveCount(0)
  await looks(page)
  await give('避难.csv', `${header}s1,${script.replaceAll('"', '')},${root},100,1,,\ns2,学校,${root},50,1,,\n`)
  await expect(preview.locator('[data-count="added"]')).toHaveText('新增 2')
  await looks(page)
  await preview.locator('[data-apply]').click()
  await expect(page.locator('[data-taken]')).toContainText('已导入 2 行')
  await expect(preview).toHaveCount(0)
  await form.locator('[name="replace"]').check()
  await give('避难.csv', `${header}s2,学校,${root},50,1,,\n`)
  await expect(preview.locator('[data-apply]')).toHaveText('导入，并删掉 1 条')
  expect(await page.title()).toMatch(/^名单/u)
}

/** Codes for a lost phone are shown once; one of them is what the next sign-in is done with. */
async function recovery(page: Page): Promise<void> {
  await page.locator('[data-who]').click()
  await expect(page.locator('[data-left]')).toContainText('一个也没有')
  await page.locator('[data-recovery-make] button').click()
  await expect(page.locator('[data-recovery] code')).toHaveCount(10)
  paper = await page.locator('[data-recovery] code').first().textContent() ?? ''
  await looks(page)
  await page.locator('[data-recovery-done]').click()
  await expect(page.locator('[data-left]')).toContainText('还剩 10 个')
}

/** A token of one's own is shown once, is its person, and is over when revoked. */
async function ownTokens(page: Page): Promise<void> {
  await page.locator('[data-own-form] button.main').click()
  const token = await page.locator('[data-token]').textContent() ?? ''
  const who = () => fetch(`${program.url}/api/v1/session`, { headers: { Authorization: `Bearer ${token}` } })
  expect(await (await who()).json()).toMatchObject({ name: 'boss' })
  await expect(page.locator('[data-own] tbody tr')).toHaveCount(1)
  expect(await page.locator('[data-token-made]').evaluate(e => e.scrollHeight - e.clientHeight)).toBe(0)
  await looks(page)
  await page.locator('[data-own] .grave').click()
  await page.locator('[data-own] [data-sure]').click()
  await expect(page.locator('[data-own]')).toHaveCount(0)
  await expect(page.locator('[data-token]')).toHaveCount(0)
  expect((await who()).status).toBe(401)
}

test('a wall is paired like a television, shows what it is told, and never asks for a name again', async ({ page, browser, complaints }) => {
  const room = await browser.newContext({ viewport: { width: 1920, height: 1080 } })
  const wall = await room.newPage()
  await wall.goto(`${program.url}/wall/xiacheng`)
  await expect(wall.locator('[data-code]')).toHaveAttribute('data-code', /.{4,}/u)
  const code = await wall.locator('[data-code]').getAttribute('data-code') ?? ''

  await page.goto(`${program.url}/screens#pair=${code}`)
  await signIn(page, 'boss', paper)
  await expect(page.locator('[data-pair-form] [name="code"]')).toHaveValue(code)
  await page.locator('[data-pair-form] [name="name"]').fill(script)
  await expect(page.locator('[data-pair-form] [name="cockpit"]')).not.toHaveValue('')
  await page.locator('[data-pair-form] [name="cockpit"]').selectOption('xiacheng')
  await page.locator('[data-pair-form] button.main').click()
  await expect(page.locator('[data-paired]')).toContainText(script)
  await settled(wall, 'xiacheng')
  await expect(wall).toHaveURL(/\/play\?w=3&d=8$/u)

  const row = page.locator('[data-screen]')
  await expect(row.locator('[data-trouble]')).toHaveText('—')
  await expect(row.locator('[data-shows]')).toContainText('下城区')
  await expect(row).toContainText(script)
  await row.locator('[data-show]').selectOption('chaoming')
  await row.getByRole('button', { name: '放', exact: true }).click()
  await settled(wall, 'chaoming')
  await expect(row.locator('[data-shows]')).toContainText('潮鸣')
  await row.locator('[data-reload]').click()
  await settled(wall, 'chaoming')
  await looks(page)

  await program.stop()
  await program.start()
  await wall.reload()
  await settled(wall, 'chaoming')
  await row.locator('button.grave').click()
  await row.locator('[data-sure]').click()
  await expect(wall.locator('[data-code]')).toHaveAttribute('data-code', /.{4,}/u)
  expect(await page.title()).toMatch(/^大屏/u)
  await room.close()
  forgive(complaints, 401)
})

test('names that would be scripts are only names, and everybody can leave everywhere', async ({ page, complaints }) => {
  await program.run(`${password}\n`, 'user', 'add', '--name', 'guard', '--role', 'security', '--area', root)
  await page.goto(`${program.url}/people`)
  await signIn(page, 'guard')
  await page.locator('[data-user-form] [name="name"]').fill(script)
  await page.locator('[data-user-form] [name="password"]').fill(password)
  await page.locator('[data-user-form] button.main').click()
  await expect(page.getByRole('alert')).toContainText('姓名是')
  await page.locator('[data-user-form] [name="name"]').fill('leader')
  await page.locator('[data-user-form] [name="role"]').selectOption('street_leader')
  await page.locator('[data-user-form] button.main').click()
  await expect(page.locator('[data-user="leader"]')).toContainText('街道负责人')
  await page.locator('[data-user="leader"] .grave').click()
  await page.locator('[data-user="leader"] [data-sure]').click()
  await expect(page.locator('[data-user="leader"]')).toContainText('已停用')
  await looks(page)
  expect(await page.title()).toMatch(/^人员/u)
  expect(await page.locator('script:not([src]), img[src="x"]').count()).toBe(0)
  await page.goto(`${program.url}/audit`)
  await expect(page.locator('main .note')).toContainText('不对你开放')

  await page.locator('[data-who]').click()
  await page.locator('[data-out-everywhere]').click()
  await expect(page).toHaveURL(/\/sign-in$/u)
  await page.goto(`${program.url}/people`)
  await expect(page).toHaveURL(/\/sign-in\?back=\/people/u)
  forgive(complaints, 400, 401, 403)
})

test('the auditor reads who did what, the wall’s name as it was typed', async ({ page, complaints }) => {
  const printed = await program.run(`${password}\n`, 'user', 'add', '--name', 'eye', '--role', 'auditor', '--area', root)
  secret = new URLSearchParams(printed.trim().split('?')[1]).get('secret') ?? ''
  used = 0
  await page.goto(`${program.url}/audit`)
  await signIn(page, 'eye', await freshCode())
  await page.locator('[name="find"]').fill('onerror')
  await expect(page.locator('[data-lines] tbody tr').first()).toContainText('<img src=x onerror=')
  await looks(page)
  expect(await page.locator('img[src="x"]').count()).toBe(0)
  forgive(complaints, 401)
})

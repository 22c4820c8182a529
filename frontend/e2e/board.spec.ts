// A command's board in the browser: live within a moment, a banner when it isn't, deeds and their answers, and the same states again in the replay.
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { faint, sideways } from './look'
import { expect, test } from './page'
import { aFolder, Program } from './program'

interface Unit { unit: string; cells: string; homes: string[]; open: number; signed_by: string | null }
interface View { id: string; state: string; total: number; households: Record<string, number>; tasks: Record<string, number>; milestones: Record<string, number | null>; signed: number; contested: number }
interface Line { n: number; kind: string; at: number; received_at: number; milestone?: string; household?: string }

const password = 'Correct-horse-7-battery'
let program: Program
let cookie = ''
let id = ''
let reports = 0

test.describe.configure({ mode: 'serial' })
test.setTimeout(240_000)

async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(`${program.url}/api/v1${path}`, { method, headers: { 'Content-Type': 'application/json', 'Cookie': cookie, ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
  return (text === '' ? undefined : JSON.parse(text)) as T
}
async function press(buildings: string[], exercise: boolean): Promise<View> {
  const body = { plan: 'road-collapse', zone: { buildings }, exercise }
  const seen = await call<{ revision: string }>('POST', '/commands/preview', body)
  return call<View>('POST', '/commands', body, { 'If-Match': `"${seen.revision}"`, 'Idempotency-Key': `press-${buildings.length}-${String(exercise)}` })
}
const units = () => call<Unit[]>('GET', `/commands/${id}/units`)
const view = () => call<View>('GET', `/commands/${id}`)
const report = (home: string, state: string) => call('POST', `/commands/${id}/households/${home}/reports`, { id: `e2e-${reports++}`, state })

test.beforeAll(async () => {
  program = new Program({}, aFolder())
  await program.start()
  for (const list of ['households', 'responders', 'shelters']) await program.run('', 'import', list, new URL(`../../fixtures/${list}.csv`, import.meta.url).pathname)
  for (const [name, role] of [['boss', 'commander'], ['chief', 'commander'], ['root', 'admin']]) await program.run(`${password}\n`, 'user', 'add', '--name', name ?? '', '--role', role ?? '', '--area', 'xiacheng')
  await call('POST', '/session', { name: 'boss', password })
  id = (await press(['潮安苑/1', '潮安苑/2', '潮安苑/3'], true)).id
})
test.afterAll(() => program.end())

async function open(page: Page, path = `/command/${id}`): Promise<void> {
  await page.goto(program.url + path)
  await expect(page.locator(`[data-page-state][data-cockpit="command-${id}"]`)).toHaveAttribute('data-epoch', /.+/u)
  await expect(page.locator('.cb')).toBeVisible()
  await page.evaluate(() => document.fonts.ready)
}
/** Signed in as somebody who commands. */
async function asBoss(page: Page): Promise<void> {
  await page.context().addCookies([{ name: cookie.split('=')[0] ?? '', value: cookie.split('=').slice(1).join('='), url: program.url }])
  await page.addInitScript(() => localStorage.setItem('citydeck.name', 'boss'))
}
const numbers = (page: Page) => page.locator('.cb-states [data-state]').evaluateAll(list => Object.fromEntries(list.map(e => [(e as HTMLElement).dataset['state'] ?? '', Number((e.textContent ?? '').replace(/\D/gu, ''))])))
const windows = (page: Page) => page.locator('.cb-facade [data-unit]').evaluateAll(list => Object.fromEntries(list.map(e => [(e as HTMLElement).dataset['unit'] ?? '', (e as HTMLElement).dataset['cells'] ?? ''])))
/** The states that the server counts. */
const counted = async () => Object.fromEntries(Object.entries((await view()).households))

test('each report is on the wall within a moment, and the states always add up', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await open(page)
  await expect(page.locator('[data-drill-tag]')).toHaveText('演练')
  await expect(page.locator('.stripes')).toHaveCount(2)
  await expect(page).toHaveTitle(/^【演练】/u)
  const { total } = await view()
  await expect(page.locator('.cb-facade [data-windows]')).toHaveAttribute('data-windows', String(total))
  await page.evaluate(() => {
    const seen: Record<string, number> = {}
    Object.assign(globalThis, { seen })
    const out = document.querySelector('[data-out]')
    const sums = () => [...document.querySelectorAll('.cb-states [data-state]')].reduce((n, e) => n + Number((e.textContent ?? '').replace(/\D/gu, '')), 0)
    const note = () => {
      seen[out?.textContent ?? ''] ??= Date.now()
      if (sums() !== Number(document.querySelector<HTMLElement>('.cb')?.dataset['total'])) console.error(`states add up to ${sums()}`)
    }
    if (out) new MutationObserver(note).observe(out, { childList: true, characterData: true, subtree: true })
  })
  const homes = (await units()).flatMap(u => u.homes).slice(0, 100)
  const took: number[] = []
  for (const [i, home] of homes.entries()) {
    const sent = Date.now()
    await report(home, i % 9 === 0 ? 'helped' : 'left')
    await page.waitForFunction(n => String(n) in (globalThis as unknown as { seen: object }).seen, i + 1, { polling: 'raf' })
    took.push(await page.evaluate(n => (globalThis as unknown as { seen: Record<string, number> }).seen[String(n)] ?? 0, i + 1) - sent)
  }
  took.sort((a, b) => a - b)
  console.log(`report to wall, ${took.length} reports: p50 ${took[49]} ms, p99 ${took[98]} ms, most ${took[99]} ms`)
  expect(took[49]).toBeLessThan(3000)
  expect(await numbers(page)).toEqual(await counted())
  await page.screenshot({ path: 'test-results/board-wall.png' })
})

test('every state has its window, slow and unreachable are named, nothing runs out of its box', async ({ page }) => {
  const open_ = (await units()).flatMap(u => u.homes.filter((_, i) => !/[leh]/u.test(u.cells[i] ?? '')))
  for (const [i, state] of ['need_help', 'no_answer', 'refused', 'knocked', 'empty'].entries()) await report(open_[i] ?? '', state)
  const first = (await units())[0]
  await report(first?.homes[0] ?? '', 'refused') // after it has left: contested
  for (const [width, height] of [[1920, 1080], [3840, 2160], [6656, 1792], [1180, 820], [820, 1180], [2160, 3840]] as const) {
    await page.setViewportSize({ width, height })
    await open(page)
    await expect.poll(() => numbers(page)).toEqual(await counted())
    await expect(page.locator('[data-kind="help"]').first()).toBeVisible()
    await expect(page.locator('[data-figure="contested"]')).toHaveText('1')
    expect(await sideways(page, '.cb', '.cb-head *, .cb-time li *, .cb-waiting .row *, .cb-waiting .more, .foot, .name, .mail, canvas')).toEqual([])
    await page.screenshot({ path: `test-results/board-${width}.png` })
  }
  await open(page, `/command/${id}?lang=en&theme=light`)
  await expect(page.locator('[data-drill-tag]')).toHaveText('DRILL')
})

test('a stopped server: the banner stands within 5 s over figures that can still be read, and goes by itself', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await open(page)
  const opacity = () => page.locator('.not-live').evaluate(e => Number(getComputedStyle(e).opacity))
  await expect.poll(opacity).toBe(0)
  const before = await numbers(page)
  const from = Date.now()
  program.signal('SIGSTOP')
  try {
    await expect.poll(opacity, { intervals: [50] }).toBeGreaterThan(0.9)
    const ms = Date.now() - from
    console.log(`banner after SIGSTOP: ${ms} ms`)
    expect(ms).toBeLessThanOrEqual(5500)
    await expect(page.locator('.not-live[data-up="true"] .banner')).toBeVisible()
    expect(await page.locator('.not-live .banner').evaluate(e => e.getBoundingClientRect().height)).toBeGreaterThanOrEqual(96)
    expect(await numbers(page)).toEqual(before)
    await page.screenshot({ path: 'test-results/board-banner.png' })
  } finally {
    program.signal('SIGCONT')
  }
  await expect.poll(opacity).toBe(0)
  await expect(page.locator('.cbp[data-dead]')).toHaveCount(0)
})

async function deed(page: Page, act: string, fill: () => Promise<void> = async () => undefined): Promise<void> {
  await page.locator(`[data-act="${act}"]`).click()
  await expect(page.locator('[data-go]')).toBeDisabled()
  await fill()
  await page.locator(`[data-act-form="${act}"] [data-reason]`).first().click()
  await page.locator('[data-go]').click()
  await expect(page.locator('[data-good]')).toBeVisible()
}

test('a commander acts: only what the state allows, each with a reason, each answered', async ({ page }) => {
  await page.setViewportSize({ width: 1180, height: 820 })
  await asBoss(page)
  await open(page)
  await expect(page.locator('[data-act="resume"], [data-act="close"], [data-act="return"]')).toHaveCount(0)
  await deed(page, 'pause')
  await expect(page.locator('.cb[data-phase="paused"]')).toBeVisible()
  await expect(page.locator('[data-act="pause"]')).toHaveCount(0)
  await deed(page, 'resume')
  await deed(page, 'broadcast', () => page.locator('[name="text"]').fill('走东门，老人优先'))
  await deed(page, 'step', async () => { await page.locator('[name="step"]').selectOption('close-road') })
  await deed(page, 'reassign', async () => {
    await page.locator('[name="what"]').selectOption({ index: 0 })
    await page.locator('[name="taker"]').selectOption({ index: 3 })
  })
  await deed(page, 'hand-over', () => page.locator('[name="to"]').fill('chief'))
  await expect(page.locator('.cbp-head')).toContainText('chief')
  const kinds = new Set((await ledger()).map(l => l.kind))
  for (const k of ['paused', 'resumed', 'broadcast', 'step', 'reassigned', 'handed_over']) expect(kinds).toContain(k)
})

test('a unit opens: names on request with a purpose, counted down; both reports kept; the commander decides', async ({ page }) => {
  await page.setViewportSize({ width: 1180, height: 820 })
  await asBoss(page)
  await open(page)
  const first = (await units())[0]
  const picture = await page.evaluate(() => document.createElement('canvas').toDataURL('image/jpeg').split(',')[1] ?? '')
  await call('POST', `/commands/${id}/households/${first?.homes[0] ?? ''}/photos`, { id: 'photo-1', data: picture })
  await page.locator(`[data-unit="${first?.unit ?? ''}"]`).focus()
  await page.keyboard.press('Enter')
  const panel = page.locator('[data-panel]')
  const house = panel.locator(`[data-house="${first?.homes[0] ?? ''}"]`)
  await expect(house.locator('.person')).toContainText('*')
  await expect(house.locator('[data-report]')).toHaveCount(2)
  await panel.locator('[data-unmask]').click()
  await panel.locator('[data-purpose]').first().click()
  await expect(panel.locator('[data-left]')).toBeVisible()
  await expect(house.locator('.person')).not.toContainText('*')
  await expect.poll(() => house.locator('[data-shots] img').evaluate(e => (e as HTMLImageElement).naturalWidth)).toBe(300)
  await page.screenshot({ path: 'test-results/board-panel.png' })
  await panel.locator('[data-mask]').click()
  await expect(house.locator('[data-shots]')).toContainText('照片 1 张')
  await expect(house.locator('[data-shots] img')).toHaveCount(0)
  await expect(house.locator('.person')).toContainText('*')
  await house.locator('[data-decide]').click()
  await house.locator('[data-decide-state="knocked"]').click()
  await expect(house).toHaveAttribute('data-house-state', 'knocked')
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await report(first?.homes[0] ?? '', 'left')
})

test('a phone that was five minutes without a network: nothing is lost, and both clocks stand on the board', async ({ page }) => {
  await page.setViewportSize({ width: 1180, height: 820 })
  await asBoss(page)
  await open(page)
  const clock = (ms: number) => new Date(ms).toLocaleTimeString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false })
  const last = (await units()).at(-1)
  const homes = (last?.homes ?? []).filter((_, i) => !/[leh]/iu.test(last?.cells[i] ?? '')).slice(0, 3)
  expect(homes).toHaveLength(3)
  const before = await counted()
  const seen = Date.now() - 300_000
  for (let again = 0; again < 2; again++) { // a phone that heard no answer says it again
    for (const [i, home] of homes.entries()) await call('POST', `/commands/${id}/households/${home}/reports`, { id: `away-${i}`, state: 'left', at: seen + i * 1000 })
  }
  const lines = (await ledger()).filter(l => l.kind === 'reported' && homes.includes(l.household ?? ''))
  expect(lines.map(l => l.at)).toEqual([seen, seen + 1000, seen + 2000])
  for (const l of lines) expect(l.received_at - l.at).toBeGreaterThan(290_000)
  expect((await counted())['left']).toBe((before['left'] ?? 0) + 3)
  const mark = page.locator('.cb-time li', { has: page.locator('[data-seen-at]') }).first()
  await expect(mark).toContainText(`现场 ${clock(seen)}`)
  await expect(mark).toContainText('补报 3 条')
  await page.locator(`[data-unit="${last?.unit ?? ''}"]`).focus()
  await page.keyboard.press('Enter')
  await expect(page.locator(`[data-house="${homes[0] ?? ''}"] [data-late]`)).toContainText(`现场 ${clock(seen)} · 收到 ${clock(lines[0]?.received_at ?? 0)}`)
  await page.screenshot({ path: 'test-results/board-late.png' })
})

test('a zone is widened on the map: who is on the list already is told apart, and the rest is called at once', async ({ page }) => {
  await page.setViewportSize({ width: 1180, height: 820 })
  await asBoss(page)
  await open(page)
  const before = (await view()).total
  await page.locator('[data-act="widen"]').click()
  await page.locator('[data-act-form="widen"] a.button').click()
  await expect(page).toHaveURL(/\/command\/new\/road-collapse\?widen=/u)
  const map = page.locator('[data-zone-map]')
  await expect(map).toHaveAttribute('data-held', '3')
  await expect(page.locator('[data-mode-tag]')).toHaveText('演练')
  await expect(page.locator('[data-press], [name="mode"]')).toHaveCount(0)
  await expect(page.locator('[data-widen-go]')).toBeDisabled()
  await page.locator('[data-tool="circle"]').click()
  await page.locator('[data-radius]').fill('60')
  await expect.poll(async () => {
    const box = await map.boundingBox()
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2)
    return page.locator('[data-adds]').textContent()
  }, { intervals: [1000] }).toMatch(/^新增 [1-9]\d* 户，另 [1-9]\d* 户已在名单里$/u)
  const more = Number(/新增 (\d+)/u.exec(await page.locator('[data-adds]').textContent() ?? '')?.[1])
  expect(await sideways(page, '.bf', '.bf-head *')).toEqual([])
  expect(await faint(page, '.bf-side')).toEqual([])
  await page.locator('.bf-widen [data-reason]').first().click()
  await page.screenshot({ path: 'test-results/widen.png' })
  await page.locator('[data-widen-go]').click()
  await expect(page.locator('[data-widened]')).toContainText(`共 ${before + more} 户`)
  await expect(page).toHaveURL(new RegExp(`/command/${id}$`, 'u'))
  expect((await view()).total).toBe(before + more)
  const line = (await ledger()).findLast(l => l.kind === 'widened')
  expect(line).toMatchObject({ reason: '险情扩大' })
})

test('a record that can’t be written switches the commands off, and on again without a reload', async ({ page, complaints }) => {
  await page.setViewportSize({ width: 1180, height: 820 })
  await asBoss(page)
  await open(page)
  await page.route('**/readyz', r => r.fulfill({ status: 503, json: { ready: false, redis: true, database: false, behind: 0 } }))
  await expect(page.locator('[data-record]')).toContainText('记录写不进')
  await expect(page.locator('[data-act="stand-down"]')).toBeDisabled()
  await page.unroute('**/readyz')
  await expect(page.locator('[data-record]')).toHaveCount(0)
  await expect(page.locator('[data-act="stand-down"]')).toBeEnabled()
  complaints.splice(0, complaints.length, ...complaints.filter(c => !c.includes('status of 503')))
})

async function ledger(): Promise<Line[]> {
  const text = await (await fetch(`${program.url}/api/v1/commands/${id}/ledger`, { headers: { Cookie: cookie } })).text()
  return text.trim().split('\n').map(l => JSON.parse(l) as Line)
}

test('everybody out, stood down; the report says what the ledger says, and its replay ends where the command did', async ({ page }) => {
  for (const u of await units()) {
    for (const [i, home] of u.homes.entries()) if (!/[leh]/iu.test(u.cells[i] ?? '')) await report(home, 'left')
    await call('POST', `/commands/${id}/units/${u.unit.split('/').map(encodeURIComponent).join('/')}/signature`)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await asBoss(page)
  await open(page)
  await deed(page, 'stand-down')
  await expect(page.locator('.cb[data-phase="stood_down"]')).toBeVisible()
  await expect(page.locator('[data-act]')).toHaveText([/回迁/u, /步骤/u, /移交/u, /结束/u])
  await expect.poll(() => numbers(page)).toEqual(await counted())
  const live = { numbers: await numbers(page), windows: await windows(page) }
  await deed(page, 'return')

  await page.goto(`${program.url}/command/${id}/report`)
  const lines = await ledger()
  const at = (m: string) => lines.findLast(l => l.milestone === m)?.received_at ?? 0
  await expect(page.locator('[data-took]')).toHaveAttribute('data-ms', String(at('T6') - at('T0')))
  await expect(page.locator('[data-report-milestone="T9"]')).toHaveAttribute('data-ms', String(at('T9') - at('T0')))
  await expect(page.locator('[data-lines]')).toContainText(String(lines.length))
  await page.locator('[data-lesson-form] [name="text"]').fill('东门灯坏了')
  await page.locator('[data-lesson-form] button').click()
  await expect(page.locator('[data-lesson="problem"]')).toContainText('东门灯坏了')
  for (const type of ['pdf', 'csv', 'json', 'cap']) {
    const saved = page.waitForEvent('download')
    await page.locator(`[data-download="${type}"]`).click()
    const text = readFileSync(await (await saved).path())
    expect(text.length).toBeGreaterThan(100)
  }

  await expect(page.locator('[data-replay][data-end]')).toBeVisible()
  expect(await numbers(page)).toEqual(live.numbers)
  expect(await windows(page)).toEqual(live.windows)
  const signed = page.locator('.cb-facade [data-signed]')
  await expect(signed).toHaveCount(Object.keys(live.windows).length)
  const slider = page.locator('[data-slider]')
  await slider.focus()
  await page.keyboard.press('Home')
  await expect(page.locator('.cb-states [data-state="left"]')).toHaveText('0')
  await page.keyboard.press('ArrowRight')
  await expect(page.locator('[data-replay]')).toHaveAttribute('data-second', '1')
  await page.locator('[data-speed="60"]').click()
  await page.locator('[data-play]').click()
  await expect(page.locator('[data-replay][data-end]')).toBeVisible()
  expect(await numbers(page)).toEqual(live.numbers)
  await page.screenshot({ path: 'test-results/board-report.png', fullPage: true })
})

test('a real launch turns the paired walls in its scope, and they turn back when it is closed', async ({ browser }) => {
  const room = await browser.newContext({ viewport: { width: 1920, height: 1080 } })
  const wall = await room.newPage()
  const boss = cookie
  const made = await (await fetch(`${program.url}/api/v1/screens/pair`, { method: 'POST' })).json() as { code: string; poll: string }
  cookie = ''
  await call('POST', '/session', { name: 'root', password })
  const screen = await call<{ id: string }>('POST', '/screens', { code: made.code, name: '大厅', area: 'xiacheng', cockpit: 'xiacheng', width_m: 3, distance_m: 8 })
  cookie = boss
  await room.request.post(`${program.url}/api/v1/screens/claim`, { data: { poll: made.poll } })
  await room.addInitScript(s => localStorage.setItem('citydeck.screen', s), screen.id)
  await wall.goto(`${program.url}/play`)
  await expect(wall.locator('[data-play="xiacheng"] .grid')).toBeVisible()

  const real = await press(['潮安苑/9'], false)
  await expect(wall.locator(`[data-play="command-${real.id}"] .cb`)).toBeVisible()
  await expect(wall.locator('[data-drill-tag], .stripes, .cbp-acts')).toHaveCount(0)
  for (const verb of ['stand-down', 'close']) await call('POST', `/commands/${real.id}/${verb}`, { reason: 'done' })
  await expect(wall.locator('[data-play="xiacheng"] .grid')).toBeVisible()
  await room.close()
})

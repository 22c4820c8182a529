// A responder's phone against the real program: the link, the doors, a network that goes and comes, the signature, the end.
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { faint, sideways } from './look'
import { expect, test } from './page'
import { Program } from './program'

const shots = process.env.FIELD_SHOTS
const program = new Program({ COCKPIT_DEMO_RATE: '5' })
let cookie = ''

test.describe.configure({ mode: 'serial' })
test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
test.setTimeout(180_000)
test.beforeAll(async () => {
  for (const list of ['households', 'responders', 'shelters']) await program.run('', 'import', list, join(import.meta.dirname, `../../fixtures/${list}.csv`))
  await program.start()
  const answer = await fetch(`${program.url}/api/v1/session`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: program.url }, body: JSON.stringify({ name: 'commander', password: 'Citydeck-demo-1' }) })
  cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
})
test.afterAll(() => program.end())

async function boss<T>(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(`${program.url}/api/v1${path}`, { method, headers: { Cookie: cookie, Origin: program.url, 'Content-Type': 'application/json', ...more }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return (text.startsWith('{"n"') ? text.trim().split('\n').map(l => JSON.parse(l) as unknown) : JSON.parse(text)) as T
}
interface Task { id: string; responder: string; role: string; households: string[]; helping: string[]; link: string; answer: string | null }
interface Line { n: number; kind: string; at: number; received_at: number; household?: string; state?: string; report?: string; by: string; unit?: string }

let command = ''
async function launch(building: string): Promise<string> {
  const body = { plan: 'road-collapse', zone: { buildings: [`潮安苑/${building}`] }, exercise: true }
  const seen = await boss<{ revision: string }>('POST', '/commands/preview', body)
  const made = await boss<{ id: string }>('POST', '/commands', body, { 'Idempotency-Key': `press-${building}`, 'If-Match': `"${seen.revision}"` })
  return made.id
}
const tasks = () => boss<Task[]>('GET', `/commands/${command}/tasks`)
const ledger = async () => (await boss<Line[]>('GET', `/commands/${command}/ledger`))
const reports = async (household: string) => (await ledger()).filter(l => l.kind === 'reported' && l.household === household)
const shot = async (page: Page, name: string) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png` }) }
const away = (complaints: string[]) => { complaints.splice(0, complaints.length, ...complaints.filter(c => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED|status of 40[19]/u.test(c))) }
const offline = async (context: BrowserContext, page: Page) => {
  await context.setOffline(true)
  await expect(page.locator('[data-sync="away"]')).toBeVisible()
}

test('a responder opens his link, says that he comes, reports with and without a network, and nothing is lost or doubled', async ({ page, context, complaints }) => {
  command = await launch('1')
  const task = (await tasks()).find(t => t.households.length >= 6)
  if (!task) throw new Error('nobody has six doors')
  await page.goto(task.link.replace(/^https?:\/\/[^/]+/u, program.url))
  await page.waitForURL('**/field/task')
  await expect(page.locator('[data-task="asked"]')).toBeVisible()
  await page.evaluate(() => document.fonts.ready)
  await expect(page.locator('[data-drill]')).toBeVisible()
  await shot(page, 'ask')
  expect(await faint(page, '.phone')).toEqual([])
  await page.locator('[data-answer="yes"]').tap()
  await expect.poll(async () => (await tasks()).find(t => t.id === task.id)?.answer).toBe('yes')
  await expect(page.locator('[data-task="door"]')).toBeVisible()
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))

  // The first door is the first of the task, top floor first; what can be pressed is large enough for a thumb.
  const here = async () => (await page.locator('[data-door]').getAttribute('data-door')) ?? ''
  const walk = [...task.households]
  expect(await here()).toBe(walk[0])
  for (const s of ['left', 'helped', 'empty', 'need_help']) {
    const box = await page.locator(`[data-say="${s}"]`).boundingBox()
    expect(Math.min(box?.height ?? 0, box?.width ?? 0)).toBeGreaterThanOrEqual(120)
  }
  expect(await page.locator('.number b').evaluate(e => getComputedStyle(e).fontSize)).toBe('72px')
  expect(await sideways(page, '.phone')).toEqual([])
  expect(await faint(page, '.phone')).toEqual([])
  await shot(page, 'door')

  // A picture of the door goes up small, and without what the camera wrote beside it.
  await page.locator('[data-photo]').setInputFiles(join(import.meta.dirname, 'wall.png'))
  await expect(page.locator('[data-photos]')).toHaveText('1')
  await expect.poll(async () => (await ledger()).filter(l => l.kind === 'photo').map(l => [l.household, l.by])).toEqual([[walk[0], `responder:${task.responder}`]])
  const { photos } = (await boss<{ id: string; photos: string[] }[]>('GET', `/commands/${command}/households`)).find(h => h.id === walk[0]) ?? { photos: [] }
  const picture = await fetch(`${program.url}/api/v1/commands/${command}/households/${walk[0] ?? ''}/photos/${photos[0] ?? ''}?purpose=help`, { headers: { Cookie: cookie } })
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  expect((await picture.arrayBuffer()).byteLength).toBeLessThan(400_000)
  await expect(page.locator('[data-photos]')).toHaveText('1')
  await shot(page, 'photo')
  expect(await sideways(page, '.phone')).toEqual([])

  // A double tap speaks for one door: the next one's buttons, under the same finger, take nothing until it has been seen.
  const finger = await page.locator('[data-say="empty"]').boundingBox()
  const [x, y] = [(finger?.x ?? 0) + 60, (finger?.y ?? 0) + 60]
  await page.touchscreen.tap(x, y)
  await page.evaluate(() => new Promise(done => { setTimeout(done, 250) }))
  await page.touchscreen.tap(x, y)
  await expect(page.locator(`[data-door="${walk[1] ?? ''}"]`)).toBeVisible()
  await expect(page.locator('[data-say="empty"]')).toBeDisabled()
  await shot(page, 'undo')
  await expect(page.locator('[data-say="empty"]')).toBeEnabled()
  await expect(page.locator('[data-undo]')).toHaveCount(1)

  // Each answer that is still here can be taken back by its door, not only the last; the list shows what was said.
  await page.locator('[data-say="no_answer"]').tap()
  await expect(page.locator('[data-undo]')).toHaveCount(2)
  await shot(page, 'undo-two')
  expect(await sideways(page, '.phone')).toEqual([])
  await page.locator(`[data-undo="${walk[0] ?? ''}"]`).tap()
  await expect(page.locator(`[data-door="${walk[0] ?? ''}"]`)).toBeVisible()
  await page.locator('[data-say="left"]').tap()
  await page.locator('[data-list]').tap()
  await page.locator(`[data-row="${walk[0] ?? ''}"]`).tap()
  await expect(page.locator('[data-stands]')).toContainText(/已撤离 \d\d:\d\d/u)
  await expect(page.locator('[data-say="left"]')).toHaveAttribute('aria-pressed', 'true')
  await shot(page, 'reopened')
  await page.locator('[data-skip]').tap()
  await expect.poll(async () => (await reports(walk[0] ?? '')).map(l => l.state)).toEqual(['left'])

  // No network, no matter: said, kept, still there after a reload, and open without a network.
  await offline(context, page)
  const before = Date.now()
  for (let i = 2; i < 4; i++) {
    await expect(page.locator(`[data-door="${walk[i] ?? ''}"]`)).toBeVisible()
    await page.locator('[data-say="helped"]:enabled').tap()
  }
  // The page goes on to the next door when the last answer is on the phone's disk, not before.
  await expect(page.locator(`[data-door="${walk[4] ?? ''}"]`)).toBeVisible()
  await page.reload()
  await expect(page.locator('[data-task="door"]')).toBeVisible()
  await expect(page.locator('[data-sync="away"]')).toBeVisible()
  await expect(page.locator(`[data-door="${walk[4] ?? ''}"]`)).toBeVisible()
  await page.locator('[data-say="need_help"]').tap()
  await expect(page.locator(`[data-door="${walk[4] ?? ''}"][data-state="need_help"]`)).toBeVisible()
  await expect(page.locator('[data-sync]')).toHaveAttribute('data-due', /[34]/u)
  expect((await page.locator('.door .aside').boundingBox())?.width).toBeGreaterThan(250)
  expect(await sideways(page, '.phone')).toEqual([])
  await shot(page, 'offline')
  const after = Date.now()
  expect((await ledger()).filter(l => l.kind === 'reported' && l.state !== 'left' && l.state !== 'no_answer')).toEqual([])
  // The clocks have to be told apart: the network stays away a little.
  await expect.poll(() => Date.now() - after, { timeout: 10_000 }).toBeGreaterThan(1500)
  await context.setOffline(false)
  await expect(page.locator('[data-sync="synced"]')).toBeVisible()
  away(complaints)
  const lines = (await ledger()).filter(l => l.kind === 'reported')
  const by = (l: Line) => walk.indexOf(l.household ?? '')
  expect(lines.toSorted((a, b) => by(a) - by(b)).map(l => [l.household, l.state])).toEqual([[walk[0], 'left'], [walk[1], 'no_answer'], [walk[2], 'helped'], [walk[3], 'helped'], [walk[4], 'need_help']])
  expect(new Set(lines.map(l => l.report)).size).toBe(lines.length)
  for (const l of lines.filter(l => by(l) >= 2)) {
    expect(l.at).toBeGreaterThanOrEqual(before)
    expect(l.at).toBeLessThanOrEqual(after)
    expect(l.received_at - l.at).toBeGreaterThan(1000)
  }
})

test('an old link says what to do; the worker minds the phone alone; the doors end in a signature, and the end closes what is personal', async ({ page, context, complaints }) => {
  const task = (await tasks()).find(t => t.households.length >= 3 && t.answer === null)
  if (!task) throw new Error('nobody is left to ask')
  const link = task.link.replace(/^https?:\/\/[^/]+/u, program.url)
  await page.goto(link)
  await page.waitForURL('**/field/task')
  await page.locator('[data-answer="yes"]').tap()
  await expect(page.locator('[data-task="door"]')).toBeVisible()

  const old = await context.newPage()
  await old.goto(link)
  await expect(old.locator('[data-entry="old"]')).toContainText('再发一次链接')
  await expect(old.locator('[data-entry="old"]')).toContainText('ask for a new message')
  expect(new URL(old.url()).hash).toBe('')
  away(complaints)
  await shot(old, 'old')
  const scopes = await page.evaluate(async () => (await navigator.serviceWorker.ready, await navigator.serviceWorker.getRegistrations()).map(r => new URL(r.scope).pathname))
  expect(scopes).toEqual(['/field/'])
  await page.reload()
  expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
  const wall = await context.newPage()
  await wall.goto(`${program.url}/stories`)
  expect(await wall.evaluate(() => navigator.serviceWorker.controller)).toBeNull()
  await wall.close()
  await old.close()
  away(complaints)

  // A word of the commander is on the page at once.
  await boss('POST', `/commands/${command}/broadcast`, { reason: 'rain', audience: 'responders', text: '走东门，西门积水 {drill}' })
  await expect(page.locator('[data-told="broadcast"]')).toContainText('走东门')
  await shot(page, 'told')
  await page.locator('[data-seen]').tap()
  await expect(page.locator('[data-told]')).toHaveCount(0)

  await page.locator('[data-list]').tap()
  await expect(page.locator('[data-row]')).toHaveCount(task.households.length + task.helping.length)
  await shot(page, 'list')
  await page.locator('.list button.plain').tap()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  expect(await sideways(page, '.phone')).toEqual([])
  await page.locator('[data-list]').tap()
  await shot(page, 'door-en')
  expect(await sideways(page, '.phone')).toEqual([])
  expect(await page.locator('.stage').evaluate(e => e.scrollHeight - e.clientHeight)).toBeLessThanOrEqual(0)
  await page.locator('[data-list]').tap()
  await page.locator('.list button.plain').tap()
  expect(await sideways(page, '.phone')).toEqual([])
  await page.locator('[data-list]').tap()

  // All doors, then the unit; what is still somebody else's door keeps it open, and says so.
  const doors = task.households.length + task.helping.length
  for (let i = 0; i < doors; i++) {
    const id = await page.locator('[data-door]').getAttribute('data-door')
    await page.locator('[data-say="left"]').tap()
    await expect(page.locator(`[data-door="${id ?? ''}"]`)).toHaveCount(0)
  }
  await expect(page.locator('[data-task="done"]')).toBeVisible()
  await shot(page, 'done')
  const unit = (await page.locator('[data-sign]').first().getAttribute('data-sign')) ?? ''
  await page.locator('[data-sign]').first().tap()
  const rest = (await boss<{ id: string; estate: string; building: string; unit: string; state: string }[]>('GET', `/commands/${command}/households`)).filter(h => `${h.estate}/${h.building}/${h.unit}` === unit && !['left', 'empty', 'helped'].includes(h.state))
  if (rest.some(h => !task.households.includes(h.id) && !task.helping.includes(h.id))) {
    await expect(page.locator('[data-notice="sign"]')).toBeVisible()
    await shot(page, 'sign-early')
    for (const h of rest) await boss('POST', `/commands/${command}/households/${h.id}/reports`, { id: `boss-${h.id}`, state: 'empty' })
    await page.locator(`[data-sign="${unit}"]`).tap()
  }
  await expect(page.locator('[data-signed]')).toBeVisible()
  away(complaints)
  expect((await ledger()).filter(l => l.kind === 'signed').map(l => [l.unit, l.by])).toEqual([[unit, `responder:${task.responder}`]])

  // The end: said at once, and nobody's name or number is left on the phone.
  await boss('POST', `/commands/${command}/stand-down`, { reason: 'done' })
  await expect(page.locator('[data-task="stood_down"]')).toBeVisible()
  await shot(page, 'stood-down')
  const kept = await page.evaluate(() => new Promise<string>(done => {
    const open = indexedDB.open('citydeck-field')
    open.onsuccess = () => {
      const ask = open.result.transaction('last').objectStore('last').get('heard')
      ask.onsuccess = () => { done(JSON.stringify(ask.result)) }
    }
  }))
  expect(kept).toContain('"stood_down"')
  for (const phone of kept.matchAll(/"contact_phone":"([^"]*)"/gu)) expect(phone[1]).toMatch(/^$|\*/u)
  await boss('POST', `/commands/${command}/close`, { reason: 'done' })
  await page.reload()
  await expect(page.locator('[data-task="over"]')).toBeVisible()
  away(complaints)
})

test('a shelter keeper finds a household, counts who came, and sees what room is left', async ({ page, context, complaints }) => {
  command = await launch('2')
  const [name = '', value = ''] = cookie.split('=')
  await context.addCookies([{ name, value, url: program.url }])
  await page.goto(`${program.url}/field/shelter/s-school`)
  await expect(page.locator('[data-shelter="ready"]')).toBeVisible()
  await expect(page.locator('[data-room]')).toContainText(/\d/u)
  const house = (await boss<{ id: string; room: string; residents: number }[]>('GET', `/commands/${command}/households`)).find(h => h.residents >= 2)
  if (!house) throw new Error('nobody lives there with another')
  await page.locator('[data-seek]').fill(house.id)
  const row = page.locator(`[data-come="${house.id}"]`)
  await expect(row.locator('[data-persons]')).toHaveText(String(house.residents))
  await row.locator('[data-came="checked_in"]').tap()
  await expect(row.locator('[data-stands="checked_in"]')).toContainText(String(house.residents))
  const is = await boss<{ residents: { checked_in: number } }>('GET', `/commands/${command}`)
  expect(is.residents.checked_in).toBe(house.residents)
  await page.evaluate(() => document.fonts.ready)
  expect(await sideways(page, '.phone')).toEqual([])
  expect(await faint(page, '.phone')).toEqual([])
  await shot(page, 'shelter')
  away(complaints)
})

test('a shelter keeper comes to the check-in from his own link, and knows nobody by name there', async ({ page, complaints }) => {
  const task = (await tasks()).find(t => t.role === 'shelter_keeper')
  if (!task) throw new Error('nobody keeps a shelter')
  await page.goto(task.link.replace(/^https?:\/\/[^/]+/u, program.url))
  await page.waitForURL('**/field/task')
  await page.locator('[data-answer="yes"]').tap()
  await shot(page, 'keeper-task')
  await page.locator('[data-keeper]').tap()
  await page.locator('[data-choose-shelter="s-gym"]').tap()
  await expect(page.locator('[data-room]')).toContainText(/\d/u)
  const house = (await boss<{ id: string; room: string; building: string; residents: number; persons: Record<string, number> }[]>('GET', `/commands/${command}/households`)).find(h => h.residents >= 2 && !task.helping.includes(h.id) && h.persons.checked_in === 0)
  if (!house) throw new Error('nobody lives there with another')
  await page.locator('[data-seek]').fill(`${house.building} ${house.room}`)
  await page.locator(`[data-come="${house.id}"] [data-came="checked_in"]`).tap()
  await expect(page.locator(`[data-come="${house.id}"] [data-stands="checked_in"]`)).toContainText(String(house.residents))
  expect((await ledger()).filter(l => l.kind === 'checked_in' && l.household === house.id).map(l => [l.by, (l as { shelter?: string }).shelter])).toEqual([[`responder:${task.responder}`, 's-gym']])
  expect(await sideways(page, '.phone')).toEqual([])
  expect(await faint(page, '.phone')).toEqual([])
  await shot(page, 'keeper')
  await page.reload()
  await expect(page.locator('[data-room]')).toContainText(/\d/u)
  await page.locator('[data-to-task]').tap()
  await expect(page.locator('[data-task]')).toBeVisible()
  away(complaints)
})

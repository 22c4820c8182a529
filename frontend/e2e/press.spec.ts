// Before a command, against the real program in its demo: from the alarm to the press, and every way in which a press is not one.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page, Request } from '@playwright/test'
import { faint, sideways } from './look'
import { expect, test } from './page'
import { aFolder, Program } from './program'

let program: Program
const fixtures = join(import.meta.dirname, '../../fixtures')
const password = 'Citydeck-demo-1'
const header = 'id,area,estate,building,unit,floor,room,residents,needs,contact_name,contact_phone,lon,lat'

test.describe.configure({ mode: 'serial' })
test.use({ viewport: { width: 1180, height: 820 } })
test.setTimeout(120_000)
test.beforeAll(async () => {
  program = new Program({}, aFolder())
  await program.start()
  for (const kind of ['households', 'responders', 'shelters']) await program.run('', 'import', kind, join(fixtures, `${kind}.csv`))
  await program.run(`${password}\n`, 'user', 'add', '--name', 'lin', '--role', 'commander', '--area', 'xiacheng')
})
test.afterAll(async () => { await program.end() })

interface Brief { id: string; plan: string; exercise: boolean; state: string; total: number; zone: unknown }
const commands = () => program.get<Brief[]>('/commands')

async function enter(context: BrowserContext, name: string): Promise<void> {
  const answer = await context.request.post(`${program.url}/api/v1/session`, { data: { name, password } })
  expect(answer.status()).toBe(204)
}
async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${program.url}${path}`)
  await page.evaluate(() => document.fonts.ready)
}
async function counted(page: Page): Promise<void> {
  await expect(page.locator('[data-preview]')).toHaveAttribute('data-preview', 'ready')
  await expect(page.locator('[data-press]')).toHaveAttribute('aria-disabled', 'false')
}
/** Puts the pointer on the button and presses it down. */
async function press(page: Page): Promise<void> {
  const box = await page.locator('[data-press]').boundingBox()
  if (!box) throw new Error('there is no button')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
}
async function hold(page: Page): Promise<void> {
  await press(page)
  await expect(page.locator('[data-outcome]')).toBeVisible()
  await page.mouse.up()
}
function forgive(complaints: string[], ...statuses: number[]): void {
  complaints.splice(0, complaints.length, ...complaints.filter(c => !statuses.some(s => c.includes(`status of ${s}`)) && !c.includes('ERR_FAILED')))
}

test('from the alarm to the press in four actions', async ({ page, context }) => {
  await enter(context, 'commander')
  const late = [['ev_dispose_due', 90_000], ['ev_dispose_ontime', 1]].map(([measure, value]) => ({ measure, area: 'tidong-06', value }))
  const fed = await fetch(`${program.url}/api/v1/readings`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(late) })
  expect(fed.status, await fed.text()).toBeLessThan(300)
  await open(page, '/street/chaoming')
  const alarm = page.locator('.wrong[data-key="ev_dispose_ontime_rate@tidong"]')
  await expect(alarm).toHaveAttribute('data-status', 'alarm')

  const from = Date.now()
  await alarm.click()
  await page.locator('[data-plan-link="road-collapse chaoan-yuan"]').click()
  await expect(page).toHaveURL(/\/command\/new\/road-collapse\?zone=chaoan-yuan$/u)
  await counted(page)
  await expect(page.locator('[data-households]')).toContainText('792')
  await expect(page.locator('[data-residents]')).toContainText('2 060')
  await expect(page.locator('[data-responders]')).toContainText('92')
  await expect(page.locator('[data-zone-map]')).toHaveAttribute('data-inside', '15')
  await expect(page.locator('[data-zone-map]')).toHaveAttribute('data-red', '2') // both grids of the zone are on the ground
  await expect(page.locator('[data-counted]')).toHaveText(/^名单算于 \d\d:\d\d:\d\d$/u)
  await expect(page.locator('[data-check="door"]')).toContainText('8 分 50 秒')
  await expect(page.locator('[data-mode-tag]')).toHaveText('演练')
  await hold(page)
  await expect(page.locator('[data-t0]')).toHaveText(/^T0 \d\d:\d\d:\d\d · 792 户$/u)
  console.log(`from the alarm to T0 in ${Date.now() - from} ms, two seconds of them held`)
  await expect(page).toHaveURL(/\/command\/c[\w-]+$/u)
  expect((await commands()).map(c => [c.plan, c.exercise, c.total])).toEqual([['road-collapse', true, 792]])
})

test('let go too soon is nothing, by pointer and by key', async ({ page, context }) => {
  await enter(context, 'commander')
  await open(page, '/command/new/road-collapse?zone=zhizu-li')
  await counted(page)
  const before = (await commands()).length
  const button = page.locator('[data-press]')
  await press(page)
  await expect(button).toHaveAttribute('data-holding', '')
  await page.mouse.up()
  await expect(page.locator('[data-press-note]')).toHaveText(/只按了 [01]\.\d 秒，没有启动/u)
  await press(page)
  await page.mouse.move(20, 20)
  await expect(button).not.toHaveAttribute('data-holding', '')
  await page.mouse.up()
  await button.focus()
  await page.keyboard.down('Space')
  await expect(button).toHaveAttribute('data-holding', '')
  await page.keyboard.up('Space')
  await expect(page.locator('[data-press-note]')).toContainText('没有启动')
  await button.click()
  await page.keyboard.press('Enter')
  await expect(button).toBeVisible()
  expect((await commands()).length).toBe(before)
})

test('held on two tablets at once it is one command, and joining is one touch', async ({ browser }) => {
  const rooms = await Promise.all(['commander', 'lin'].map(async name => {
    const context = await browser.newContext({ viewport: { width: 1180, height: 820 } })
    await enter(context, name)
    const page = await context.newPage()
    await open(page, '/command/new/road-collapse?zone=zhizu-li')
    await counted(page)
    return { context, page }
  }))
  const before = (await commands()).length
  await Promise.all(rooms.map(r => press(r.page)))
  await Promise.all(rooms.map(r => expect(r.page.locator('[data-outcome="launched"], [data-outcome="overlap"]')).toBeVisible()))
  await Promise.all(rooms.map(r => r.page.mouse.up()))
  expect((await commands()).length).toBe(before + 1)
  const [second, ...others] = (await Promise.all(rooms.map(async r => ((await r.page.locator('[data-outcome="overlap"]').count()) > 0 ? [r.page] : [])))).flat()
  expect(others).toEqual([])
  if (!second) throw new Error('both believe that they launched')
  await expect(second.locator('[data-running]')).toContainText('道路塌陷')
  await expect(second.locator('[data-running]')).toContainText(/0\/\d+ 户已离开/u)
  const [newest] = await commands()
  await second.locator('[data-join]').click()
  await expect(second).toHaveURL(`${program.url}/command/${newest?.id ?? ''}`)
  const ledger = await rooms[0]?.context.request.get(`${program.url}/api/v1/commands/${newest?.id ?? ''}/ledger`)
  expect(await ledger?.text()).toContain('"kind":"joined"')
  for (const r of rooms) await r.context.close()
})

test('a list that changed meanwhile refuses the press, says what, and is looked at again', async ({ page, context, complaints }) => {
  await enter(context, 'commander')
  await open(page, '/command/new/residential-fire?zone=genshan-gongyu')
  await counted(page)
  const before = Number(await page.locator('[data-households]').getAttribute('data-value'))
  const file = join(program.folder, 'more.csv')
  writeFileSync(file, `${header}\nnew-1,genyuan-08,艮山公寓,1,1,1,199,3,,某人,10000000000,,\n`)
  await program.run('', 'import', 'households', file)
  const launched = (await commands()).length
  await hold(page)
  await expect(page.locator('[data-outcome="changed"] [data-changed]')).toContainText('住户名单变了')
  await expect(page.locator('[data-differs]')).toContainText(`户 ${before} → ${before + 1}`)
  await expect(page.locator('[data-press]')).toHaveCount(0)
  expect((await commands()).length).toBe(launched)
  await page.locator('[data-look-again]').click()
  await counted(page)
  await hold(page)
  await expect(page.locator('[data-outcome="launched"] [data-t0]')).toContainText(`${before + 1} 户`)
  forgive(complaints, 412)
})

test('a cut line is NOT SENT over the full width, and the same press goes again under the same key', async ({ page, context, complaints }) => {
  await enter(context, 'commander')
  await open(page, '/command/new/joint-enforcement?zone=dongyuan-block')
  await counted(page)
  const keys: (string | undefined)[] = []
  const seen = (r: Request) => { if (r.method() === 'POST' && r.url().endsWith('/api/v1/commands')) keys.push(r.headers()['idempotency-key']) }
  page.on('request', seen)
  const launched = (await commands()).length
  await page.route('**/api/v1/commands', route => (route.request().method() === 'POST' ? route.abort() : route.continue()))
  await hold(page)
  const bar = page.locator('[data-not-sent]')
  await expect(bar).toContainText('没有发出')
  expect((await bar.boundingBox())?.width).toBe(1180)
  await expect(page.locator('[data-t0]')).toHaveCount(0)
  expect((await commands()).length).toBe(launched)

  // Now the request arrives and its answer is lost.
  await page.unroute('**/api/v1/commands')
  await page.route('**/api/v1/commands', async route => {
    if (route.request().method() !== 'POST') return route.continue()
    await route.fetch()
    return route.abort()
  })
  await page.locator('[data-send-again]').click()
  await expect.poll(async () => (await commands()).length).toBe(launched + 1)
  await expect(bar).toBeVisible()
  await page.unroute('**/api/v1/commands')
  await page.locator('[data-send-again]').click()
  await expect(page.locator('[data-t0]')).toBeVisible()
  expect((await commands()).length).toBe(launched + 1)
  expect(keys).toHaveLength(3)
  expect(new Set(keys).size).toBe(1)
  forgive(complaints)
})

test('a drill and a real command never look alike, and a real one stops the drill', async ({ page, context }) => {
  await enter(context, 'commander')
  await open(page, '/command/new/gas-leak?zone=chaoan-yuan-north')
  await counted(page)
  const look = () => page.locator('.bf').evaluate(e => {
    const b = e.querySelector('[data-press]')
    if (!b) throw new Error('no button')
    return { ground: getComputedStyle(b).backgroundColor, edge: getComputedStyle(e, '::before').backgroundImage, word: b.textContent ?? '' }
  })
  const drill = await look()
  expect(drill.edge).toContain('repeating-linear-gradient')
  expect(drill.word).toContain('启动演练')
  await page.screenshot({ path: test.info().outputPath('drill.png') })
  await page.locator('[name="mode"][value="real"]').check()
  await counted(page)
  const real = await look()
  expect(real.edge).toBe('none')
  expect(real.word).toContain('实战启动')
  expect(real.ground).not.toBe(drill.ground)
  await expect(page.locator('[data-mode-tag]')).toHaveText('实战')
  await expect(page.locator('[data-check="channels"]')).toContainText('短信')
  await expect(page.locator('[data-check="drills"]')).toContainText('演练在进行')
  const drills = (await commands()).filter(c => c.exercise && c.plan === 'road-collapse' && c.total === 792)
  expect(drills.map(c => c.state)).toEqual(['running'])
  await page.locator('[data-press]').focus()
  await page.keyboard.down('Space')
  await expect(page.locator('[data-outcome="launched"]')).toContainText('实战已启动')
  await page.keyboard.up('Space')
  const after = await commands()
  expect(after.find(c => c.id === drills[0]?.id)?.state).toMatch(/stood_down|closed/u)
  expect(after.filter(c => !c.exercise).map(c => c.plan)).toEqual(['gas-leak'])
})

test('two people launch a plan that asks for two: nothing starts before the second', async ({ page, context, browser }) => {
  await enter(context, 'commander')
  await open(page, '/command/new/typhoon-flood')
  await expect(page.locator('[data-check="second"], [data-preview="none"]').first()).toBeVisible()
  await page.locator('[data-prepared]').first().click()
  await counted(page)
  await expect(page.locator('[data-check="second"]')).toContainText('60 秒内确认')
  await hold(page)
  await expect(page.locator('[data-outcome="waiting"]')).toContainText(/还有 \d+ 秒/u)
  expect((await commands())[0]?.state).toBe('waiting')
  const other = await browser.newContext({ viewport: { width: 1180, height: 820 } })
  await enter(other, 'lin')
  const tablet = await other.newPage()
  await open(tablet, '/command')
  await tablet.locator('[data-confirm]').click()
  await expect(page.locator('[data-outcome="launched"] [data-t0]')).toBeVisible()
  expect((await commands())[0]?.state).toBe('running')
  await other.close()
})

test('a zone is drawn: by corners, around a point, by buildings, by grids', async ({ page, context, complaints }) => {
  await enter(context, 'commander')
  await open(page, '/command/new/road-collapse?zone=chaoan-yuan')
  await counted(page)
  const map = page.locator('[data-zone-map]')
  const box = await map.boundingBox()
  if (!box) throw new Error('no map')
  const households = async () => Number(await page.locator('[data-households]').getAttribute('data-value'))
  const tap = (x: number, y: number) => page.mouse.click(box.x + box.width * x, box.y + box.height * y)
  await page.locator('[data-tool="polygon"]').click()
  await expect(page.locator('[data-preview]')).toHaveAttribute('data-preview', 'none')
  await expect(page.locator('[data-press]')).toHaveAttribute('aria-disabled', 'true')
  for (const [x, y] of [[0.2, 0.02], [0.9, 0.02], [0.9, 0.5], [0.2, 0.5]] as const) await tap(x, y)
  await counted(page)
  const upper = await households()
  expect(upper).toBeGreaterThan(0)
  expect(upper).toBeLessThan(792)
  // A corner is dragged down, and takes the rest in.
  for (const x of [0.9, 0.2]) {
    await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.5)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.97, { steps: 4 })
    await page.mouse.up()
  }
  await expect.poll(households).toBeGreaterThan(upper)

  await page.locator('[data-tool="circle"]').click()
  await tap(0.5, 0.25)
  await counted(page)
  const small = await households()
  await page.locator('[data-radius]').fill('300')
  await expect.poll(households).toBeGreaterThan(small)

  await page.locator('[data-tool="areas"]').click()
  await tap(0.5, 0.3)
  await counted(page)
  expect(await households()).toBeGreaterThan(100)

  // By keys alone: the cross stands in the middle, Enter does what a touch does.
  await page.locator('[data-tool="polygon"]').click()
  await map.focus()
  for (let i = 0; i < 5; i++) await page.keyboard.press('Enter')
  await page.locator('[data-step-back]').click()
  await expect(page.locator('[data-preview]')).toHaveAttribute('data-preview', /ready|refused/u)
  forgive(complaints, 400)
})

test('who does not command sees all of it and is offered to sign in', async ({ page, complaints }) => {
  await open(page, '/command/new/road-collapse?zone=chaoan-yuan')
  await expect(page.locator('[data-viewer]')).toContainText('登录')
  await expect(page.locator('[data-press]')).toHaveCount(0)
  await expect(page.locator('[data-sign-in-first]')).toHaveAttribute('href', /\/sign-in\?back=/u)
  await open(page, '/command')
  await expect(page.locator('[data-viewer]')).toBeVisible()
  await expect(page.locator('[data-running-list] [data-command]').first()).toContainText('户已离开')
  await expect(page.locator('[data-confirm], [data-prepare]')).toHaveCount(0)
  await open(page, '/plans/road-collapse')
  await expect(page.locator('[data-template="alert"]')).toContainText('短信 2 条')
  await expect(page.locator('[data-fact="lastDoor"]')).toContainText('7 分 50 秒')
  forgive(complaints, 401) // that is how a page learns that nobody is signed in
})

for (const [width, height] of [[1180, 820], [820, 1180], [1920, 1080]] as const) {
  test(`stands in its box and out from its ground at ${width} × ${height}`, async ({ page, context }) => {
    await enter(context, 'commander')
    await page.setViewportSize({ width, height })
    for (const lang of ['zh', 'en']) {
      for (const theme of ['dark', 'light']) {
        for (const path of ['/command/new/residential-fire?zone=genshan-gongyu', '/command?', '/plans/road-collapse?']) {
          await open(page, `${path}&lang=${lang}&theme=${theme}`)
          await expect(page.locator('[data-figures], [data-plan], [data-plan-page]').first()).toBeVisible()
          const what = [lang, theme, path]
          expect([...what, ...await sideways(page, '.bf, .cl', '.unseen, .unseen *')]).toEqual(what)
          expect([...what, ...await faint(page, '.bf, .cl')]).toEqual(what)
          const small = await page.locator('.bf button:visible, .bf a:visible, .cl button:visible, .cl a:visible').evaluateAll(all => all.filter(e => e.getBoundingClientRect().height < 47.5).map(e => `${e.className} ${e.textContent ?? ''}`))
          expect([...what, ...small]).toEqual(what)
        }
        await open(page, `/command/new/residential-fire?zone=genshan-gongyu&lang=${lang}&theme=${theme}`)
        await counted(page)
        await expect(page.locator('[data-press]')).toBeInViewport({ ratio: 1 })
      }
    }
  })
}

test('a dead server is told in a banner over the list that was counted', async ({ page, context }) => {
  await enter(context, 'commander')
  await open(page, '/command/new/road-collapse?zone=zhizu-li')
  await counted(page)
  const veil = page.locator('.not-live')
  program.signal('SIGSTOP')
  try {
    await expect.poll(() => veil.evaluate(e => Number(getComputedStyle(e).opacity)), { timeout: 20_000 }).toBe(1)
    await expect(veil).toContainText('本屏不是实时')
    await expect(page.locator('[data-households]')).toBeVisible()
    await hold(page)
    await expect(page.locator('[data-outcome="sending"]')).toContainText('还没有启动')
    await expect(page.locator('[data-not-sent]')).toBeVisible()
    await expect(page.locator('[data-t0]')).toHaveCount(0)
  } finally {
    program.signal('SIGCONT')
  }
})

// The tree, the way down it, language and light, the keyboard, the story page.
import { Bench } from './bench'
import { mixed } from './benchWalls'
import { unlike } from './look'
import { expect, overflowing, settled, test } from './page'
import { Program } from './program'

let program: Program
test.beforeAll(async () => {
  program = new Program({ COCKPIT_REDIS_URL: 'embedded', COCKPIT_DEMO_ENABLED: 'true' })
  await program.start()
})
test.afterAll(() => program.end())
test.use({ viewport: { width: 1920, height: 1080 } })

interface Summary { id: string; state: { status: string } }

test('the front page shows the state of every cockpit, and each is a door', async ({ page }) => {
  await page.goto(`${program.url}/`)
  await expect(page.locator('.tree-group[data-group="street"] .card')).toHaveCount(8)
  await expect(page.locator('.tree-group[data-group="theme"] .card')).toHaveCount(10)
  await expect(page.locator('[data-demo]')).toHaveText('演示数据')
  await expect.poll(async () => {
    const told = Object.fromEntries((await program.get<Summary[]>('/cockpits')).map(c => [c.id, c.state.status]))
    const seen = Object.fromEntries(await page.locator('.strip a').evaluateAll(all => all.map(a => [(a as HTMLElement).dataset.cockpit, (a as HTMLElement).dataset.state])))
    return Object.keys(told).filter(id => told[id] !== seen[id])
  }).toEqual([])
  await page.locator('.card[data-cockpit="kitchen"]').click()
  await expect(page).toHaveURL(/\/wall\/kitchen$/u)
  await settled(page, 'kitchen')
  await page.goBack()
  await page.locator('.door[href^="/wall/"]').click()
  await settled(page, 'xiacheng')
})

test('figures lead on where somebody has signed in and sits before them, and nowhere on a kiosk', async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem('citydeck.name', 'somebody'))
  await page.goto(`${program.url}/`)
  await expect(page.locator('.page-footer a[href="/sources"]')).toHaveCount(1)
  await page.locator('.tree-about dd a').first().click()
  await expect(page).toHaveURL(/\/street\/xiacheng$/u)
  await page.goto(`${program.url}/?kiosk=1`)
  await expect(page.locator('.page-footer [data-sources]')).toHaveCount(1)
  await expect(page.locator('.page-footer a, .tree-about dd a')).toHaveCount(0)
})

test('down the tree: from the map to a street, from its figure to a community', async ({ page }) => {
  await page.goto(`${program.url}/wall/xiacheng`)
  await settled(page, 'xiacheng')
  await expect(page.getByText('示意图，不作为划界依据').first()).toBeVisible()
  await page.locator('.map-label[data-area="chaoming"]').click()
  const drawer = page.locator('[data-explain]')
  await expect(drawer).toHaveAttribute('data-at', 'ev_dispose_ontime_rate@chaoming')
  await drawer.locator('a[href*="/wall/chaoming"]').click()
  await settled(page, 'chaoming')
  await expect(drawer).toHaveCount(0)
  await page.locator('[data-tile="reported"]').click()
  await expect(drawer).toHaveAttribute('data-at', 'ev_report_count@chaoming')
  const row = drawer.locator('[data-area]').first()
  const area = (await row.getAttribute('data-area')) ?? ''
  expect((await program.get<{ kind: string }>(`/areas/${area}`)).kind).toBe('community')
  await row.click()
  await expect(drawer).toHaveAttribute('data-at', `ev_report_count@${area}`)
  await page.keyboard.press('Escape')
  await expect(drawer).toHaveCount(0)
})

test('the keyboard reaches every tile and opens it', async ({ page }) => {
  await page.goto(`${program.url}/wall/xiacheng`)
  await settled(page, 'xiacheng')
  const tiles = await page.locator('.grid .tile').count()
  const reached = new Set<string>()
  for (let i = 0; i < 120 && reached.size < tiles; i++) {
    await page.keyboard.press('Tab')
    const id = await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.tile)
    if (id !== undefined) reached.add(id)
  }
  expect(reached.size).toBe(tiles)
  await page.locator('[data-tile="on-time"]').focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-explain]')).toHaveAttribute('data-at', 'ev_dispose_ontime_rate@xiacheng')
})

test('one click changes the language of everything, another the light, and the address keeps both', async ({ page }) => {
  await page.goto(`${program.url}/wall/xiacheng`)
  await settled(page, 'xiacheng')
  await expect(page.locator('[data-tile="reported"] h3')).toHaveText('上报事件')
  await page.locator('[data-lang-switch]').click()
  await expect(page.locator('[data-tile="reported"] h3')).toHaveText('Events reported')
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await page.locator('[data-theme-switch]').click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  await page.reload()
  await settled(page, 'xiacheng')
  const chinese = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const found: string[] = []
    for (let n = walker.nextNode(); n; n = walker.nextNode()) {
      const host = n.parentElement
      if (/[\u4e00-\u9fff]/u.test(n.textContent ?? '') && host && !host.closest('[lang="zh-CN"]')) found.push((n.textContent ?? '').trim())
    }
    return found
  })
  expect(chinese).toEqual([])
  await page.locator('.strip a[data-cockpit="wulin"]').click()
  await settled(page, 'wulin')
  await expect(page.locator('h1')).toHaveText(/^[A-Za-z ]+$/u)
})

test('an unknown cockpit and an unknown page say so, and show the way back', async ({ page, complaints }) => {
  await page.goto(`${program.url}/wall/nowhere`)
  await expect(page.locator('.page-note')).toContainText('没有叫“nowhere”的驾驶舱')
  complaints.splice(0) // the browser itself reports the 404 of the definition
  await page.locator('.page-note a').click()
  await expect(page.locator('.card').first()).toBeVisible()
})

test('the story page shows every kind of tile in every state, in its box', async ({ page }) => {
  await page.goto(`${program.url}/stories`)
  await expect(page.locator('[data-story]')).toHaveCount(24)
  await page.evaluate(() => document.fonts.ready)
  expect(await overflowing(page)).toEqual([])
  await page.goto(`${program.url}/stories?lang=en&theme=light`)
  await expect(page.locator('[data-story]')).toHaveCount(12)
  await page.evaluate(() => document.fonts.ready)
  expect(await overflowing(page)).toEqual([])
})

test('in black and white each status is still told by its shape', async ({ page, context }) => {
  await page.goto(`${program.url}/stories?kind=stat&theme=dark&cvd=grey&state=warn,alarm,stale,suppressed,empty,disputed`)
  await expect(page.locator('[data-story]')).toHaveCount(1)
  await page.evaluate(() => document.fonts.ready)
  const blank = await context.newPage()
  await page.bringToFront() // what stands behind is drawn twice a second
  const shapes = new Map<string, Buffer>()
  for (const state of ['warn', 'alarm', 'stale', 'suppressed', 'empty', 'disputed']) shapes.set(state, await page.locator(`[data-condition="${state}"] .mark`).first().screenshot())
  const alike: string[] = []
  for (const [a, x] of shapes) for (const [b, y] of shapes) if (a < b && await unlike(blank, x, y) < 0.12) alike.push(`${a} ${b}`)
  expect(alike).toEqual([])
  await blank.close()
})

test('a flood of alarms blinks one plate at a time, slower than three times a second', async ({ page }) => {
  const day = mixed(100)
  const soon = Date.now() + 60_000 // still new however slow the machine is
  const bench = new Bench({ ...day, frames: day.frames.map(f => f.map(p => (p.id === 'alerts' ? { ...p, items: p.items?.map(i => ('since' in i ? { ...i, since: soon } : i)) } : p))) })
  await bench.open()
  await bench.show(page)
  const blinks = await page.evaluate(async () => {
    const seen = new Map<Animation, { from: number; to: number; beat: number; keys: string[] }>()
    const note = () => {
      for (const a of document.getAnimations()) {
        const t = a.effect?.getComputedTiming()
        if (!t || !((t.iterations ?? 1) > 1) || typeof a.startTime !== 'number') continue
        const from = a.startTime + (t.delay ?? 0)
        seen.set(a, { from, to: from + Number(t.activeDuration), beat: Number(t.duration), keys: [...new Set((a.effect as KeyframeEffect).getKeyframes().flatMap(k => Object.keys(k)))].filter(k => !['offset', 'computedOffset', 'easing', 'composite'].includes(k)) })
      }
    }
    const timer = setInterval(note, 20)
    await window.feed.play(80, 40)
    clearInterval(timer)
    return [...seen.values()].sort((a, b) => a.from - b.from)
  })
  bench.close()
  expect(blinks.length).toBeGreaterThan(1)
  expect(blinks.filter(b => b.beat < 2 * 1000 / 3 || b.keys.join() !== 'opacity')).toEqual([])
  expect(blinks.filter((b, i) => i > 0 && b.from < (blinks[i - 1]?.to ?? 0) - 20)).toEqual([])
})

test('a breach of the content security policy would be heard', async ({ page, complaints }) => {
  await page.goto(`${program.url}/stories?kind=stat&state=normal`)
  await page.evaluate(() => {
    const style = document.createElement('style')
    style.textContent = 'body { outline: 1px solid red }'
    document.head.append(style)
  })
  await expect.poll(() => complaints.some(c => c.includes('CSP style-src'))).toBe(true)
  complaints.splice(0)
})

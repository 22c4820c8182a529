// A wall that can't prove that it is live says so within five seconds, with the time of the last truth, and heals by itself.
import { expect, settled, test } from './page'
import { quiet } from './ground'
import type { Program } from './program'
import { Network } from './proxy'
import type { Redis } from './redis'
import type { Page } from '@playwright/test'

let program: Program
let redis: Redis
let network: Network

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  ({ program, redis } = await quiet())
  network = new Network(program.url)
  await network.open()
})
test.afterAll(async () => {
  network.close()
  await program.end()
  redis.kill()
})

const opacity = (page: Page) => page.locator('.veil').evaluate(e => Number(getComputedStyle(e).opacity))

/** Opens a wall, and marks the page so that a reload would show. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/wall/xiacheng`)
  await settled(page, 'xiacheng')
  await page.evaluate(() => Object.assign(globalThis, { unreloaded: true }))
  await expect.poll(() => opacity(page)).toBe(0)
}

/** Milliseconds until the veil stands, as the page itself sees it. */
function risen(page: Page, from: number): Promise<number> {
  return page.evaluate(start => new Promise<number>(done => {
    const veil = document.querySelector('.veil')
    const look = () => {
      if (veil && Number(getComputedStyle(veil).opacity) > 0.9) done(performance.timeOrigin + performance.now() - start)
      else requestAnimationFrame(look)
    }
    look()
  }), from)
}

async function healed(page: Page): Promise<void> {
  await expect.poll(() => opacity(page)).toBe(0)
  await expect(page.locator('.page[data-dead]')).toHaveCount(0)
  expect(await page.evaluate(() => 'unreloaded' in globalThis)).toBe(true)
}

test('a stopped server: the veil stands within 5 s, and falls when the server goes on', async ({ page }) => {
  await open(page, program.url)
  const before = Date.now()
  program.signal('SIGSTOP')
  try {
    const ms = await risen(page, before)
    console.log(`veil after SIGSTOP: ${Math.round(ms)} ms`)
    expect(ms).toBeLessThanOrEqual(5000)
    await expect(page.locator('.veil')).toHaveAttribute('data-up', 'true')
    const truth = (await page.locator('[data-truth]').textContent()) ?? ''
    expect(truth).toMatch(/^\d\d:\d\d:\d\d$/u)
    await expect(page.locator('.veil-title')).toHaveText('本屏不是实时')
    await expect(page.locator('.veil .because')).toContainText('没有声音')
    await page.screenshot({ path: 'test-results/veil.png' })
    expect(await page.locator('[data-truth]').textContent()).toBe(truth)
  } finally {
    program.signal('SIGCONT')
  }
  const again = Date.now()
  await healed(page)
  console.log(`veil gone after SIGCONT: at most ${Date.now() - again} ms`)
})

test('a cut network: the veil stands although the socket says nothing, and falls when the cable is back', async ({ page }) => {
  await open(page, network.url)
  const before = Date.now()
  network.cut()
  const ms = await risen(page, before)
  console.log(`veil after the cut: ${Math.round(ms)} ms`)
  expect(ms).toBeLessThanOrEqual(5000)
  network.mend()
  await healed(page)
})

test('a hung page: the veil rises without any script', async ({ page, context }) => {
  await open(page, program.url)
  const devtools = await context.newCDPSession(page)
  const frames: { data: string }[] = []
  devtools.on('Page.screencastFrame', f => {
    frames.push({ data: f.data })
    devtools.send('Page.screencastFrameAck', { sessionId: f.sessionId }).catch(() => undefined) // the page may be gone
  })
  // Few and small: a page that is given hundreds of large pictures to look through runs out of memory.
  await devtools.send('Page.startScreencast', { format: 'png', maxWidth: 960, maxHeight: 540, everyNthFrame: 6 })
  await page.evaluate(() => {
    // A small thing that turns keeps the compositor drawing, and so the pictures coming, also when nothing else moves.
    const turning = document.body.appendChild(document.createElement('i'))
    turning.animate([{ transform: 'rotate(0deg)' }, { transform: 'rotate(360deg)' }], { duration: 1000, iterations: Infinity })
    Object.assign(turning.style, { position: 'fixed', left: '0', bottom: '0', width: '4px', height: '4px', background: 'grey' })
    return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
  })
  await page.evaluate(() => {
    const end = performance.now() + 7000
    while (performance.now() < end);
  })
  await healed(page)
  await devtools.send('Page.stopScreencast')
  // The light plate of the veil, above its words, is what no other state of this dark page has in that place.
  const shares = await lightShares(page, frames.map(f => f.data))
  console.log(`a hung page: plate in ${shares.filter(s => s > 0.8).length} of ${shares.length} pictures`)
  expect(Math.max(...shares)).toBeGreaterThan(0.8)
  expect(Math.min(...shares)).toBeLessThan(0.1)
})

/** Of each picture, how much of the strip where the veil's plate begins is light. */
function lightShares(page: Page, pictures: string[]): Promise<number[]> {
  return page.evaluate(async list => {
    const shares: number[] = []
    for (const data of list) {
      const image = new Image()
      image.src = `data:image/png;base64,${data}`
      await image.decode()
      const canvas = new OffscreenCanvas(image.width, image.height)
      const c = canvas.getContext('2d')
      if (!c) return []
      c.drawImage(image, 0, 0)
      const { data: px } = c.getImageData(Math.round(image.width * 0.4), Math.round(image.height * 0.296), Math.round(image.width * 0.2), 2)
      let light = 0
      for (let i = 0; i < px.length; i += 4) if ((px[i] ?? 0) > 200 && (px[i + 1] ?? 0) > 200) light++
      shares.push((light * 4) / px.length)
    }
    return shares
  }, pictures)
}

test('Redis away: the wall stays live, says 数据源中断, and catches up when Redis is back', async ({ page }) => {
  test.setTimeout(120_000)
  await open(page, program.url)
  redis.kill()
  await expect(page.locator('[data-cut]')).toContainText('数据源中断')
  expect(await opacity(page)).toBe(0)
  await page.screenshot({ path: 'test-results/source-cut.png' })
  await redis.start()
  await expect(page.locator('[data-cut]')).toHaveCount(0, { timeout: 60_000 })
  await healed(page)
})

test('a restarted server: the wall heals with the new one, without a reload', async ({ page }) => {
  test.setTimeout(120_000)
  await open(page, program.url)
  const state = page.locator('[data-page-state]')
  const epoch = await state.getAttribute('data-epoch')
  await program.stop('SIGKILL')
  await expect(page.locator('.veil')).toHaveAttribute('data-up', 'true')
  await expect(page.locator('.veil .because')).toContainText('正在重连')
  await program.start()
  await healed(page)
  expect(await state.getAttribute('data-epoch')).not.toBe(epoch)
})

// A wall that hears 10,000 frames, seventeen minutes of its life, as fast as it can draw them: what it holds afterwards is
// what it held before. SOAK=864000 is a day of them; by hand, since it takes an hour and more.
import type { CDPSession } from '@playwright/test'
import { Bench } from './bench'
import { mixed } from './benchWalls'
import { expect, test } from './page'

const MB = 1024 * 1024
const frames = Number(process.env.SOAK ?? 10_000)
const most = frames > 10_000 ? 5 : 1

/** Bytes of the heap and nodes of the document, once all that can go has gone. */
async function held(line: CDPSession): Promise<{ heap: number; nodes: number }> {
  for (let i = 0; i < 3; i++) await line.send('HeapProfiler.collectGarbage')
  const { usedSize } = await line.send('Runtime.getHeapUsage')
  const { nodes } = await line.send('Memory.getDOMCounters')
  return { heap: usedSize, nodes }
}

test(`a wall holds no more after ${frames} frames than before`, async ({ page }) => {
  test.setTimeout(120_000 + frames * 30)
  const bench = new Bench(mixed(400))
  await bench.open()
  await page.setViewportSize({ width: 1280, height: 720 })
  await bench.show(page, true)
  const line = await page.context().newCDPSession(page)
  await page.evaluate(() => window.feed.rush(2400)) // whole rounds of the day: what is made once has been made
  const before = await held(line)
  const begin = performance.now()
  for (let left = Math.ceil(frames / 400) * 400; left > 0; left -= 10_000) {
    await page.evaluate(n => window.feed.rush(n), Math.min(left, 10_000))
    if (left > 10_000) console.log(`${left - 10_000} frames to go, ${((await held(line)).heap / MB).toFixed(2)} MB`)
  }
  const took = (performance.now() - begin) / 1000
  const after = await held(line)
  console.log(`${frames} frames in ${took.toFixed(0)} s: heap ${(before.heap / MB).toFixed(2)} → ${(after.heap / MB).toFixed(2)} MB, nodes ${before.nodes} → ${after.nodes}`)
  bench.close()
  expect(after.heap - before.heap).toBeLessThanOrEqual(most * MB)
  expect(after.nodes - before.nodes).toBeLessThanOrEqual(40)
})

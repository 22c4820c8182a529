// What a frame costs: sixty tiles, all of which change ten times a second, beside a page that was written by hand and
// shows the same. Both run at once in one browser, each in a process of its own; counted is the time that their main
// threads worked, not the time that passed, and both suffer alike from whatever else the machine does.
import { cpus } from 'node:os'
import type { Browser, CDPSession, Page } from '@playwright/test'
import { Bench } from './bench'
import { sixty } from './benchWalls'
import { expect, test } from './page'

const frames = 60
/** The aim is 1.3 times and 15 ms; until it is reached (DESIGN.md tells how far it is), this keeps the page from getting slower. */
const guard = 2.4
const size = { width: 1920, height: 2160 }

async function worked(line: CDPSession): Promise<number> {
  const { metrics } = await line.send('Performance.getMetrics')
  return metrics.find(m => m.name === 'TaskDuration')?.value ?? NaN
}
/** Milliseconds a frame that the main thread worked. */
async function cost(page: Page, line: CDPSession): Promise<number> {
  const before = await worked(line)
  await page.evaluate(n => window.feed.play(n, 100), frames)
  return ((await worked(line)) - before) * 1000 / frames
}
/** Share of the processors' time that nobody used while something went on. */
async function idle<T>(deed: () => Promise<T>): Promise<[T, number]> {
  const sum = () => cpus().reduce(([rest, all], { times }) => [rest + times.idle, all + times.user + times.nice + times.sys + times.idle + times.irq] as [number, number], [0, 0] as [number, number])
  const before = sum()
  const told = await deed()
  const after = sum()
  return [told, (after[0] - before[0]) / (after[1] - before[1])]
}
async function opened(browser: Browser): Promise<[Page, CDPSession]> {
  const context = await browser.newContext({ viewport: size })
  const page = await context.newPage()
  const line = await context.newCDPSession(page)
  await line.send('Performance.enable', { timeDomain: 'threadTicks' })
  return [page, line]
}

test('sixty tiles ten times a second cost little more than a page written by hand', async ({ browser }) => {
  const bench = new Bench(sixty(40))
  await bench.open()
  const [ours, ourLine] = await opened(browser)
  const [hand, handLine] = await opened(browser)
  try {
    await bench.show(ours)
    await ours.evaluate(() => window.feed.play(10, 100))
    await bench.showCopy(ours, hand)
    const tries: string[] = []
    for (let i = 0; i < 3; i++) {
      const [, before] = await idle(() => new Promise(done => setTimeout(done, 400)))
      const [[a, b], during] = await idle(() => Promise.all([cost(ours, ourLine), cost(hand, handLine)]))
      const fine = a <= guard * b
      tries.push(`${a.toFixed(1)} ms a frame, by hand ${b.toFixed(1)} ms: ${(a / b).toFixed(2)} times (processors idle ${(before * 100).toFixed(0)} % before, ${(during * 100).toFixed(0)} % meanwhile)`)
      console.log(tries.at(-1))
      if (fine) return
    }
    expect(tries).toEqual([])
  } finally {
    await ours.context().close()
    await hand.context().close()
    bench.close()
  }
})

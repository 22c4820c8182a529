// A page that tells on itself: whatever it complains about fails the test at its end.
import { test as plain, expect, type Page } from '@playwright/test'

export { expect }

/** Complaints of all pages of a test; those of a cut connection are what the test is about. */
const harmless = /ERR_CONNECTION_REFUSED|WebSocket connection to|ERR_SOCKET_NOT_CONNECTED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/u

export const test = plain.extend<{ complaints: string[] }>({
  complaints: [async ({ context }, use) => {
    const complaints: string[] = []
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', e => console.error(`CSP ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))
    })
    context.on('console', m => {
      if ((m.type() === 'error' || m.type() === 'warning') && !harmless.test(m.text())) complaints.push(m.text())
    })
    context.on('weberror', e => complaints.push(e.error().message))
    await use(complaints)
    expect(complaints).toEqual([])
  }, { auto: true }],
})

/** Waits until the wall of a cockpit shows live states of all its tiles, in its own faces. */
export async function settled(page: Page, cockpit: string): Promise<void> {
  await expect(page.locator(`[data-page-state][data-cockpit="${cockpit}"]`)).toHaveAttribute('data-epoch', /.+/u)
  await expect(page.locator('.grid .tile').first()).toBeVisible()
  await expect(page.locator('.grid .tile[aria-busy]')).toHaveCount(0)
  await page.evaluate(() => document.fonts.ready)
}

/** What sticks out of its box; empty when nothing does. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const boxes = '.tile, .tile .figure, .tile .foot, .tile .sub, .card, .page-header > *, .page-footer, .source-bar'
    const out = (e: Element) => e.scrollWidth > e.clientWidth + 1 || (!e.matches('.figure, .sub, .foot, .page-header > *') && e.scrollHeight > e.clientHeight + 2)
    const name = (e: Element) => `${(e.closest('[data-tile]') as HTMLElement | null)?.dataset.tile ?? ''} ${e.className} ${e.scrollWidth}>${e.clientWidth} ${e.scrollHeight}>${e.clientHeight}`
    const page = document.documentElement
    const sideways = page.scrollWidth > page.clientWidth + 1 ? [`page ${page.scrollWidth}>${page.clientWidth}`] : []
    return [...sideways, ...[...document.querySelectorAll(boxes)].filter(e => e.clientWidth > 0 && out(e)).map(name)]
  })
}

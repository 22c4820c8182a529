// Every cockpit of the shipped district, on every size of screen: nothing sticks out, nobody complains.
import { mkdirSync } from 'node:fs'
import { expect, overflowing, settled, test } from './page'
import { Program } from './program'

const sizes = [
  { name: 'wall-4k', width: 3840, height: 2160, query: '' },
  { name: 'wall-hd', width: 1920, height: 1080, query: '' },
  { name: 'wall-hd-en', width: 1920, height: 1080, query: '?lang=en' },
  { name: 'tablet', width: 1180, height: 820, query: '?theme=light' },
]
const folder = 'test-results-walls'
let program: Program
let cockpits: string[] = []

test.beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  program = new Program({ COCKPIT_REDIS_URL: 'embedded', COCKPIT_DEMO_ENABLED: 'true' })
  await program.start()
  cockpits = (await program.get<{ id: string }[]>('/cockpits')).map(c => c.id)
})
test.afterAll(() => program.end())

for (const size of sizes) {
  test(`all cockpits at ${size.width} × ${size.height}${size.query}`, async ({ page }) => {
    test.setTimeout(180_000)
    await page.setViewportSize({ width: size.width, height: size.height })
    await page.goto(`${program.url}/${size.query}`)
    await expect(page.locator('.card[data-state="unknown"]')).toHaveCount(0)
    expect(cockpits.length).toBe(19)
    await expect(page.locator('.card')).toHaveCount(18)
    const faults: Record<string, string[]> = {}
    const note = async (name: string) => {
      const out = await overflowing(page)
      if (out.length > 0) faults[name] = out
      await page.screenshot({ path: `${folder}/${size.name}-${name}.png`, fullPage: size.width < 1280 })
    }
    await note('tree')
    for (const id of cockpits) {
      await page.locator(`.strip a[data-cockpit="${id}"]`).click()
      await settled(page, id)
      await note(id)
    }
    expect(faults).toEqual({})
  })
}

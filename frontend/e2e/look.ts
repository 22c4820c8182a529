// What eyes need: text that stands out from its ground, and nothing that sticks out of its box.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import ts from 'typescript'

/**
 * Texts below a selector whose contrast with the ground behind them is under what their size asks for; grounds that are
 * pictures (hatches, gradients) are left to the tests of the colours themselves.
 */
export function faint(page: Page, below: string): Promise<string[]> {
  return page.evaluate(selector => {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    if (!pen) throw new Error('no canvas')
    const rgb = (colour: string, under: number[]): number[] => {
      pen.fillStyle = `rgb(${under.join(' ')})`
      pen.fillRect(0, 0, 1, 1)
      pen.fillStyle = colour
      pen.fillRect(0, 0, 1, 1)
      return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3)
    }
    const light = (c: number[]) => {
      const [r, g, b] = c.map(v => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
      return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0)
    }
    const ground = (e: Element | null): number[] | null => {
      if (!e) return [255, 255, 255]
      const s = getComputedStyle(e)
      if (s.backgroundImage !== 'none') return null
      if (s.backgroundColor === 'rgba(0, 0, 0, 0)') return ground(e.parentElement)
      const under = ground(e.parentElement)
      return under && rgb(s.backgroundColor, under)
    }
    const out: string[] = []
    for (const e of document.querySelectorAll<HTMLElement>(`${selector} *`)) {
      const said = [...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE).map(n => n.textContent?.trim() ?? '').join('')
      if (said === '' || e.offsetParent === null || e.closest('[aria-hidden="true"]')) continue
      const s = getComputedStyle(e)
      const under = ground(e)
      if (!under) continue
      const [a, b] = [light(rgb(s.color, under)), light(under)]
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      const large = Number.parseFloat(s.fontSize) >= 24
      if (ratio < (large ? 3 : 4.5)) out.push(`${ratio.toFixed(2)} ${said.slice(0, 24)}`)
    }
    return out
  }, below)
}

/** What is wider than its box below a selector, but for what means to be, and whether the page itself runs sideways. */
export function sideways(page: Page, below: string, but = 'script'): Promise<string[]> {
  return page.evaluate(([selector = '', meant = '']) => {
    const out = [...document.querySelectorAll<HTMLElement>(`${selector}, ${selector} *`)].filter(e => e.clientWidth > 0 && !e.matches(meant) && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map(e => `${e.className || e.tagName} “${(e.textContent ?? '').slice(0, 20)}” ${e.scrollWidth}>${e.clientWidth}`)
    const root = document.documentElement
    return root.scrollWidth > root.clientWidth + 1 ? [`page ${root.scrollWidth}>${root.clientWidth}`, ...out] : out
  }, [below, but])
}

const fitting = ts.transpile(readFileSync(join(import.meta.dirname, '../src/wall/fit.ts'), 'utf8').replace(/^export /gmu, ''), { target: ts.ScriptTarget.ES2022 })

/** Texts of tiles that are cut through, by the walls' own eye, as “tile: text”. */
export function cutThrough(page: Page): Promise<string[]> {
  return page.evaluate(`(() => { ${fitting}; return [...document.querySelectorAll('.grid .tile')].flatMap(t => look(t).texts.map(x => t.dataset.tile + ': ' + x)) })()`)
}

/** What of a tile's words is for those who stand nearer: deltas, heads of columns, axes, footers, units, notes. */
const nearer = '.window, .state, .tag, .unit, small, .sub, .foot, .legend, .column, .coverage, .folded, .aside, .say, .end-name, .trend, .spark, .feed-row time, .feed-row.long, .spot-line'

/**
 * Chinese words and figures on a wall that are smaller than they must be for somebody eight metres away from a screen
 * three metres wide: 20 arc minutes for a tile's figure, 16 for all else, but for what is meant to be read from nearer.
 */
export function illegible(page: Page): Promise<string[]> {
  return page.evaluate(but => {
    const minute = 8 * Math.tan(Math.PI / 180 / 60) * (Math.max(innerWidth, innerHeight * 16 / 9) / (3 * Math.max(1, innerWidth / innerHeight / (16 / 9))))
    const out: string[] = []
    for (const tile of document.querySelectorAll<HTMLElement>('.grid .tile')) {
      const walk = document.createTreeWalker(tile, NodeFilter.SHOW_TEXT)
      for (let n = walk.nextNode(); n; n = walk.nextNode()) {
        const [said, e] = [n.textContent?.trim() ?? '', n.parentElement]
        const chinese = /[\u2e80-\uffef]/u.test(said)
        if (!e || e.closest(but) || e.getClientRects().length === 0 || (!chinese && !(/\d/u.test(said) && e.closest('.num, .value, .figure')))) continue // words of Latin letters need less
        const high = Number.parseFloat(getComputedStyle(e).fontSize) * (chinese ? 0.92 : 0.719) / minute
        if (high < (e.closest('.figure') ? 20 : 16) - 0.05) out.push(`${tile.dataset.tile ?? ''} “${said}” ${high.toFixed(1)}′`)
      }
    }
    return out
  }, nearer)
}

/** Width of each tile's figure in its own size, by what it says: no screen may squash a glyph. */
export function proportions(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() => Object.fromEntries([...document.querySelectorAll<HTMLElement>('.grid .tile .figure .num')].map(e => {
    const range = document.createRange()
    range.selectNodeContents(e.firstChild ?? e)
    return [e.textContent ?? '', range.getBoundingClientRect().width / Number.parseFloat(getComputedStyle(e).fontSize)]
  })))
}

/** Grey of each pixel of a picture (PNG), 0 to 1 of light as it is, read in a blank page of the same browser. */
async function read(blank: Page, png: Buffer, width: number, height: number): Promise<number[]> {
  return blank.evaluate(async ([src, w, h]) => {
    const image = await createImageBitmap(await (await fetch(src)).blob())
    const pen = new OffscreenCanvas(w || image.width, h || image.height).getContext('2d')
    if (!pen) throw new Error('no canvas')
    pen.drawImage(image, 0, 0, w || image.width, h || image.height)
    const { data } = pen.getImageData(0, 0, w || image.width, h || image.height)
    const linear = Array.from({ length: 256 }, (_, v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
    const out: number[] = []
    let sum = 0
    for (let i = 0; i < data.length; i += 4) {
      const y = 0.2126 * (linear[data[i] ?? 0] ?? 0) + 0.7152 * (linear[data[i + 1] ?? 0] ?? 0) + 0.0722 * (linear[data[i + 2] ?? 0] ?? 0)
      if (w > 0) out.push(y)
      sum += y
    }
    return w > 0 ? out : [sum / (data.length / 4)]
  }, [`data:image/png;base64,${png.toString('base64')}`, width, height] as const)
}

/** Mean light of a picture, 0 to 1. */
export async function level(blank: Page, png: Buffer): Promise<number> {
  return (await read(blank, png, 0, 0))[0] ?? NaN
}

/** How much two small pictures differ in grey, each from its darkest to its lightest, 0 to 1 (root of the mean square). */
export async function unlike(blank: Page, a: Buffer, b: Buffer): Promise<number> {
  const [x, y] = [await read(blank, a, 24, 24), await read(blank, b, 24, 24)].map(p => {
    const [least, most] = [Math.min(...p), Math.max(...p)]
    return p.map(v => (v - least) / (most - least || 1))
  }) as [number[], number[]]
  return Math.sqrt(x.reduce((n, v, i) => n + (v - (y[i] ?? 0)) ** 2, 0) / x.length)
}

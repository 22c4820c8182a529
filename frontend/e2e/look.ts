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

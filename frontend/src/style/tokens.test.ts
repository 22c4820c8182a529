// The colours themselves: contrast near and from eight metres, and how they look to those who see fewer of them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

type Triple = readonly [number, number, number]
const at = (m: readonly Triple[], [a, b, c]: Triple): Triple => m.map(r => r[0] * a + r[1] * b + r[2] * c) as unknown as Triple

/** OKLCH to linear sRGB. */
function linear(l: number, c: number, h: number): Triple {
  const [a, b] = [c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)]
  const cones = at([[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]], [l, a, b]).map(v => v ** 3) as unknown as Triple
  return at([[4.0767416621, -3.3077115913, 0.2309699292], [-1.2684380046, 2.6097574011, -0.3413193965], [-0.0041960863, -0.7034186147, 1.707614701]], cones).map(v => Math.min(1, Math.max(0, v))) as unknown as Triple
}
/** Linear sRGB to OKLab. */
function lab(rgb: Triple): Triple {
  const cones = at([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]], rgb).map(Math.cbrt) as unknown as Triple
  return at([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]], cones)
}
/** Machado, Oliveira and Fernandes 2009, severity 1, on linear light. */
const eyes: Record<string, readonly Triple[]> = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}
const seen = (rgb: Triple, eye: string): Triple => at(eyes[eye] ?? [], rgb).map(v => Math.min(1, Math.max(0, v))) as unknown as Triple
const apart = (a: Triple, b: Triple, eye: string) => Math.hypot(...lab(seen(a, eye)).map((v, i) => v - (lab(seen(b, eye))[i] ?? 0))) * 100
const light = ([r, g, b]: Triple) => 0.2126 * r + 0.7152 * g + 0.0722 * b
const ratio = (a: Triple, b: Triple, shift: (y: number) => number) => {
  const [x, y] = [shift(light(a)), shift(light(b))]
  return Math.max(x, y) / Math.min(x, y)
}
/** WCAG 2, and on a panel of 350 cd/m² with 5 cd/m² of the room's light on it. */
const near = (a: Triple, b: Triple) => ratio(a, b, y => y + 0.05)
const far = (a: Triple, b: Triple) => ratio(a, b, y => y * 350 + 5)

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
function tokens(theme: 'dark' | 'light'): (name: string) => Triple {
  const start = css.indexOf(`[data-theme='${theme}']`)
  const known = new Map([...css.slice(start, css.indexOf('\n}', start)).matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/gu)].map(m => [m[1] ?? '', linear(Number(m[2]), Number(m[3]), Number(m[4]))]))
  return name => known.get(name) ?? (name === 'white' ? [1, 1, 1] : [NaN, NaN, NaN])
}
const [dark, pale] = [tokens('dark'), tokens('light')]

describe('contrast of texts with their grounds', () => {
  const strong = ['text-1', 'text-2', 'data', 'warn', 'dispute', 'drill', 'lamp', 'focus'].flatMap(t => ['ink', 'sheet'].map(g => [t, g] as const))
  it.each([...strong, ['warn', 'warn-sheet'], ['text-1', 'warn-sheet'], ['text-1', 'alarm-sheet'], ['text-2', 'raise'], ['text-1', 'map-1'], ['ink', 'map-5']] as const)('dark: %s on %s is read from eight metres', (text, ground) => {
    expect(near(dark(text), dark(ground))).toBeGreaterThanOrEqual(7)
    expect(far(dark(text), dark(ground))).toBeGreaterThanOrEqual(10)
  })
  it.each([['alarm', 'sheet'], ['white', 'alarm-plate']] as const)('dark: %s on %s stands out', (text, ground) => {
    expect(near(dark(text), dark(ground))).toBeGreaterThanOrEqual(5.5)
    expect(far(dark(text), dark(ground))).toBeGreaterThanOrEqual(7)
  })
  it.each([['text-3', 'sheet'], ['text-3', 'ink'], ['stale', 'ink'], ['stale', 'sheet']] as const)('dark: a note, %s on %s', (text, ground) => {
    expect(near(dark(text), dark(ground))).toBeGreaterThanOrEqual(4.5)
  })
  const all = ['text-1', 'text-2', 'text-3', 'data', 'warn', 'alarm', 'stale', 'dispute', 'drill', 'focus'].flatMap(t => ['ink', 'sheet'].map(g => [t, g] as const))
  it.each([...all, ['warn', 'warn-sheet'], ['white', 'alarm-plate'], ['text-1', 'warn-sheet'], ['text-1', 'alarm-sheet']] as const)('light: %s on %s is read in the hand', (text, ground) => {
    expect(near(pale(text), pale(ground))).toBeGreaterThanOrEqual(4.5)
  })
  it.each([['dark', dark], ['light', pale]] as const)('%s: what has a meaning by its shape is seen', (_, of) => {
    for (const mark of ['ghost', 'data-dim', 'alarm', 'dispute', 'drill']) expect(near(of(mark), of('sheet')), mark).toBeGreaterThanOrEqual(3)
  })
})

describe('colours for eyes that see fewer', () => {
  const statuses = ['warn', 'alarm', 'stale', 'data', 'dispute', 'drill', 'text-1']
  const pairs = statuses.flatMap((a, i) => statuses.slice(i + 1).map(b => [a, b] as const))
  /** Pairs that some eye can hardly tell apart: each differs in shape, fill and word too, which the story page shows. */
  const shaped: Record<string, readonly string[]> = {
    dark: ['stale drill', 'data drill', 'dispute drill'],
    light: ['warn alarm', 'stale data', 'stale drill', 'data drill', 'dispute drill'],
  }
  it.each([['dark', dark], ['light', pale]] as const)('%s: who are under 8 apart are known', (theme, of) => {
    const close = pairs.filter(([a, b]) => Object.keys(eyes).some(eye => apart(of(a), of(b), eye) < 8)).map(p => p.join(' '))
    expect(close).toEqual(shaped[theme])
  })
  it('dark: warning and alarm differ for every eye', () => {
    for (const eye of Object.keys(eyes)) expect(apart(dark('warn'), dark('alarm'), eye), eye).toBeGreaterThan(16)
  })
  it.each([['dark', dark, 9], ['light', pale, 6.8]] as const)('%s: each step of the map is seen by every eye', (_, of, least) => {
    for (const eye of Object.keys(eyes)) for (let i = 1; i < 5; i++) expect(apart(of(`map-${i}`), of(`map-${i + 1}`), eye), `${eye} ${i}`).toBeGreaterThanOrEqual(least - 0.05)
  })
})

import { describe, expect, it } from 'vitest'
import type { TileDefinition } from '../api/definitions'
import { assumedWidth, growth, modeFor, plan, type Placed } from './layout'

const tile = (id: string, x: number, y: number, w: number, h: number): TileDefinition => ({ id, kind: 'stat', title: id, title_en: '', x, y, w, h, area: 'a' })
const heart = [tile('map', 7, 0, 9, 10), tile('a', 0, 0, 7, 3), tile('b', 0, 3, 4, 3), tile('c', 4, 3, 3, 3), tile('d', 0, 6, 7, 4), tile('e', 16, 0, 8, 4), tile('f', 16, 4, 5, 6), tile('g', 21, 4, 3, 3), tile('h', 21, 7, 3, 3), ...Array.from({ length: 8 }, (_, i) => tile(`s${i}`, i * 3, 10, 3, 2))]

function overlaps(tiles: readonly Placed[]): string[] {
  return tiles.flatMap((a, i) => tiles.slice(i + 1).flatMap(b => (a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h ? [`${a.definition.id} ${b.definition.id}`] : [])))
}
const area = (tiles: readonly Placed[]) => tiles.reduce((n, t) => n + t.w * t.h, 0)

describe('a screen', () => {
  const cases: Record<string, { size: [number, number]; wish?: string; mode: string; columns: number }> = {
    'of a wall is filled': { size: [1920, 1080], mode: 'fill', columns: 24 },
    'of a wide wall too': { size: [6656, 1792], mode: 'fill', columns: 24 },
    'of a tablet scrolls': { size: [1180, 820], mode: 'scroll', columns: 12 },
    'of a tablet upright': { size: [820, 1180], mode: 'scroll', columns: 6 },
    'of a phone': { size: [390, 844], mode: 'scroll', columns: 4 },
    'that stands on its end': { size: [2160, 3840], mode: 'portrait', columns: 12 },
    'may wish to fit': { size: [1024, 768], wish: 'fit', mode: 'fit', columns: 24 },
    'with an unknown wish does as others': { size: [1920, 1080], wish: 'dance', mode: 'fill', columns: 24 },
  }
  for (const [name, c] of Object.entries(cases)) it(name, () => expect(modeFor(...c.size, c.wish)).toEqual({ mode: c.mode, columns: c.columns }))
})

describe('a plan', () => {
  const one = { column: 1, row: 1 }
  for (const columns of [12, 6, 4]) {
    it(`on ${columns} columns overlaps nowhere, leaves nobody out, and lets tiles grow into what is left`, () => {
      const p = plan(heart, 'scroll', columns, one)
      expect(p.tiles.map(t => t.definition.id).sort()).toEqual(heart.map(t => t.id).sort())
      expect(overlaps(p.tiles)).toEqual([])
      expect(p.tiles.every(t => t.x >= 0 && t.x + t.w <= columns && t.y + t.h <= p.rows)).toBe(true)
      expect(area(p.tiles) / (columns * p.rows)).toBeGreaterThan(0.9)
    })
  }

  it('of a wall stands as it was defined', () => {
    expect(plan(heart, 'fill', 24, one).tiles.map(t => [t.x, t.y, t.w, t.h])).toEqual(heart.map(t => [t.x, t.y, t.w, t.h]))
  })

  it('tells a tile what its box is worth on a wider screen, and nothing else', () => {
    const [a] = plan([tile('a', 0, 0, 3, 2)], 'fill', 24, { column: 2.3, row: 1 }).tiles
    expect([a?.definition.w, a?.definition.h, a?.w, a?.h]).toEqual([6, 2, 3, 2])
  })
})

describe('type', () => {
  it('stays on a wide wall of which nobody said how wide it is', () => expect(growth(6656, 1792, assumedWidth(6656, 1792), 8)).toBe(1))
  it('takes a usual wall for 3 m wide', () => expect(assumedWidth(3840, 2160)).toBe(3))
  const cases: Record<string, { at: [number, number, number, number]; k: number }> = {
    'stays at 8 m before 3 m': { at: [1920, 1080, 3, 8], k: 1 },
    'grows for who stands farther away': { at: [1920, 1080, 3, 16], k: 1.97 },
    'is the same whatever the pixels': { at: [3840, 2160, 3, 16], k: 1.97 },
    'stays on a wide wall at 10 m': { at: [6656, 1792, 8.32, 10], k: 1 },
  }
  for (const [name, c] of Object.entries(cases)) it(name, () => expect(growth(...c.at)).toBe(c.k))
})

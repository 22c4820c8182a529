import { describe, expect, it } from 'vitest'
import { gridOf, layFacade } from './facade'
import type { UnitDoors, UnitMark } from './model'

const unit = (id: string, cells: string): UnitMark => ({ id, households: cells.length, open: cells.length, cells, signed: false, forecast: null, late: false })

describe('facade', () => {
  it('puts the top floor on top', () => {
    expect(gridOf(4, [6, 6, 5, 1])).toEqual({ columns: 2, rows: 3, at: [{ c: 0, r: 0 }, { c: 1, r: 0 }, { c: 0, r: 1 }, { c: 0, r: 2 }] })
  })
  it('needs no floors', () => {
    const grid = gridOf(7, undefined)
    expect([grid.columns, grid.rows]).toEqual([3, 3])
    expect(grid.at[6]).toEqual({ c: 0, r: 2 })
  })
  it('draws every window of 792 inside the box, none on another', () => {
    const units = Array.from({ length: 46 }, (_, i) => unit(`A/${Math.floor(i / 3)}/${i}`, 'p'.repeat(17 + (i % 2))))
    const doors = new Map<string, UnitDoors>(units.map(x => [x.id, { unit: x.id, floors: x.cells.split('').map((_, i) => 6 - Math.floor(i / 3)) }]))
    const f = layFacade(units, doors, 860, 580, 40, 1)
    const seen = new Set<string>()
    let windows = 0
    for (const b of f.units) {
      for (const c of b.cells) {
        windows++
        seen.add(`${Math.round(c.x)} ${Math.round(c.y)}`)
        expect(c.x >= 0 && c.x + f.cell.w <= 861 && c.y >= 0 && c.y + f.cell.h <= 581, `${b.unit.id} ${c.x} ${c.y}`).toBe(true)
      }
    }
    expect(windows).toBe(units.reduce((n, x) => n + x.cells.length, 0))
    expect(seen.size).toBe(windows)
    expect(f.bars).toBe(false)
  })
  it('falls back to a bar a unit for 20 000 households', () => {
    const units = Array.from({ length: 1200 }, (_, i) => unit(`A/${Math.floor(i / 4)}/${i}`, 'p'.repeat(17)))
    const f = layFacade(units, new Map(), 860, 580, 40, 1)
    expect(f.bars).toBe(true)
    expect(f.units).toHaveLength(1200)
    expect(Math.max(...f.units.map(b => b.y + b.h))).toBeLessThanOrEqual(581)
  })
  it('is empty before anything is heard', () => {
    expect(layFacade([], new Map(), 860, 580, 40, 1).units).toEqual([])
  })
})

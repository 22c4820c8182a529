// Where the windows of a facade stand: a column or more a unit, a window a household, the top floor on top.
import { placeOf, type UnitDoors, type UnitMark } from './model'

/** One unit of the picture; sizes are CSS pixels. */
export interface UnitBox {
  readonly unit: UnitMark
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  /** width of a window */
  readonly pane: number
  /** place of each cell within the unit; none where only a bar is drawn */
  readonly cells: readonly { readonly x: number; readonly y: number }[]
}
export interface BuildingBox {
  readonly key: string
  readonly estate: string
  readonly building: string
  readonly x: number
  readonly y: number
  readonly w: number
  readonly open: number
  readonly late: boolean
  readonly signed: boolean
}
export interface Facade {
  readonly units: readonly UnitBox[]
  readonly buildings: readonly BuildingBox[]
  readonly cell: { readonly w: number; readonly h: number }
  /** only bars: too many households to draw each */
  readonly bars: boolean
}

interface Grid { readonly columns: number; readonly rows: number; readonly at: readonly { readonly c: number; readonly r: number }[] }
interface Block { readonly key: string; readonly units: readonly { readonly unit: UnitMark; readonly grid: Grid }[]; readonly columns: number; readonly rows: number }

/** Rows by floor where floors are known, else three windows a row. */
export function gridOf(cells: number, floors: readonly number[] | undefined): Grid {
  const known = floors?.length === cells && floors.some(f => f !== 0)
  const level = known && floors ? floors : Array.from({ length: cells }, (_, i) => Math.ceil(cells / 3) - Math.floor(i / 3))
  const storeys = [...new Set(level)].sort((a, b) => b - a)
  const row = new Map(storeys.map((f, i) => [f, i]))
  const used = new Map<number, number>()
  const at = level.map(f => {
    const c = used.get(f) ?? 0
    used.set(f, c + 1)
    return { c, r: row.get(f) ?? 0 }
  })
  return { columns: Math.max(1, ...used.values()), rows: Math.max(1, storeys.length), at }
}

function blocksOf(units: readonly UnitMark[], doors: ReadonlyMap<string, UnitDoors>): Block[] {
  const by = new Map<string, { unit: UnitMark; grid: Grid }[]>()
  for (const unit of units) {
    const { estate, building } = placeOf(unit.id)
    const key = `${estate}/${building}`
    const list = by.get(key) ?? []
    list.push({ unit, grid: gridOf(unit.cells.length, doors.get(unit.id)?.floors) })
    by.set(key, list)
  }
  return [...by].map(([key, list]) => ({ key, units: list, columns: list.reduce((n, u) => n + u.grid.columns, 0), rows: Math.max(...list.map(u => u.grid.rows)) }))
}

const gapOf = (u: number) => ({ block: 22 * u, unit: 7 * u, cell: 2.4 * u, sill: 10 * u, row: 14 * u })

/** How large windows get with so many buildings side by side. */
function fit(blocks: readonly Block[], per: number, width: number, height: number, label: number, u: number) {
  const gap = gapOf(u)
  const room = (width - gap.block * (per - 1)) / per
  const across = Math.min(...blocks.map(b => (room - gap.unit * (b.units.length - 1)) / b.columns))
  let storeys = 0
  let lines = 0
  for (let i = 0; i < blocks.length; i += per) {
    storeys += Math.max(...blocks.slice(i, i + per).map(b => b.rows))
    lines++
  }
  const down = (height - lines * (label + gap.sill) - (lines - 1) * gap.row) / storeys
  return { per, room, across, down, score: Math.min(across * 1.25, down * 0.8) }
}

/** The picture for a box of this size; `label` is the height of the line under each building. */
export function layFacade(units: readonly UnitMark[], doors: ReadonlyMap<string, UnitDoors>, width: number, height: number, label: number, u: number): Facade {
  const blocks = blocksOf(units, doors)
  if (blocks.length === 0 || width < 40 || height < 40) return { units: [], buildings: [], cell: { w: 0, h: 0 }, bars: false }
  let best = fit(blocks, 1, width, height, label, u)
  for (let per = 2; per <= blocks.length; per++) {
    const next = fit(blocks, per, width, height, label, u)
    if (next.score > best.score && next.room > 60 * u) best = next
  }
  if (best.across < 5 * u || best.down < 5 * u) return layBars(units, width, height, u)
  const gap = gapOf(u)
  const most = { across: 48 * u, down: 60 * u }
  const down = Math.min(best.down, most.down)
  const out: { units: UnitBox[]; buildings: BuildingBox[] } = { units: [], buildings: [] }
  const used = lineTops(blocks, best.per, down, label + gap.sill + gap.row) - gap.row
  let y = Math.max(0, (height - used) / 2)
  for (let i = 0; i < blocks.length; i += best.per) {
    const line = blocks.slice(i, i + best.per)
    const tall = Math.max(...line.map(b => b.rows)) * down
    line.forEach((b, k) => place(b, k * (best.room + gap.block), y + tall))
    y += tall + label + gap.sill + gap.row
  }
  const cell = { w: Math.min(best.across, most.across) - gap.cell, h: down - gap.cell }
  return { ...out, cell, bars: false }

  function place(b: Block, x: number, ground: number): void {
    const across = Math.min((best.room - gap.unit * (b.units.length - 1)) / b.columns, most.across)
    const left = x + Math.max(0, (best.room - across * b.columns - gap.unit * (b.units.length - 1)) / 2)
    let at = left
    for (const { unit, grid } of b.units) {
      const top = ground - grid.rows * down
      const cells = grid.at.map(p => ({ x: at + p.c * across, y: top + p.r * down }))
      out.units.push({ unit, x: at, y: top, w: grid.columns * across - gap.cell, h: grid.rows * down - gap.cell, pane: across - gap.cell, cells })
      at += grid.columns * across + gap.unit
    }
    const { estate, building } = placeOf(b.key)
    const list = b.units.map(x => x.unit)
    out.buildings.push({ key: b.key, estate, building, x: left, y: ground + gap.sill, w: at - gap.unit - left, open: list.reduce((n, x) => n + x.open, 0), late: list.some(x => x.late), signed: list.every(x => x.signed) })
  }
}

/** How high all lines of buildings are together. */
function lineTops(blocks: readonly Block[], per: number, down: number, under: number): number {
  let high = 0
  for (let i = 0; i < blocks.length; i += per) high += Math.max(...blocks.slice(i, i + per).map(b => b.rows)) * down + under
  return high
}

/** Too many windows: a bar a unit, as high as its share that isn't out. */
function layBars(units: readonly UnitMark[], width: number, height: number, u: number): Facade {
  const gap = 3 * u
  let columns = Math.max(1, Math.ceil(Math.sqrt((units.length * width) / height / 1.6)))
  const pitch = () => ({ w: width / columns, h: height / Math.ceil(units.length / columns) })
  while (pitch().w > 60 * u && columns < units.length) columns++
  const { w, h } = pitch()
  const boxes = units.map((unit, i) => ({ unit, x: (i % columns) * w, y: Math.floor(i / columns) * h, w: w - gap, h: Math.max(2, h - 8 * u), pane: 0, cells: [] }))
  return { units: boxes, buildings: [], cell: { w: w - gap, h: h - 8 * u }, bars: true }
}

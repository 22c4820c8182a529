// Where tiles stand on a screen of any shape: boxes stretch, glyphs never do, and nothing overlaps.
import type { TileDefinition } from '../api/definitions'

export type Mode = 'fill' | 'fit' | 'scroll' | 'portrait'

/** The 24 × 12 grid of a cockpit's definition. */
export const grid = { columns: 24, rows: 12 }
/** One column and one row with its gap on the 16 : 9 board, in u. */
export const pitch = { column: 78.5, row: 80.7 }
/** Height of a row where the page scrolls, in px, gap included. */
export const scrollRow = 76

export interface Placed {
  /** the definition as the tile must see it: `w` and `h` are what its box is worth on the 16 : 9 board */
  readonly definition: TileDefinition
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

export interface Plan {
  readonly columns: number
  readonly rows: number
  readonly tiles: readonly Placed[]
}

/** How a screen of this size shows a cockpit; a wish wins where it is known. */
export function modeFor(width: number, height: number, wish?: string): { mode: Mode; columns: number } {
  const narrow = width < 600 ? 4 : width < 900 ? 6 : 12
  if (wish === 'fill' || wish === 'fit') return { mode: wish, columns: grid.columns }
  if (wish === 'scroll' || width < 1280) return { mode: 'scroll', columns: narrow }
  return height > width * 1.2 ? { mode: 'portrait', columns: 12 } : { mode: 'fill', columns: grid.columns }
}

/** A cockpit's tiles on so many columns; `worth` tells how many columns and rows of the 16 : 9 board one of them is. */
export function plan(tiles: readonly TileDefinition[], mode: Mode, columns: number, worth: { column: number; row: number }): Plan {
  const whole = (n: number) => Math.max(1, Math.floor(n + 0.02))
  const seen = (d: TileDefinition, w: number, h: number): TileDefinition => {
    const [ww, hh] = [whole(w * worth.column), whole(h * worth.row)]
    return ww === d.w && hh === d.h ? d : { ...d, w: ww, h: hh }
  }
  if (mode === 'fill' || mode === 'fit') {
    return { ...grid, tiles: tiles.map(d => ({ definition: seen(d, d.w, d.h), x: d.x, y: d.y, w: d.w, h: d.h })) }
  }
  const boxes = flow([...tiles].sort((a, b) => a.y - b.y || a.x - b.x), columns)
  const rows = boxes.reduce((most, b) => Math.max(most, b.y + b.h), 1)
  return { columns, rows, tiles: boxes.map(b => ({ ...b, definition: seen(b.definition, b.w, b.h) })) }
}

type Box = Placed

/** Places tiles one after the other where they fit first, then lets them grow into what stays empty beside them. */
function flow(tiles: readonly TileDefinition[], columns: number): Box[] {
  const taken: boolean[][] = []
  const free = (x: number, y: number, w: number, h: number) => {
    for (let r = y; r < y + h; r++) for (let c = x; c < x + w; c++) if (taken[r]?.[c]) return false
    return true
  }
  const take = (b: { x: number; y: number; w: number; h: number }) => {
    for (let r = b.y; r < b.y + b.h; r++) {
      const row = (taken[r] ??= [])
      for (let c = b.x; c < b.x + b.w; c++) row[c] = true
    }
  }
  const boxes = tiles.map(definition => {
    const w = Math.min(definition.w, columns)
    const h = definition.h
    for (let y = 0; ; y++) {
      for (let x = 0; x + w <= columns; x++) {
        if (!free(x, y, w, h)) continue
        const box = { definition, x, y, w, h }
        take(box)
        return box
      }
    }
  })
  const bottom = taken.length
  return boxes.map(b => grown(b, columns, bottom, free, take))
}

function grown(b: Box, columns: number, bottom: number, free: (x: number, y: number, w: number, h: number) => boolean, take: (b: Box) => void): Box {
  let { x, w, h } = b
  while (x + w < columns && free(x + w, b.y, 1, h)) w++
  while (x > 0 && free(x - 1, b.y, 1, h)) [x, w] = [x - 1, w + 1]
  while (b.y + h < bottom && free(x, b.y + h, w, 1)) h++
  const out = { ...b, x, w, h }
  take(out)
  return out
}

/** Metres that a screen is taken to be wide when nobody says: 3 at 16 : 9; a longer one is as high as that. */
export function assumedWidth(width: number, height: number): number {
  return 3 * Math.max(1, width / height / (16 / 9))
}

const arcMinute = Math.tan(Math.PI / 180 / 60)

/**
 * How much type must grow so that the smallest figure of a tile (42 u, digits 0.719 em) is 20 arc minutes high
 * for a viewer `distance` metres away from a screen `wide` metres wide. Boxes stay as they are.
 */
export function growth(width: number, height: number, wide: number, distance: number): number {
  const u = Math.min(width / 1920, height / 1080)
  const reach = (0.719 * 42 * u * wide) / (20 * arcMinute * width)
  return reach > 0 && distance > reach ? Math.round((distance / reach) * 100) / 100 : 1
}

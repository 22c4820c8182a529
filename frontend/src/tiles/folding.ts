// Which rows of a long list are shown: never a clipped one, and never a worse one hidden behind a better.
import type { Item, Status } from '../live/tile'
import { byStatus, statusOf } from './status'

/** Rows to show, and how many are folded into a last line, all of them normal or not. */
export interface Folded<T> {
  readonly rows: readonly T[]
  readonly rest: number
  readonly restNormal: boolean
}

/**
 * Folds a ranking: all rows while they fit and are fewer than ten, else the worst eight (or as many as fit)
 * in the order of the server, and the number of the others.
 */
export function foldRanking(items: readonly Item[], fit: number, most = 8): Folded<Item> {
  if (items.length <= fit && items.length < 10) return { rows: items, rest: 0, restNormal: true }
  const rows = items.slice(0, Math.max(1, Math.min(most, fit - 1)))
  return folded(items, rows)
}

/**
 * Folds a list that has an order of its own (a table by place): the worst stay, in their order,
 * until the room is used up.
 */
export function foldByStatus(items: readonly Item[], fit: number, status: (item: Item) => Status = statusOf): Folded<Item> {
  if (items.length <= fit) return { rows: items, rest: 0, restNormal: true }
  const keep = items
    .map((item, i) => ({ item, i, s: status(item) }))
    .sort((a, b) => byStatus(a.s, b.s) || a.i - b.i)
    .slice(0, Math.max(1, fit - 1))
    .sort((a, b) => a.i - b.i)
    .map(x => x.item)
  return folded(items, keep, status)
}

function folded(all: readonly Item[], rows: readonly Item[], status: (item: Item) => Status = statusOf): Folded<Item> {
  const shown = new Set(rows)
  const hidden = all.filter(i => !shown.has(i))
  return { rows, rest: hidden.length, restNormal: hidden.every(i => status(i) === 'normal') }
}

/** Cells of a grid: columns and rows for `n` cells in a box, as near as can be to a pleasant shape. */
export function gridFor(n: number, width: number, height: number, gap: number, aspect = 1.5): { columns: number; rows: number } {
  let best = { columns: Math.max(1, n), rows: 1 }
  let miss = Infinity
  for (let columns = 1; columns <= n; columns++) {
    const rows = Math.ceil(n / columns)
    const w = (width - gap * (columns - 1)) / columns
    const h = (height - gap * (rows - 1)) / rows
    if (w <= 0 || h <= 0) continue
    const empty = (columns * rows - n) / n
    const off = Math.abs(Math.log(w / h / aspect)) + empty * 0.8
    if (off < miss) {
      miss = off
      best = { columns, rows }
    }
  }
  return best
}

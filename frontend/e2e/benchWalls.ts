// Two walls for the bench: one on which all sixty tiles change in every frame, and one with every kind of tile on which
// things come and go as on a real day.
import type { TileDefinition, TileKind } from '../src/api/definitions'
import type { Item, Patch, Tile } from '../src/live/tile'
import { streetIds } from '../src/stories/district'
import { curve, story } from '../src/stories/states'
import type { Played } from './bench'

/** The same numbers every time. */
export function dice(seed: number): () => number {
  let s = seed
  return () => {
    s = (s * 1664525 + 1013904223) % 4294967296
    return s / 4294967296
  }
}

const begin = Date.now()

type Box = readonly [x: number, y: number, w: number, h: number]
type Placed = Played['tiles'][number]

function placed(kind: TileKind, id: string, [x, y, w, h]: Box, more: Partial<TileDefinition> = {}): Placed {
  const { definition, tile } = story(kind, 'normal', [w, h])
  return { definition: { ...definition, ...more, id, x, y, w, h }, tile: { ...tile, id, as_of: begin } }
}

const boxes = (across: number, w: number, h: number, from: readonly [number, number], n: number): Box[] => Array.from({ length: n }, (_, i) => [from[0] + (i % across) * w, from[1] + Math.floor(i / across) * h, w, h])

/** 42 figures with a sparkline, 10 trends, 6 rankings of 8, 2 maps of 8; for a screen about as high as it is wide. */
export function sixty(frames: number): Played {
  const tiles = [
    ...boxes(12, 2, 2, [0, 0], 36).map((b, i) => placed('stat', `stat-${i}`, b)),
    ...boxes(6, 2, 2, [0, 6], 6).map((b, i) => placed('stat', `stat-${36 + i}`, b)),
    ...boxes(3, 4, 2, [12, 6], 3).map((b, i) => placed('ranking', `ranking-${i}`, b)),
    ...boxes(2, 4, 4, [0, 8], 2).map((b, i) => placed('map', `map-${i}`, b)),
    ...boxes(1, 4, 2, [8, 8], 2).map((b, i) => placed('ranking', `ranking-${3 + i}`, b)),
    placed('ranking', 'ranking-5', [12, 8, 4, 2]),
    ...boxes(1, 4, 1, [12, 10], 2).map((b, i) => placed('trend', `trend-${i}`, b)),
    ...boxes(2, 4, 1, [16, 8], 8).map((b, i) => placed('trend', `trend-${2 + i}`, b)),
  ]
  const roll = dice(60)
  return { tiles, frames: Array.from({ length: frames }, (_, n) => tiles.map(({ definition, tile }) => moved(definition.kind, tile, n, roll))) }
}

/** A tile's next value: a new figure, a new end of its line, two of its rows. */
function moved(kind: TileKind, tile: Tile, n: number, roll: () => number): Patch {
  const value = Math.round((95.4 + 1.8 * roll()) * 100) / 100
  const asOf = begin + n * 100
  if (kind === 'stat' || kind === 'trend') {
    const end = tile.spark?.at(-1)?.[0] ?? 0
    return { id: tile.id, value, as_of: asOf, parts: [Math.round(33 * value), 3312], spark: [[end, value]], ...(kind === 'stat' ? { change: { value: Math.round((value - 96) * 100) / 100, over: 'month' } } : {}) }
  }
  const rows = [Math.floor(roll() * 8), Math.floor(roll() * 8)]
  const figure = () => (kind === 'map' ? Math.round((91 + 8 * roll()) * 100) / 100 : Math.floor(roll() * 30))
  const items = [...new Set(rows)].map((i): Item => ({ id: streetIds[i] ?? '', value: figure() }))
  return { id: tile.id, ...(kind === 'map' ? { value } : { value: Math.floor(20 + 20 * roll()) }), as_of: asOf, items }
}

/** Every kind of tile; alerts open and close, the feed goes on, statuses change and change back. */
export function mixed(frames: number): Played {
  const tiles = [
    placed('map', 'map', [7, 0, 9, 9]), placed('ranking', 'ranking', [16, 4, 5, 5]), placed('alerts', 'alerts', [16, 0, 8, 4]),
    placed('trend', 'trend', [0, 0, 7, 3]), placed('trend', 'lines', [0, 3, 7, 3], { of: 'street' }), placed('breakdown', 'breakdown', [0, 6, 7, 3]),
    placed('progress', 'progress', [21, 4, 3, 3]), placed('command', 'command', [21, 7, 3, 2]), placed('table', 'table', [0, 9, 7, 3]),
    placed('board', 'board', [7, 9, 6, 3]), placed('feed', 'feed', [13, 9, 5, 3]),
    ...boxes(2, 3, 3, [18, 9], 2).map((b, i) => placed('stat', `stat-${i}`, b)),
  ].map(t => (t.definition.id === 'lines' ? { ...t, tile: { ...t.tile, spark: null, items: streetIds.slice(0, 3).map((id, i) => ({ id, value: 96 + i, level: 'normal' as const, status: 'normal' as const, spark: curve(96 + i, 1, i) })) } } : t))
  const roll = dice(17)
  return { tiles, frames: Array.from({ length: frames }, (_, n) => tiles.filter(() => roll() < 0.15).map(t => lived(t, n, frames, roll))) }
}

function lived({ definition: { kind }, tile }: Placed, n: number, all: number, roll: () => number): Patch {
  const asOf = begin + n * 100
  const known = (tile.items ?? [])[Math.floor(roll() * (tile.items?.length ?? 1))]
  if (tile.id === 'lines') return { id: tile.id, as_of: asOf, items: known ? [{ id: known.id, value: 96, spark: [[known.spark?.at(-1)?.[0] ?? 0, 95 + 2 * roll()]] }] : [] }
  if (kind === 'alerts') {
    const items = [0, 1, 2].map((i): Item => { const id = streetIds[(n + i) % 8] ?? ''; return (n + i) % 3 === 0 ? { id: `rate/${id}`, gone: true } : { id: `rate/${id}`, indicator: 'rate', area: id, level: i === 0 ? 'alarm' : 'warn', value: 88 + roll(), since: asOf } })
    return { id: tile.id, value: 2, items }
  }
  if (kind === 'feed') {
    const [one, old] = [`f${n % all}`, `f${(n + all - 25) % all}`]
    return { id: tile.id, items: [{ id: one, at: asOf, kind: 'opened', area: streetIds[n % 8], text: `第 ${n} 件`, text_en: `No. ${n}` }, { id: old, gone: true }] }
  }
  if (kind === 'table' && known) return { id: tile.id, as_of: asOf, items: [{ ...known, cells: { ...known.cells, events: { value: Math.floor(roll() * 90), level: null, status: 'normal' } } }] }
  if (kind === 'board' && known) return { id: tile.id, as_of: asOf, items: [{ ...known, value: Math.floor(roll() * 3), as_of: asOf }] }
  if ((kind === 'breakdown') && known) return { id: tile.id, as_of: asOf, items: [{ id: known.id, value: Math.floor(500 * roll()) }] }
  const status = n % 200 < 20 ? 'warn' : n % 200 < 30 ? 'stale' : 'normal'
  if (kind === 'progress' || kind === 'command') return { id: tile.id, as_of: asOf, ...(kind === 'progress' ? { value: 90 + 9 * roll() } : {}) }
  return { ...moved(kind, tile, n, roll), ...(kind === 'stat' ? { status, level: status === 'warn' ? 'warn' : 'normal' } : {}) }
}

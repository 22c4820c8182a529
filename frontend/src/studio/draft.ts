// A cockpit that is being changed: which keys a kind has, where tiles fit, and the file that it becomes. Nothing here is
// ever changed in place, so that undoing is going back to the draft before.
import type { Cockpit, TileDefinition, TileKind } from '../api/definitions'

export const grid = { columns: 24, rows: 12 }

/** A tile as the district's file has it: keys that stand for themselves are absent. */
export type TileDraft = Omit<TileDefinition, 'title' | 'title_en' | 'area'> & { title?: string; title_en?: string; area?: string }
export interface Draft { id: string; name: string; name_en: string; kind: string; area: string; parent: string; tiles: readonly TileDraft[] }
export interface Box { x: number; y: number; w: number; h: number }

/** Keys that only some kinds have; those with * must be there. */
export const keysOf: Record<TileKind, readonly string[]> = {
  stat: ['indicator*', 'compare'],
  trend: ['indicator*', 'of', 'span'],
  progress: ['indicator*', 'target*'],
  ranking: ['indicator*', 'of*', 'order', 'limit'],
  breakdown: ['indicators*'],
  table: ['indicators*', 'of*'],
  board: ['list*', 'measures*', 'warn', 'alarm'],
  map: ['indicator*', 'of*', 'layers'],
  alerts: ['indicators', 'limit'],
  feed: ['limit'],
  command: [],
  video: ['url*'],
}
const common = ['id', 'kind', 'title', 'title_en', 'short', 'short_en', 'area', 'x', 'y', 'w', 'h']

/** How large a new tile is. */
const sizes: Partial<Record<TileKind, [number, number]>> = { stat: [4, 3], progress: [4, 3], trend: [8, 4], map: [8, 6], table: [8, 4], board: [8, 4] }

type Keyed = Record<string, unknown>
const plain = (d: object): Keyed => d as Keyed

/** The keys of a tile beside the common ones, in order; a trend of several indicators has them in the one's place. */
export function keys(t: Pick<TileDraft, 'kind' | 'indicators'>): { key: string; must: boolean }[] {
  return keysOf[t.kind].map(k => ({ key: k.replace('*', ''), must: k.endsWith('*') }))
    .map(k => (t.kind === 'trend' && k.key === 'indicator' && t.indicators ? { ...k, key: 'indicators' } : k))
}

/** What the API tells of a cockpit as a draft; `watched` are the indicators that alerts list when nothing is said. */
export function draftOf(c: Cockpit, watched: readonly string[]): Draft {
  const { id, name, name_en, kind, area, parent } = c
  const same = (list: readonly string[] | undefined) => list?.length === watched.length && list.every(i => watched.includes(i))
  const tiles = c.tiles.map(d => {
    const wanted = [...common, ...keys(d).map(k => k.key)]
    const t = plain({ ...d })
    for (const k of Object.keys(t)) if (!wanted.includes(k) || t[k] === '' || t[k] === null) Reflect.deleteProperty(t, k)
    if (t.area === area) Reflect.deleteProperty(t, 'area')
    if (d.kind === 'alerts' && same(d.indicators)) Reflect.deleteProperty(t, 'indicators')
    return t as unknown as TileDraft
  })
  return { id, name, name_en, kind, area, parent, tiles }
}

/** A tile with other keys; what is empty is absent, what the kind doesn't have goes. */
export function changed(t: TileDraft, change: Keyed): TileDraft {
  const next: Keyed = { ...plain(t), ...change }
  const wanted = [...common, ...keys(next as unknown as TileDraft).map(k => k.key)]
  const kept = Object.entries(next).filter(([k, v]) => wanted.includes(k) && v !== undefined && v !== '' && !(Array.isArray(v) && v.length === 0))
  return Object.fromEntries(kept) as unknown as TileDraft
}

export function replaced(d: Draft, id: string, tile: TileDraft | null): Draft {
  return { ...d, tiles: d.tiles.flatMap(t => (t.id === id ? (tile ? [tile] : []) : [t])) }
}

export const overlaps = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

/** True where a box lies on the grid and on no other tile. */
export function fits(tiles: readonly TileDraft[], box: Box, but = ''): boolean {
  const on = box.x >= 0 && box.y >= 0 && box.w >= 1 && box.h >= 1 && box.x + box.w <= grid.columns && box.y + box.h <= grid.rows
  return on && !tiles.some(t => t.id !== but && overlaps(t, box))
}

/** The first place for a box, smaller when there is none so large; null: the grid is full. */
export function placeFor(tiles: readonly TileDraft[], w: number, h: number): Box | null {
  const places = Array.from({ length: grid.columns * grid.rows }, (_, i) => ({ x: i % grid.columns, y: Math.floor(i / grid.columns) }))
  for (let [bw, bh] = [w, h]; bw >= 1 && bh >= 1; bw > bh ? bw-- : bh--) {
    const at = places.find(p => fits(tiles, { ...p, w: bw, h: bh }))
    if (at) return { ...at, w: bw, h: bh }
  }
  return null
}

/** A draft with one tile more; null: there is no room. */
export function added(d: Draft, kind: TileKind): { draft: Draft; id: string } | null {
  const box = placeFor(d.tiles, ...(sizes[kind] ?? [6, 4]))
  if (!box) return null
  let n = 1
  while (d.tiles.some(t => t.id === `${kind}-${n}`)) n++
  const id = `${kind}-${n}`
  return { draft: { ...d, tiles: [...d.tiles, { id, kind, ...box }] }, id }
}

export interface Fault { pointer: string; detail: string }

/** What this page sees by itself: keys that must be there and aren't. */
export function lacking(d: Draft, word: string): Fault[] {
  return d.tiles.flatMap((t, i) => keys(t).flatMap(({ key, must }) => {
    const v = plain(t)[key]
    return must && (v === undefined || v === '' || (Array.isArray(v) && v.length === 0)) ? [{ pointer: `/tiles/${i}/${key}`, detail: word }] : []
  }))
}

/** Which tile and which key a fault is about; index -1: the cockpit itself. */
export function about(f: Fault): { index: number; key: string } {
  const [, place, key] = /^\/tiles\/(\d+)(?:\/(.*))?$/u.exec(f.pointer) ?? []
  return place === undefined ? { index: -1, key: f.pointer.slice(1) } : { index: Number(place), key: key ?? '' }
}

function value(v: unknown): string {
  if (Array.isArray(v)) return `[${v.map(value).join(', ')}]`
  return typeof v === 'string' ? JSON.stringify(v) : String(v)
}

/** The cockpit's file. */
export function toml(d: Draft): string {
  const lines = (o: object) => Object.entries(o).filter(([, v]) => v !== undefined && v !== '').map(([k, v]) => `${k} = ${value(v)}\n`).join('')
  const { tiles, ...head } = d
  return lines(head) + tiles.map(t => `\n[[tile]]\n${lines(t)}`).join('')
}

// One tile of each kind in each status, with figures that never change.
import type { TileDefinition, TileKind } from '../api/definitions'
import type { Item, Level, SparkPoint, Status, Tile } from '../live/tile'
import { kitchens, now, streetIds } from './district'

/** What a story shows: the statuses of a tile, and the marks that add to any of them. */
export const conditions = ['normal', 'warn', 'alarm', 'stale', 'suppressed', 'empty', 'partial', 'disputed', 'demo', 'drill', 'long', 'negative'] as const
export type Condition = (typeof conditions)[number]

const minute = 60_000
const step = 24 * minute

/** A day's curve that looks the same every time: a sum of two waves, with a gap where data was missing. */
export function curve(level: number, swing: number, phase: number, gap = false): SparkPoint[] {
  return Array.from({ length: 60 }, (_, i): SparkPoint => {
    const wave = Math.sin(i / 7 + phase) * 0.6 + Math.sin(i / 2.3 + phase * 3) * 0.3 + Math.sin(i * 1.7 + phase) * 0.1
    const v = Math.round((level + swing * wave) * 1000) / 1000
    return [now - (59 - i) * step, gap && i > 30 && i < 36 ? null : v]
  })
}

const base: Omit<Tile, 'id'> = {
  value: 96.32, level: 'normal', status: 'normal', since: now - 192 * minute, as_of: now - minute, counts_from: null, parts: [3190, 3312],
  coverage: { fresh: 8, expected: 8, silent: [] }, disputed: null, change: { value: 0.31, over: 'month' }, spark: curve(96.3, 1.1, 1), items: null,
}

function levelOf(c: Condition): Level {
  return c === 'warn' || c === 'alarm' ? c : 'normal'
}
function statusFor(c: Condition): Status {
  return c === 'warn' || c === 'alarm' || c === 'stale' || c === 'suppressed' || c === 'empty' ? c : 'normal'
}

/** The parts of a state that depend on the condition alone. */
function state(c: Condition): Omit<Tile, 'id'> {
  const t = { ...base, level: levelOf(c), status: statusFor(c) }
  const value = { warn: 93.07, alarm: 88.41, long: 99.99 }[c as string] ?? t.value
  const shift = { warn: 93.6, alarm: 89.5 }[c as string] ?? 96.3
  const out: Omit<Tile, 'id'> = { ...t, value, spark: [...curve(shift, 1.1, 1).slice(0, 59), [now, value]], change: { value: c === 'warn' ? -2.94 : c === 'alarm' ? -7.6 : 0.31, over: 'month' } }
  if (c === 'alarm') return { ...out, since: now - 11 * minute }
  if (c === 'stale') return { ...out, as_of: now - 26 * minute, coverage: { fresh: 0, expected: 8, silent: ['shiqiao'] } }
  if (c === 'suppressed') return { ...out, value: null, level: null, parts: null, change: null, spark: null }
  if (c === 'empty') return { ...out, value: null, level: null, parts: null, change: null, spark: null, as_of: null, since: null, coverage: null }
  if (c === 'partial') return { ...out, coverage: { fresh: 7, expected: 8, silent: ['shiqiao'] } }
  if (c === 'disputed') return { ...out, disputed: { points: 1, values: [{ source: '智慧安监', value: 96.32, at: now - minute }, { source: '应急局', value: 95.87, at: now - 2 * minute }] } }
  return out
}

const rates = [91.26, 95.4, 97.1, 96.3, 98.8, 98.0, 99.1, 97.3]
const counts = [9, 6, 4, 3, 3, 2, 1, 0]

function itemStatus(c: Condition, i: number): { status: Status; level: Level } {
  if (c === 'stale' || c === 'suppressed' || c === 'empty') return i === 7 || c !== 'stale' ? { status: c, level: c === 'stale' ? 'normal' : null } : { status: 'normal', level: 'normal' }
  if (i === 0 && (c === 'warn' || c === 'alarm')) return { status: c, level: c }
  return { status: 'normal', level: 'normal' }
}
const gone = (s: Status) => s === 'suppressed' || s === 'empty'

function rows(c: Condition, values: readonly number[]): Item[] {
  return streetIds.map((id, i) => {
    const s = itemStatus(c, i)
    const v = values[i] ?? 0
    const value = c === 'negative' && i % 2 === 0 ? -v : c === 'long' && i === 0 ? 123_456_789_012 : i === 0 && c !== 'warn' && c !== 'alarm' ? Math.max(v, values[1] ?? 0) : v
    return { id, value: gone(s.status) ? null : value, ...s, rank: i + 1, coverage: null }
  })
}

function board(c: Condition): Item[] {
  return kitchens.points.map((p, i) => {
    const hit = i === 10
    const s = hit && (c === 'warn' || c === 'alarm' || c === 'stale' || c === 'suppressed' || c === 'empty') ? (c as Status) : 'normal'
    const devices = 2 + ((i * 7) % 3)
    return { id: p.point, value: gone(s) ? null : hit && c !== 'normal' ? 1 : i % 6 === 2 ? 2 : 0, level: s === 'warn' || s === 'alarm' ? s : 'normal', status: s, as_of: now - (s === 'stale' ? 90 : 1) * minute, cells: { m: 0, on: i === 12 ? devices - 1 : devices, devices } }
  })
}

function table(c: Condition): Item[] {
  return streetIds.map((id, i) => {
    const s = itemStatus(c, i)
    const empty = gone(s.status)
    return { id, cells: { rate: { value: empty ? null : rates[i] ?? 0, ...s }, overdue: { value: empty ? null : counts[i] ?? 0, level: 'normal', status: empty ? s.status : 'normal' }, events: { value: c === 'long' ? 123_456_789_012 : 40 + i * 13, level: null, status: 'normal' } } }
  })
}

function alerts(c: Condition): Item[] {
  const one = (indicator: string, area: string, level: Level, value: number, ago: number): Item => ({ id: `${indicator}/${area}`, indicator, area, level, value, since: now - ago * minute })
  const warns = [one('rate', 'shiqiao', 'warn', 91.26, 207), one('overdue', 'district', 'warn', 28, 52)]
  if (c === 'warn') return warns
  if (c === 'alarm') return [one('events', 'dongxin', 'alarm', 3, 11), ...warns]
  if (c === 'long') return streetIds.flatMap((id, i) => [one('rate', id, i < 2 ? 'alarm' : 'warn', 88 + i / 3, 10 * i + 3), one('net', id, 'warn', -123_456_789_012, 7 * i + 1)])
  return []
}

/** A story: what is defined and what is the case. */
export interface Story {
  readonly definition: TileDefinition
  readonly tile: Tile
}

const sizes: Record<TileKind, readonly [number, number]> = { stat: [4, 3], trend: [5, 4], progress: [5, 3], ranking: [5, 6], breakdown: [7, 4], table: [10, 6], board: [18, 9], map: [9, 10], alerts: [8, 4], feed: [7, 3], command: [4, 3], video: [5, 4] }

/** The tile of a kind in a condition; `size` overrides columns and rows. */
export function story(kind: TileKind, c: Condition, size: readonly [number, number] = sizes[kind]): Story {
  const [w, h] = size
  const long = c === 'long'
  const indicator = { suppressed: 'observed', negative: 'net', long: 'net' }[c as string] ?? (kind === 'ranking' ? 'overdue' : 'rate')
  const definition: TileDefinition = { id: `${kind}-${c}`, kind, title: titleOf(kind, c), title_en: long ? 'A title that is far too long for this tile and for any other' : titleEn[kind], x: 0, y: 0, w, h, area: 'district', indicator }
  const s = state(c)
  const single: Tile = { id: definition.id, ...s, ...(c === 'negative' ? { value: -1284.5, level: null, parts: null } : {}), ...(long ? { value: 123_456_789_012.34, level: null, parts: null } : {}) }
  const list: Tile = { ...single, spark: null, change: null, parts: null }
  switch (kind) {
    case 'trend':
    case 'stat':
      return { definition, tile: single }
    case 'progress':
      return { definition: { ...definition, target: 95 }, tile: { ...single, target: 95, spark: null, change: null } }
    case 'ranking':
      return { definition: { ...definition, of: 'street' }, tile: { ...list, value: gone(s.status) ? null : 28, items: c === 'empty' ? [] : rows(c, counts) } }
    case 'map':
      return { definition: { ...definition, of: 'street' }, tile: { ...list, items: rows(c, rates) } }
    case 'breakdown':
      return { definition: { ...definition, indicator: undefined, indicators: ['grid', 'hotline', 'iot', 'dept', 'volunteers'] }, tile: { ...list, value: null, items: ['grid', 'hotline', 'iot', 'dept', 'volunteers'].map((id, i) => ({ id, ...itemStatus(c, i === 4 ? 7 : i), value: gone(itemStatus(c, i === 4 ? 7 : i).status) ? null : c === 'long' ? 123_456_789_012 : [512, 338, 241, 117, 76][i] ?? 0 })) } }
    case 'table':
      return { definition: { ...definition, indicator: undefined, indicators: ['rate', 'overdue', 'events'], of: 'street' }, tile: { ...list, items: table(c) } }
    case 'board':
      return { definition: { ...definition, indicator: undefined, list: 'kitchens', measures: ['m', 'on', 'devices'] }, tile: { ...list, coverage: { fresh: 34, expected: 35, silent: [] }, items: board(c) } }
    case 'alerts': {
      const items = alerts(c)
      return { definition: { ...definition, indicator: undefined }, tile: { ...list, value: items.length, items } }
    }
    default:
      return { definition: { ...definition, indicator: undefined }, tile: { ...list, status: 'normal', value: null, coverage: null, items: [] } }
  }
}

const titles: Record<TileKind, string> = { stat: '按期处置率', trend: '按期处置率', progress: '按期处置率', ranking: '超期未结', breakdown: '事件来源', table: '街道对照', board: '35 家后厨', map: '按期处置率', alerts: '现在不正常', feed: '最近的事', command: '一键指挥', video: 'B04 后厨 1 号机' }
const titleEn: Record<TileKind, string> = { stat: 'Handled on time', trend: 'Handled on time', progress: 'Handled on time', ranking: 'Overdue', breakdown: 'Where events come from', table: 'Streets compared', board: '35 kitchens', map: 'Handled on time', alerts: 'Not normal now', feed: 'Latest', command: 'Command', video: 'Kitchen B04' }
function titleOf(kind: TileKind, c: Condition): string {
  return c === 'long' ? '一个长得任何格子都放不下的标题文字' : c === 'suppressed' && kind === 'stat' ? '居家观察' : titles[kind]
}

/** A table of neutral figures of one unit: drawn as heat. */
export function heat(): Story {
  const ids = ['heat0', 'heat1', 'heat2', 'heat3']
  const cell = (i: number, j: number) => {
    const v = (i * 7 + j * 11) % 31
    return v > 0 && v < 5 ? { value: null, level: null, status: 'suppressed' as const } : { value: v, level: null, status: 'normal' as const }
  }
  return {
    definition: { ...story('table', 'normal').definition, id: 'table-heat', title: '街道 × 月', title_en: 'Streets × months', indicators: ids },
    tile: { ...story('table', 'normal').tile, id: 'table-heat', items: streetIds.map((id, i) => ({ id, cells: Object.fromEntries(ids.map((h, j) => [h, cell(i, j)])) })) },
  }
}

/** Three lines and one with a gap. */
export function lines(): Story {
  const one = story('trend', 'normal', [10, 5])
  return {
    definition: { ...one.definition, id: 'trend-lines', indicator: 'rate', of: 'street' },
    tile: { ...one.tile, id: 'trend-lines', spark: null, items: streetIds.slice(0, 4).map((id, i) => ({ id, value: rates[i] ?? 0, level: i === 0 ? 'warn' : 'normal', status: i === 0 ? 'warn' : 'normal', spark: curve(rates[i] ?? 95, 0.8, i, i === 1) })) },
  }
}

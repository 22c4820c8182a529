// What is wrong in a street now, gathered from what its tiles say: each figure once, worst first, longest first.
import type { TileDefinition } from '../api/definitions'
import { wordsOf } from '../cockpit/explain'
import type { Cell, Item, Level, Status, Tile } from '../live/tile'
import { statusOf } from '../tiles/status'

export interface Wrong {
  /** indicator@area */
  readonly key: string
  readonly indicator: string
  readonly area: string
  /** tile that says so; empty: one of another cockpit */
  readonly tile: string
  /** cockpit that says so, where it isn't this one */
  readonly cockpit: string
  readonly status: 'alarm' | 'warn' | 'stale'
  readonly level: Level
  readonly value: number | null
  readonly since: number | null
  readonly asOf: number | null
}

interface Seen { indicator: string; area: string; status: Status; level: Level; value: number | null; since: number | null; asOf: number | null }

/** What one tile says of indicators at areas. */
export function figuresOf(d: TileDefinition, t: Tile): Seen[] {
  if (d.kind === 'alerts') return (t.items ?? []).flatMap(ofAlert)
  const out: Seen[] = []
  if (d.indicator && (d.kind === 'stat' || d.kind === 'progress' || d.kind === 'trend')) out.push({ indicator: d.indicator, area: d.area, status: t.status, level: t.level, value: t.value, since: t.since, asOf: t.as_of })
  for (const item of t.items ?? []) out.push(...ofItem(d, item))
  return out
}

function ofAlert(i: Item): Seen[] {
  if (!i.indicator || !i.area || (i.level !== 'alarm' && i.level !== 'warn')) return []
  return [{ indicator: i.indicator, area: i.area, status: i.level, level: i.level, value: i.value ?? null, since: i.since ?? null, asOf: null }]
}

function ofItem(d: TileDefinition, i: Item): Seen[] {
  const rest = { status: statusOf(i), level: i.level ?? null, value: i.value ?? null, since: i.since ?? null, asOf: i.as_of ?? null }
  switch (d.kind) {
    case 'ranking': case 'map':
      return d.indicator ? [{ indicator: d.indicator, area: i.id, ...rest }] : []
    case 'trend':
      return d.of && d.indicator ? [{ indicator: d.indicator, area: i.id, ...rest }] : d.indicators?.includes(i.id) ? [{ indicator: i.id, area: d.area, ...rest }] : []
    case 'breakdown':
      return [{ indicator: i.id, area: d.area, ...rest }]
    case 'table':
      return Object.entries(i.cells ?? {}).flatMap(([indicator, c]) => ofCell(indicator, i.id, c))
    default:
      return []
  }
}

function ofCell(indicator: string, area: string, cell: Cell | number | null): Seen[] {
  if (typeof cell !== 'object' || cell === null) return []
  return [{ indicator, area, status: statusOf(cell), level: cell.level ?? null, value: cell.value, since: null, asOf: null }]
}

export interface Source {
  readonly cockpit: string
  readonly definition: TileDefinition
  readonly tile: Tile
}

const rank = { alarm: 0, warn: 1, stale: 2 } as const

/** Everything that is not as it should be under an area; `mine` names the page's own cockpit. */
export function gather(sources: readonly Source[], mine: string, under: (area: string) => boolean): Wrong[] {
  const found = new Map<string, Wrong>()
  for (const { cockpit, definition, tile } of sources) {
    for (const f of figuresOf(definition, tile)) {
      if (!under(f.area) || (f.status !== 'alarm' && f.status !== 'warn' && f.status !== 'stale')) continue
      const key = wordsOf(f)
      found.set(key, joined(found.get(key), { key, ...f, status: f.status, tile: cockpit === mine ? definition.id : '', cockpit: cockpit === mine ? '' : cockpit }))
    }
  }
  return [...found.values()].sort((a, b) => rank[a.status] - rank[b.status] || (a.since ?? Infinity) - (b.since ?? Infinity) || (a.key < b.key ? -1 : 1))
}

/** Two tiles about one figure: the street's own words first, and what either knows. */
function joined(old: Wrong | undefined, next: Wrong): Wrong {
  if (!old) return next
  const [first, second] = old.tile !== '' || next.tile === '' ? [old, next] : [next, old]
  return { ...first, since: first.since ?? second.since, asOf: first.asOf ?? second.asOf, value: first.value ?? second.value }
}

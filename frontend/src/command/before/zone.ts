// A zone while it is drawn: one of five ways, each remembered while another is tried; and who lies in it, for the eye alone.
import type { Home, LonLat, Plan, Zone } from './model'

export type Tool = 'prepared' | 'polygon' | 'circle' | 'buildings' | 'areas'

export interface Draft {
  readonly tool: Tool
  readonly prepared: string
  readonly polygon: readonly LonLat[]
  readonly centre: LonLat | null
  readonly radius: number
  readonly buildings: readonly string[]
  readonly areas: readonly string[]
}

export const blank: Draft = { tool: 'prepared', prepared: '', polygon: [], centre: null, radius: 100, buildings: [], areas: [] }

/** What is sent of a draft; null while it isn't one yet. */
export function zoneOf(d: Draft, plan: Plan | null): Zone | null {
  switch (d.tool) {
    case 'prepared': {
      const z = plan?.zones?.find(x => x.id === d.prepared)
      return z?.areas?.length ? { areas: z.areas } : z?.polygon?.length ? { polygon: z.polygon } : null
    }
    case 'polygon':
      return d.polygon.length >= 3 ? { polygon: d.polygon } : null
    case 'circle':
      return d.centre ? { circle: { centre: d.centre, radius_m: d.radius } } : null
    case 'buildings':
      return d.buildings.length > 0 ? { buildings: [...d.buildings].sort() } : null
    case 'areas':
      return d.areas.length > 0 ? { areas: [...d.areas].sort() } : null
  }
}

/** Put in, or taken out. */
export function toggled(list: readonly string[], id: string): readonly string[] {
  return list.includes(id) ? list.filter(x => x !== id) : [...list, id]
}

/** A building with all its households, where its doors are. */
export interface Building {
  readonly key: string
  readonly name: string
  readonly estate: string
  readonly area: string
  readonly homes: number
  readonly units: readonly string[]
  readonly west: number
  readonly east: number
  readonly lat: number
  readonly middle: LonLat
}

/** Buildings of households; those of which no place is known are left out. */
export function buildingsOf(homes: readonly Home[]): Building[] {
  const all = new Map<string, Home[]>()
  for (const h of homes) {
    const key = `${h.estate}/${h.building}`
    all.set(key, [...(all.get(key) ?? []), h])
  }
  return [...all].flatMap(([key, list]) => {
    const placed = list.filter(h => h.placed)
    const [first] = placed
    if (!first) return []
    const lons = placed.map(h => h.lon)
    const [west, east] = [Math.min(...lons), Math.max(...lons)]
    const lat = placed.reduce((n, h) => n + h.lat, 0) / placed.length
    return [{ key, name: first.building, estate: first.estate, area: first.area, homes: list.length, units: [...new Set(list.map(h => h.unit))], west, east, lat, middle: [(west + east) / 2, lat] as const }]
  })
}

const metre = 111_320 // of a degree of latitude

export function apart(a: LonLat, b: LonLat): number {
  return Math.hypot((a[0] - b[0]) * Math.cos((a[1] * Math.PI) / 180), a[1] - b[1]) * metre
}

/** A place so many metres east and north of another. */
export function beside(from: LonLat, east: number, north: number): LonLat {
  return [from[0] + east / (metre * Math.cos((from[1] * Math.PI) / 180)), from[1] + north / metre]
}

export function inPolygon(ring: readonly LonLat[], [x, y]: LonLat): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = [ring[i], ring[j]]
    if (a && b && (a[1] > y) !== (b[1] > y) && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside
  }
  return inside
}

/** Whether a building lies in a zone; `up` names an area and those above it. The server alone decides of households. */
export function holds(zone: Zone, b: Building, up: (area: string) => readonly string[]): boolean {
  if (zone.areas) return up(b.area).some(a => zone.areas?.includes(a))
  if (zone.polygon) return inPolygon(zone.polygon, b.middle)
  if (zone.circle) return apart(zone.circle.centre, b.middle) <= zone.circle.radius_m
  return zone.buildings?.includes(b.key) ?? false
}

/** The rings around what must leave: who gets ready, who is told; drawn from the middle of the red. */
export interface Rings {
  readonly centre: LonLat
  readonly yellow: number
  readonly blue: number
  readonly red: number
  readonly ready: number
  readonly told: number
}
/** Metres of a ring beyond the one before it. */
const step = 80

export function ringsOf(zone: Zone, inside: readonly Building[], all: readonly Building[]): Rings | null {
  const [first] = inside
  const centre = zone.circle?.centre ?? (first ? middleOf(inside) : null)
  if (!centre) return null
  const red = zone.circle?.radius_m ?? Math.max(...inside.map(b => apart(centre, b.middle))) + 20
  const within = (r: number) => all.reduce((n, b) => n + (!inside.includes(b) && apart(centre, b.middle) <= r ? b.homes : 0), 0)
  const ready = within(red + step)
  return { centre, red, yellow: red + step, blue: red + 2 * step, ready, told: within(red + 2 * step) - ready }
}

function middleOf(list: readonly Building[]): LonLat {
  const xs = list.map(b => b.middle[0])
  const ys = list.map(b => b.middle[1])
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2]
}

// Web Mercator's square, and a view of it: a middle, and how close it is.

/** A place in the square: 0 to 1 from west to east and from north to south. */
export interface Spot {
  readonly x: number
  readonly y: number
}

/** Longitude and latitude of two opposite corners. */
export type Bounds = readonly [west: number, south: number, east: number, north: number]

/** What is looked at. At zoom 0 the square is 512 CSS pixels wide, at each further zoom twice as much. */
export interface View extends Spot {
  readonly zoom: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export const tileSize = 512
export const closest = 19
const mostLat = 85.05112877980659

export function spotOf(lon: number, lat: number): Spot {
  const rad = (Math.max(-mostLat, Math.min(mostLat, lat)) * Math.PI) / 180
  return { x: (lon + 180) / 360, y: (1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2 }
}

export function placeOf(s: Spot): readonly [lon: number, lat: number] {
  return [s.x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * s.y))) * 180) / Math.PI]
}

/** CSS pixels that the whole square is wide. */
export const widthAt = (zoom: number): number => tileSize * 2 ** zoom

export function toScreen(v: View, size: Size, s: Spot): readonly [x: number, y: number] {
  const w = widthAt(v.zoom)
  return [(s.x - v.x) * w + size.width / 2, (s.y - v.y) * w + size.height / 2]
}

export function fromScreen(v: View, size: Size, x: number, y: number): Spot {
  const w = widthAt(v.zoom)
  return { x: v.x + (x - size.width / 2) / w, y: v.y + (y - size.height / 2) / w }
}

/** The view that shows all of the bounds, as close as the margin allows; of one place at most this close. */
export function fit(b: Bounds, size: Size, margin: number, most = closest): View {
  const nw = spotOf(b[0], b[3])
  const se = spotOf(b[2], b[1])
  const room = (n: number) => Math.max(32, n - 2 * margin) / tileSize
  const zoom = Math.log2(Math.min(room(size.width) / Math.max(se.x - nw.x, 1e-12), room(size.height) / Math.max(se.y - nw.y, 1e-12)))
  return { x: (nw.x + se.x) / 2, y: (nw.y + se.y) / 2, zoom: Math.min(zoom, most) }
}

/** The view after a drag by so many pixels. */
export function dragged(v: View, dx: number, dy: number): View {
  const w = widthAt(v.zoom)
  return { ...v, x: v.x - dx / w, y: v.y - dy / w }
}

/** Closer or farther, with the place under the pointer held still. */
export function zoomed(v: View, size: Size, by: number, x: number, y: number, least: number): View {
  const zoom = Math.max(least, Math.min(closest, v.zoom + by))
  const under = fromScreen(v, size, x, y)
  const w = widthAt(zoom)
  return { zoom, x: under.x - (x - size.width / 2) / w, y: under.y - (y - size.height / 2) / w }
}

/** The view moved so that its middle stays within the bounds. */
export function held(v: View, b: Bounds): View {
  const nw = spotOf(b[0], b[3])
  const se = spotOf(b[2], b[1])
  return { ...v, x: Math.max(nw.x, Math.min(se.x, v.x)), y: Math.max(nw.y, Math.min(se.y, v.y)) }
}

type Positions = readonly number[] | readonly Positions[]

function widen(b: [number, number, number, number], p: Positions): void {
  const [first, second] = p
  if (typeof first !== 'number') {
    for (const q of p as readonly Positions[]) widen(b, q)
    return
  }
  const lat = typeof second === 'number' ? second : 0
  b[0] = Math.min(b[0], first)
  b[1] = Math.min(b[1], lat)
  b[2] = Math.max(b[2], first)
  b[3] = Math.max(b[3], lat)
}

/** What holds all of these geometries; null without any. */
export function boundsOf(geometries: readonly GeoJSON.Geometry[]): Bounds | null {
  const b: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const g of geometries) if (g.type !== 'GeometryCollection') widen(b, g.coordinates)
  return b[0] <= b[2] ? b : null
}

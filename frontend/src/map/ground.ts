// Outlines made ready for the canvas: one path an area, once, in the square of Mercator blown up so that numbers stay exact.
import { anchorOf } from '../charts/outline'
import type { Outlines } from '../api/definitions'
import { spotOf, type Spot, type View, type Size, widthAt } from './mercator'

/** An area on the plane of the ground. */
export interface Patch {
  readonly id: string
  /** null: an area without an outline, a disc at its place */
  readonly path: Path2D | null
  /** where its name stands, in units of the ground */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** All that is drawn of areas; a unit is a pixel at `zoom`, counted from `origin`. */
export interface Ground {
  readonly origin: Spot
  readonly zoom: number
  readonly patches: readonly Patch[]
  readonly shore: Path2D | null
}

type Ring = readonly (readonly number[])[]
const groundZoom = 14

function ringsOf(g: GeoJSON.Geometry): Ring[] {
  if (g.type === 'Polygon') return g.coordinates
  return g.type === 'MultiPolygon' ? g.coordinates.flat() : []
}

const extent = (ring: Ring) => {
  const xs = ring.map(p => p[0] ?? 0)
  const ys = ring.map(p => p[1] ?? 0)
  return { width: Math.max(...xs) - Math.min(...xs), height: Math.max(...ys) - Math.min(...ys) }
}

/** Makes the ground of outlines whose first is the area over the others. */
export function groundOf(outlines: Outlines, top: string): Ground {
  const first = outlines.features[0]?.geometry
  const origin = first ? startOf(first) : { x: 0.5, y: 0.5 }
  const w = widthAt(groundZoom)
  const unit = (p: readonly number[]): [number, number] => {
    const s = spotOf(p[0] ?? 0, p[1] ?? 0)
    return [(s.x - origin.x) * w, (s.y - origin.y) * w]
  }
  const draw = (path: Path2D, rings: readonly Ring[]) => {
    for (const ring of rings) {
      ring.forEach((p, i) => { if (i === 0) path.moveTo(...(p as [number, number])); else path.lineTo(...(p as [number, number])) })
      path.closePath()
    }
    return path
  }
  const all = outlines.features.map(f => ({ id: f.id, geometry: f.geometry, rings: ringsOf(f.geometry).map(r => r.map(unit)) }))
  const own = all.find(f => f.id === top && f.rings.length > 0)
  const below = all.filter(f => f.id !== top)
  const coast = own ? [own] : below
  const patches = below.map((f): Patch => {
    if (f.geometry.type === 'Point') {
      const [x, y] = unit(f.geometry.coordinates)
      return { id: f.id, path: null, x, y, width: 0, height: 0 }
    }
    const largest = f.rings.reduce((a, b) => (extent(a).width * extent(a).height >= extent(b).width * extent(b).height ? a : b), [[0, 0]] as [number, number][])
    const spot = anchorOf(largest)
    return { id: f.id, path: draw(new Path2D(), f.rings), x: spot.x, y: spot.y, width: spot.width, height: extent(largest).height }
  })
  const shore = coast.some(f => f.rings.length > 0) ? draw(new Path2D(), coast.flatMap(f => f.rings)) : null
  return { origin, zoom: groundZoom, patches, shore }
}

function startOf(g: GeoJSON.Geometry): Spot {
  let p: unknown = g.type === 'GeometryCollection' ? [0, 0] : g.coordinates
  while (Array.isArray(p) && Array.isArray(p[0])) p = p[0]
  const [lon = 0, lat = 0] = p as number[]
  return spotOf(lon, lat)
}

/** From the ground to the screen: times the scale, plus the offset. */
export function placing(ground: Ground, view: View, size: Size): { scale: number; dx: number; dy: number } {
  const w = widthAt(view.zoom)
  return {
    scale: 2 ** (view.zoom - ground.zoom),
    dx: (ground.origin.x - view.x) * w + size.width / 2,
    dy: (ground.origin.y - view.y) * w + size.height / 2,
  }
}

// Outlines of a map made ready for drawing: one path an area, once; a place for its name; the shore.
import type { Outlines } from '../api/definitions'
import { fit, ringsOf, type Project } from './mercator'

/** Where the drawing may stand inside its box. */
export interface Inset {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** An area on the screen. */
export interface Shape {
  readonly id: string
  readonly path: Path2D | null
  readonly x: number
  readonly y: number
  /** room for words at the anchor */
  readonly width: number
  readonly height: number
}

/** Everything of a map that changes only with its size. */
export interface Drawing {
  readonly shapes: readonly Shape[]
  readonly shore: Path2D | null
  readonly project: Project
}

type Ring = number[][]

function area2(ring: Ring): number {
  let sum = 0
  for (let i = 0; i < ring.length; i++) {
    const [x0 = 0, y0 = 0] = ring[i] ?? []
    const [x1 = 0, y1 = 0] = ring[(i + 1) % ring.length] ?? []
    sum += x0 * y1 - x1 * y0
  }
  return sum
}

/** Outer rings clockwise, holes the other way round: files have them as RFC 7946 says, some painters want the opposite. */
export function rewind(g: GeoJSON.Geometry): GeoJSON.Geometry {
  const turn = (rings: Ring[]): Ring[] => rings.map((r, i) => ((area2(r) > 0) === (i === 0) ? [...r].reverse() : r))
  if (g.type === 'Polygon') return { ...g, coordinates: turn(g.coordinates) }
  if (g.type === 'MultiPolygon') return { ...g, coordinates: g.coordinates.map(turn) }
  return g
}

/** Middle of the widest horizontal stretch near the centre of a ring: where words stand best. */
export function anchorOf(ring: readonly (readonly number[])[]): { x: number; y: number; width: number } {
  const ys = ring.map(p => p[1] ?? 0)
  const top = Math.min(...ys)
  const bottom = Math.max(...ys)
  let best = { x: ring[0]?.[0] ?? 0, y: (top + bottom) / 2, width: 0 }
  let most = -1
  for (let k = 1; k < 12; k++) {
    const y = top + ((bottom - top) * k) / 12
    const cuts: number[] = []
    ring.forEach((p, i) => {
      const q = ring[(i + 1) % ring.length] ?? p
      const [x0 = 0, y0 = 0] = p
      const [x1 = 0, y1 = 0] = q
      if (y0 > y !== y1 > y) cuts.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0))
    })
    cuts.sort((a, b) => a - b)
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const [a = 0, b = 0] = [cuts[i], cuts[i + 1]]
      const score = (b - a) * (1 - Math.abs(k - 6) / 12)
      if (score > most) {
        most = score
        best = { x: (a + b) / 2, y, width: b - a }
      }
    }
  }
  return best
}

/** Fits the outlines into the box and makes their paths. */
export function outline(outlines: Outlines, area: string, width: number, height: number, inset: Inset): Drawing {
  const own = outlines.features.find(f => f.id === area && f.geometry.type !== 'Point')
  const below = outlines.features.filter(f => f.id !== area)
  const project = fit((own ? [own] : outlines.features).map(f => f.geometry), width, height, inset)
  const shapes = below.map((f): Shape => {
    if (f.geometry.type === 'Point') {
      const [x, y] = project(f.geometry.coordinates)
      return { id: f.id, path: null, x, y, width: 0, height: 0 }
    }
    const corners = ringsOf(f.geometry).flat().map(project)
    const extent = (k: 0 | 1) => Math.max(...corners.map(c => c[k])) - Math.min(...corners.map(c => c[k]))
    const spot = anchorOf(largestRing(f.geometry).map(project))
    return { id: f.id, path: pathOf([f.geometry], project), x: spot.x, y: spot.y, width: Math.min(spot.width, extent(0)), height: extent(1) }
  })
  const shoreOf = own ? [own] : below.filter(f => f.geometry.type !== 'Point')
  return { shapes, shore: shoreOf.length > 0 ? pathOf(shoreOf.map(f => f.geometry), project) : null, project }
}

function pathOf(geometries: readonly GeoJSON.Geometry[], project: Project): Path2D {
  const path = new Path2D()
  for (const ring of geometries.flatMap(ringsOf)) {
    ring.forEach((place, i) => {
      const [x, y] = project(place)
      if (i === 0) path.moveTo(x, y)
      else path.lineTo(x, y)
    })
    path.closePath()
  }
  return path
}

function largestRing(g: GeoJSON.Geometry): Ring {
  if (g.type === 'Polygon') return g.coordinates[0] ?? []
  if (g.type !== 'MultiPolygon') return []
  return g.coordinates.map(p => p[0] ?? []).reduce((a, b) => (Math.abs(area2(a)) >= Math.abs(area2(b)) ? a : b), [] as Ring)
}

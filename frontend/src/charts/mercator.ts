// Mercator for what fits into a tile: enough of a projection to draw a district, and no more.
import type { Inset } from './outline'

type Place = readonly number[]

/** Longitude and latitude to pixels. */
export type Project = (place: Place) => [x: number, y: number]

const north = (latitude: number) => Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360))
const east = (longitude: number) => (longitude * Math.PI) / 180

/** All positions of a geometry, ring by ring. */
export function ringsOf(g: GeoJSON.Geometry): Place[][] {
  if (g.type === 'Polygon') return g.coordinates
  if (g.type === 'MultiPolygon') return g.coordinates.flat()
  return g.type === 'Point' ? [[g.coordinates]] : []
}

/** Fits geometries into a box, as large as they get and in its middle; one single place stands in the middle. */
export function fit(geometries: readonly GeoJSON.Geometry[], width: number, height: number, inset: Inset): Project {
  let [west, south, right, top] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lon = 0, lat = 0] of geometries.flatMap(ringsOf).flat()) {
    west = Math.min(west, east(lon))
    right = Math.max(right, east(lon))
    south = Math.min(south, north(lat))
    top = Math.max(top, north(lat))
  }
  const [w, h] = [Math.max(1, width - inset.left - inset.right), Math.max(1, height - inset.top - inset.bottom)]
  const scale = Math.min(w / (right - west || 1e-9), h / (top - south || 1e-9), 1e8)
  const x0 = inset.left + (w - (right - west) * scale) / 2
  const y0 = inset.top + (h - (top - south) * scale) / 2
  return ([lon = 0, lat = 0]) => [x0 + (east(lon) - west) * scale, y0 + (top - north(lat)) * scale]
}

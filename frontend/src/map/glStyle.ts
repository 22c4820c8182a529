// The style of the MapLibre map: the same hand as on the tiles, with nothing from elsewhere. What changes by the second
// is feature-state; nothing is loaded anew for it.
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { anchorOf } from '../charts/outline'
import type { Outlines } from '../api/definitions'

type Colour = (token: string) => string
type Expr = ExpressionSpecification

const state = (key: string): Expr => ['feature-state', key]
const is = (status: string): Expr => ['==', state('status'), status]
const shown = (when: Expr): Expr => ['case', when, 1, 0]
const shores = [7, 11, 16, 22, 29, 37, 46]
const cluster: Expr = ['==', ['get', 'cluster'], true]
const single: Expr = ['!=', ['get', 'cluster'], true]
/** Pixels across, as clusterSize says. */
const across: Expr = ['+', 30, ['*', 8, ['min', 4, ['log10', ['get', 'point_count']]]]]

export const pointSource = 'points'

export function tileUrl(layers: readonly string[]): string {
  return `${location.origin}/api/v1/tiles/{z}/{x}/{y}.mvt?lists=${layers.map(encodeURIComponent).join(',')}`
}

type Ring = GeoJSON.Position[]
const turned = (r: Ring) => r.reduce((sum, [x = 0, y = 0], i) => {
  const [x2 = 0, y2 = 0] = r[(i + 1) % r.length] ?? []
  return sum + x * y2 - x2 * y
}, 0)

/** Outer rings the same way round, whatever the file has: then the sea is on their left. */
function clockwise(g: GeoJSON.Geometry): GeoJSON.Geometry {
  const turn = (rings: Ring[]): Ring[] => rings.map((r, i) => (turned(r) > 0 === (i === 0) ? [...r].reverse() : r))
  if (g.type === 'Polygon') return { ...g, coordinates: turn(g.coordinates) }
  return g.type === 'MultiPolygon' ? { ...g, coordinates: g.coordinates.map(turn) } : g
}

/** Outlines and the places of names, as sources. */
export function areaData(outlines: Outlines, top: string, nameOf: (id: string) => string): { areas: GeoJSON.FeatureCollection; names: GeoJSON.FeatureCollection; coast: GeoJSON.FeatureCollection } {
  const all = outlines.features.map(f => ({ ...f, geometry: clockwise(f.geometry) }))
  const below = all.filter(f => f.id !== top)
  const own = all.filter(f => f.id === top && f.geometry.type !== 'Point')
  const ring = (g: GeoJSON.Geometry) => (g.type === 'Polygon' ? g.coordinates[0] : g.type === 'MultiPolygon' ? g.coordinates[0]?.[0] : undefined)
  const names = below.map(f => {
    const outer = ring(f.geometry)
    const spot = outer ? anchorOf(outer) : null
    return { ...f, properties: { id: f.id, label: nameOf(f.id) }, geometry: spot ? { type: 'Point' as const, coordinates: [spot.x, spot.y] } : f.geometry }
  })
  const collect = (features: readonly unknown[]) => ({ type: 'FeatureCollection', features: [...features] }) as GeoJSON.FeatureCollection
  return { areas: collect(below), names: collect(names), coast: collect(own.length > 0 ? own : below) }
}

function areaLayers(colour: Colour): LayerSpecification[] {
  const level = (n: number) => colour(`--map-${n}`)
  const fill: Expr = ['match', ['to-number', state('level'), 0], 1, level(1), 2, level(2), 3, level(3), 4, level(4), 5, level(5), colour('--raise')]
  const marked: Expr = ['any', is('warn'), is('alarm')]
  const polygon: Expr = ['!=', ['geometry-type'], 'Point']
  return [
    ...shores.map((d, i): LayerSpecification => ({ id: `shore-${i}`, type: 'line', source: 'coast', layout: { 'line-join': 'round' }, paint: { 'line-color': level(3), 'line-offset': -d * 0.8, 'line-width': 1.2, 'line-opacity': 0.7 - (0.54 * i) / (shores.length - 1) } })),
    { id: 'areas', type: 'fill', source: 'areas', filter: polygon, paint: { 'fill-color': fill, 'fill-antialias': false } },
    { id: 'areas-stale', type: 'fill', source: 'areas', filter: polygon, paint: { 'fill-pattern': 'hatch', 'fill-opacity': shown(is('stale')) } },
    { id: 'areas-line', type: 'line', source: 'areas', filter: polygon, paint: { 'line-color': colour('--sheet'), 'line-width': 1.5 } },
    { id: 'coast', type: 'line', source: 'coast', paint: { 'line-color': level(5), 'line-width': 2 } },
    { id: 'areas-marked', type: 'line', source: 'areas', filter: polygon, layout: { 'line-join': 'round' }, paint: { 'line-color': ['case', is('alarm'), colour('--alarm'), colour('--warn')], 'line-width': 3, 'line-opacity': shown(marked) } },
    { id: 'areas-chosen', type: 'line', source: 'areas', filter: polygon, layout: { 'line-join': 'round' }, paint: { 'line-color': colour('--text-1'), 'line-width': 4, 'line-opacity': shown(['==', state('chosen'), true]) } },
    { id: 'discs', type: 'circle', source: 'areas', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': ['case', ['==', state('chosen'), true], 11, 8], 'circle-color': fill, 'circle-stroke-width': 2, 'circle-stroke-color': ['case', is('alarm'), colour('--alarm'), is('warn'), colour('--warn'), level(5)] } },
  ]
}

function pointLayers(colour: Colour, lang: 'zh' | 'en'): LayerSpecification[] {
  const of = { source: pointSource, 'source-layer': 'points' }
  const normal: Expr = ['!', ['any', is('warn'), is('alarm'), is('stale')]]
  const mark = (status: string): LayerSpecification => ({
    id: `mark-${status}`, type: 'symbol', ...of,
    layout: { 'icon-image': status, 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'icon-size': ['case', cluster, ['/', across, 44], 0.34] },
    paint: { 'icon-opacity': shown(is(status)) },
  })
  return [
    { id: 'points', type: 'circle', ...of, filter: single, paint: { 'circle-radius': 4.5, 'circle-color': colour('--sheet'), 'circle-stroke-width': 2, 'circle-stroke-color': colour('--text-1'), 'circle-opacity': shown(normal), 'circle-stroke-opacity': shown(normal) } },
    { id: 'clusters', type: 'circle', ...of, filter: cluster, paint: { 'circle-radius': ['/', across, 2], 'circle-color': colour('--sheet'), 'circle-stroke-width': 1.5, 'circle-stroke-color': colour('--text-2'), 'circle-opacity': shown(normal), 'circle-stroke-opacity': shown(normal) } },
    mark('stale'), mark('warn'), mark('alarm'),
    {
      id: 'counts', type: 'symbol', ...of, filter: cluster,
      layout: { 'text-field': ['to-string', ['get', 'point_count']], 'text-size': 14, 'text-allow-overlap': true, 'text-padding': 14 },
      paint: { 'text-color': ['case', is('alarm'), colour('--on-plate'), is('warn'), '#07121a', colour('--text-1')] },
    },
    {
      id: 'point-names', type: 'symbol', ...of, filter: single, minzoom: 16,
      layout: { 'text-field': lang === 'en' ? ['coalesce', ['get', 'name_en'], ['get', 'name']] : ['get', 'name'], 'text-size': 13, 'text-anchor': 'left', 'text-offset': [0.8, 0] },
      paint: { 'text-color': colour('--text-1'), 'text-halo-color': colour('--ink'), 'text-halo-width': 1.5 },
    },
  ]
}

/** The whole style. */
export function styleOf(outlines: Outlines, top: string, layers: readonly string[], colour: Colour, nameOf: (id: string) => string, lang: 'zh' | 'en'): StyleSpecification {
  const { areas, names, coast } = areaData(outlines, top, nameOf)
  return {
    version: 8,
    sources: {
      areas: { type: 'geojson', data: areas, promoteId: 'id', tolerance: 0.1 },
      names: { type: 'geojson', data: names, promoteId: 'id' },
      coast: { type: 'geojson', data: coast },
      [pointSource]: { type: 'vector', tiles: [tileUrl(layers)], maxzoom: 14, promoteId: 'key' },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colour('--ink') } },
      ...areaLayers(colour),
      {
        id: 'names', type: 'symbol', source: 'names',
        layout: { 'text-field': ['get', 'label'], 'text-size': 15, 'text-max-width': 6 },
        paint: { 'text-color': colour('--text-1'), 'text-halo-color': colour('--ink'), 'text-halo-width': 1.6, 'text-halo-blur': 0.4 },
      },
      ...pointLayers(colour, lang),
    ],
  }
}

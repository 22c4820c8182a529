// Painting a map on a canvas, like an old sea chart: shore lines outside, areas in steps of one hue inside.
import type { Status } from '../live/tile'
import type { Drawing, Shape } from './outline'

/** How an area looks: its class (0 without a value) and its status. */
export interface Look {
  readonly level: number
  readonly status: Status
}

/** Colours of the theme, read once per painting. */
export type Palette = (token: string) => string

const shores = [46, 37, 29, 22, 16, 11, 7]

/** Rings outside the outline, each fainter than the one before; all it takes is stroking wide and cutting out. */
export function paintShore(c: CanvasRenderingContext2D, drawing: Drawing, u: number, colour: Palette): void {
  if (!drawing.shore) return
  c.save()
  c.lineJoin = 'round'
  shores.forEach((d, i) => {
    if (!drawing.shore) return
    c.globalAlpha = 0.16 + (0.54 * i) / (shores.length - 1)
    c.strokeStyle = colour('--map-3')
    c.lineWidth = (2 * d + 1.4) * u
    c.stroke(drawing.shore)
    c.globalAlpha = 1
    c.globalCompositeOperation = 'destination-out'
    c.lineWidth = (2 * d - 1.4) * u
    c.stroke(drawing.shore)
    c.globalCompositeOperation = 'source-over'
  })
  c.globalCompositeOperation = 'destination-out'
  c.fill(drawing.shore)
  c.restore()
}

/** All areas: fills first, then the outline, then what wants attention on top. */
export function paintAreas(c: CanvasRenderingContext2D, drawing: Drawing, looks: ReadonlyMap<string, Look>, u: number, colour: Palette): void {
  let made: CanvasPattern | string | null = null
  const hatch = () => (made ??= hatching(c, u, colour))
  c.lineJoin = 'round'
  for (const s of drawing.shapes) paintFill(c, s, looks.get(s.id), u, colour, hatch)
  if (drawing.shore) {
    c.strokeStyle = colour('--map-5')
    c.lineWidth = 2 * u
    c.stroke(drawing.shore)
  }
  for (const status of ['warn', 'alarm'] as const) {
    for (const s of drawing.shapes) {
      if (looks.get(s.id)?.status !== status || !s.path) continue
      c.strokeStyle = colour('--sheet')
      c.lineWidth = 9 * u
      c.stroke(s.path)
      c.strokeStyle = colour(status === 'warn' ? '--warn' : '--alarm')
      c.lineWidth = 5 * u
      c.stroke(s.path)
    }
  }
  for (const s of drawing.shapes) if (!s.path) paintPoint(c, s, looks.get(s.id), u, colour)
}

function paintFill(c: CanvasRenderingContext2D, s: Shape, look: Look | undefined, u: number, colour: Palette, hatch: () => CanvasPattern | string): void {
  if (!s.path) return
  const level = look?.level ?? 0
  c.fillStyle = level > 0 ? colour(`--map-${level}`) : colour('--raise')
  if (look?.status === 'stale') {
    c.fillStyle = colour('--ink')
    c.fill(s.path)
    c.fillStyle = hatch()
  }
  c.fill(s.path)
  c.strokeStyle = colour('--sheet')
  c.lineWidth = 3.5 * u
  c.stroke(s.path)
}

/** An area without an outline: a disc of its class with the shape of its status. */
function paintPoint(c: CanvasRenderingContext2D, s: Shape, look: Look | undefined, u: number, colour: Palette): void {
  const r = 15 * u
  c.beginPath()
  if (look?.status === 'alarm') c.rect(s.x - r, s.y - r, 2 * r, 2 * r)
  else if (look?.status === 'warn') {
    c.moveTo(s.x, s.y - r * 1.2)
    c.lineTo(s.x + r * 1.15, s.y + r * 0.85)
    c.lineTo(s.x - r * 1.15, s.y + r * 0.85)
    c.closePath()
  } else c.arc(s.x, s.y, r, 0, 7)
  const level = look?.level ?? 0
  c.fillStyle = look?.status === 'alarm' ? colour('--alarm') : look?.status === 'warn' ? colour('--warn-plate') : level > 0 ? colour(`--map-${level}`) : colour('--raise')
  if (look?.status !== 'stale') c.fill()
  c.lineWidth = 2.5 * u
  c.strokeStyle = look?.status === 'stale' ? colour('--stale') : colour('--map-5')
  c.setLineDash(look?.status === 'stale' ? [6 * u, 3 * u] : [])
  c.stroke()
  c.setLineDash([])
}

/** Diagonal lines of ghost on nothing, as a pattern that tiles. */
function hatching(c: CanvasRenderingContext2D, u: number, colour: Palette): CanvasPattern | string {
  const size = Math.max(6, Math.round(13 * u))
  const tile = document.createElement('canvas')
  tile.width = tile.height = size
  const t = tile.getContext('2d')
  if (!t) return colour('--ghost')
  t.strokeStyle = colour('--ghost')
  t.lineWidth = Math.max(1.2, 3 * u)
  t.beginPath()
  for (const o of [-size, 0, size]) {
    t.moveTo(o - 2, size + 2)
    t.lineTo(o + size + 2, -2)
  }
  t.stroke()
  return c.createPattern(tile, 'repeat') ?? colour('--ghost')
}

/** Points of layers: small, quiet, under the labels. */
export function paintDots(c: CanvasRenderingContext2D, dots: readonly (readonly [number, number])[], u: number, colour: Palette): void {
  c.fillStyle = colour('--text-1')
  c.globalAlpha = 0.5
  for (const [x, y] of dots) {
    c.beginPath()
    c.arc(x, y, 2.4 * u, 0, 7)
    c.fill()
  }
  c.globalAlpha = 1
}

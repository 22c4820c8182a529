// Painting the map page on a canvas: areas as on the tiles, over them points and the places where many stand together.
import { paintShore, type Palette } from '../charts/paint'
import type { PointStatus } from './cells'
import { placing, type Ground, type Patch } from './ground'
import { toScreen, spotOf, type Size, type View } from './mercator'
import { briefly, clusterSize, type AreaLook, type Pin } from './scene'
import type { Dot } from './tilePoints'

/** All that one picture is made of. */
export interface Picture {
  readonly view: View
  readonly size: Size
  readonly ground: Ground
  readonly areas: ReadonlyMap<string, AreaLook>
  readonly selected: string
  readonly dots: readonly Dot[]
  readonly worst: ReadonlyMap<string, PointStatus>
  readonly pin: Pin | null
  readonly lang: 'zh' | 'en'
  readonly font: string
}

type Canvas = CanvasRenderingContext2D

/** The whole picture, in CSS pixels; the canvas is scaled to the screen's own already. */
export function paint(c: Canvas, p: Picture, colour: Palette): void {
  c.clearRect(0, 0, p.size.width, p.size.height)
  const at = placing(p.ground, p.view, p.size)
  c.save()
  c.translate(at.dx, at.dy)
  c.scale(at.scale, at.scale)
  paintGround(c, p, 1 / at.scale, colour)
  c.restore()
  paintDiscs(c, p, colour)
  paintNames(c, p, colour)
  paintDots(c, p, colour)
  if (p.view.zoom >= 16) paintPointNames(c, p, colour)
  if (p.pin) paintPin(c, p, colour)
}

function paintGround(c: Canvas, p: Picture, px: number, colour: Palette): void {
  const { ground } = p
  c.lineJoin = 'round'
  paintShore(c, { shapes: [], shore: ground.shore, project: null as never }, px * 0.8, colour)
  const hatch = hatching(c, px, colour)
  for (const patch of ground.patches) paintPatch(c, patch, p, px, colour, hatch)
  if (ground.shore) stroke(c, ground.shore, colour('--map-5'), 2 * px)
  for (const status of ['warn', 'alarm'] as const) {
    for (const patch of ground.patches) {
      if (p.areas.get(patch.id)?.status !== status || !patch.path) continue
      stroke(c, patch.path, colour('--sheet'), 5 * px)
      stroke(c, patch.path, colour(status === 'warn' ? '--warn' : '--alarm'), 3 * px)
    }
  }
  const chosen = ground.patches.find(x => x.id === p.selected)
  if (chosen?.path) stroke(c, chosen.path, colour('--text-1'), 4 * px)
}

function stroke(c: Canvas, path: Path2D, style: string, width: number): void {
  c.strokeStyle = style
  c.lineWidth = width
  c.stroke(path)
}

function paintPatch(c: Canvas, patch: Patch, p: Picture, px: number, colour: Palette, hatch: CanvasPattern | string): void {
  if (!patch.path) return
  const look = p.areas.get(patch.id)
  c.globalAlpha = p.selected !== '' && p.selected !== patch.id && p.ground.patches.some(x => x.id === p.selected) ? 0.4 : 1
  c.fillStyle = look && look.level > 0 ? colour(`--map-${look.level}`) : colour('--raise')
  if (look?.status === 'stale') {
    c.fillStyle = colour('--ink')
    c.fill(patch.path)
    c.fillStyle = hatch
  }
  c.fill(patch.path)
  c.globalAlpha = 1
  stroke(c, patch.path, colour('--sheet'), Math.min(2, 0.6 + p.view.zoom / 12) * px)
}

/** Diagonal lines of ghost, as wide on the screen at any zoom. */
function hatching(c: Canvas, px: number, colour: Palette): CanvasPattern | string {
  const size = 10
  const tile = document.createElement('canvas')
  tile.width = tile.height = size
  const t = tile.getContext('2d')
  if (!t) return colour('--ghost')
  t.strokeStyle = colour('--ghost')
  t.lineWidth = 2
  t.beginPath()
  for (const o of [-size, 0, size]) {
    t.moveTo(o - 2, size + 2)
    t.lineTo(o + size + 2, -2)
  }
  t.stroke()
  const pattern = c.createPattern(tile, 'repeat')
  pattern?.setTransform(new DOMMatrix().scale(px))
  return pattern ?? colour('--ghost')
}

/** Areas without an outline. */
function paintDiscs(c: Canvas, p: Picture, colour: Palette): void {
  const at = placing(p.ground, p.view, p.size)
  for (const patch of p.ground.patches) {
    if (patch.path) continue
    const look = p.areas.get(patch.id)
    const status = look?.status === 'warn' || look?.status === 'alarm' || look?.status === 'stale' ? look.status : 'normal'
    shape(c, patch.x * at.scale + at.dx, patch.y * at.scale + at.dy, patch.id === p.selected ? 22 : 16, status)
    c.fillStyle = look && look.level > 0 ? colour(`--map-${look.level}`) : colour('--raise')
    c.fill()
    outline(c, status, patch.id === p.selected ? colour('--text-1') : colour('--map-5'), 2, colour)
  }
}

/** The path of a status: ring, triangle, square, broken ring. */
function shape(c: Canvas, x: number, y: number, size: number, status: PointStatus): void {
  const r = size / 2
  c.beginPath()
  if (status === 'alarm') c.rect(x - r, y - r, size, size)
  else if (status === 'warn') {
    c.moveTo(x, y - r * 1.3)
    c.lineTo(x + r * 1.3, y + r * 0.95)
    c.lineTo(x - r * 1.3, y + r * 0.95)
    c.closePath()
  } else c.arc(x, y, r, 0, 7)
}

function outline(c: Canvas, status: PointStatus, normal: string, width: number, colour: Palette): void {
  c.strokeStyle = status === 'alarm' ? colour('--alarm') : status === 'warn' ? colour('--warn') : status === 'stale' ? colour('--stale') : normal
  c.lineWidth = width
  if (status === 'stale') c.setLineDash([4, 3])
  c.stroke()
  c.setLineDash([])
}

function paintDots(c: Canvas, p: Picture, colour: Palette): void {
  c.textAlign = 'center'
  c.textBaseline = 'middle'
  const rank = (d: Dot) => ['normal', 'stale', 'warn', 'alarm'].indexOf(p.worst.get(d.key) ?? 'normal')
  for (const d of [...p.dots].sort((a, b) => rank(a) - rank(b))) {
    const [x, y] = toScreen(p.view, p.size, d)
    if (x < -40 || y < -40 || x > p.size.width + 40 || y > p.size.height + 40) continue
    const status = p.worst.get(d.key) ?? 'normal'
    if (d.count === 1) paintPoint(c, x, y, status, colour)
    else paintCluster(c, x, y, d.count, status, p, colour)
  }
}

function paintPoint(c: Canvas, x: number, y: number, status: PointStatus, colour: Palette): void {
  shape(c, x, y, status === 'normal' ? 9 : 15, status)
  c.fillStyle = status === 'alarm' ? colour('--alarm') : status === 'warn' ? colour('--warn-plate') : colour('--sheet')
  c.fill()
  outline(c, status, colour('--text-1'), 2, colour)
}

function paintCluster(c: Canvas, x: number, y: number, count: number, status: PointStatus, p: Picture, colour: Palette): void {
  const size = clusterSize(count)
  shape(c, x, y, status === 'warn' ? size * 1.25 : size, status)
  c.fillStyle = status === 'alarm' ? colour('--alarm-plate') : status === 'warn' ? colour('--warn-plate') : colour('--sheet')
  c.fill()
  outline(c, status, colour('--text-2'), status === 'normal' ? 1.5 : 2.5, colour)
  c.fillStyle = status === 'alarm' ? colour('--on-plate') : status === 'warn' ? colour('--on-warn') : colour('--text-1')
  c.font = `500 ${status === 'warn' ? 12 : 14}px ${p.font}`
  c.fillText(briefly(count, p.lang), x, y + (status === 'warn' ? size * 0.16 : 0.5))
}

/** Names of points beside them, the first of those that would cover each other. */
function paintPointNames(c: Canvas, p: Picture, colour: Palette): void {
  c.font = `400 13px ${p.font}`
  c.textAlign = 'left'
  const taken: [number, number, number][] = []
  for (const d of p.dots) {
    const name = (p.lang === 'en' && d.properties.name_en) || d.properties.name
    if (d.count > 1 || typeof name !== 'string' || name === '') continue
    const [x, y] = toScreen(p.view, p.size, d)
    const w = c.measureText(name).width
    if (taken.some(t => Math.abs(t[1] - y) < 16 && x < t[0] + t[2] && t[0] < x + w + 20)) continue
    taken.push([x, y, w + 20])
    halo(c, name, x + 10, y, colour('--text-1'), colour('--ink'))
  }
}

function halo(c: Canvas, text: string, x: number, y: number, ink: string, ground: string): void {
  c.lineJoin = 'round'
  c.strokeStyle = ground
  c.lineWidth = 3
  c.strokeText(text, x, y)
  c.fillStyle = ink
  c.fillText(text, x, y)
}

interface Box { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
const apart = (a: Box, b: Box) => Math.abs(a.x - b.x) * 2 >= a.w + b.w || Math.abs(a.y - b.y) * 2 >= a.h + b.h

/** Names and figures of areas that are wide enough for them, where nothing else stands. */
function paintNames(c: Canvas, p: Picture, colour: Palette): void {
  const at = placing(p.ground, p.view, p.size)
  const taken: Box[] = p.dots.map(d => {
    const [x, y] = toScreen(p.view, p.size, d)
    const side = d.count === 1 ? 14 : clusterSize(d.count) + 4
    return { x, y, w: side, h: side }
  })
  const free = (b: Box) => taken.every(t => apart(t, b))
  c.textAlign = 'center'
  c.textBaseline = 'middle'
  for (const patch of p.ground.patches) {
    const look = p.areas.get(patch.id)
    const x = patch.x * at.scale + at.dx
    const y = patch.y * at.scale + at.dy
    if (!look || x < 0 || y < 0 || x > p.size.width || y > p.size.height) continue
    c.font = `500 15px ${p.font}`
    const room = patch.path ? patch.width * at.scale : 120
    if (c.measureText(look.name).width + 8 > room || (patch.path && patch.height * at.scale < 26)) continue
    const width = c.measureText(look.name).width
    const high = !patch.path || patch.height * at.scale > 54
    const bright = patch.path !== null && look.level >= 4 && look.status !== 'stale'
    const ink = look.status === 'stale' ? colour('--stale') : bright ? colour('--ink') : colour('--text-1')
    const back = bright ? colour(`--map-${look.level}`) : look.status === 'stale' || !patch.path ? colour('--ink') : colour(look.level > 0 ? `--map-${look.level}` : '--raise')
    const line = patch.path ? y - (high ? 9 : 0) : y + 20
    const tall = high && free({ x, y: line + 10, w: width, h: 40 })
    if (!tall && !free({ x, y: line, w: width, h: 20 })) continue
    taken.push({ x, y: line + (tall ? 10 : 0), w: width, h: tall ? 40 : 20 })
    halo(c, look.name, x, line, ink, back)
    if (!tall) continue
    c.font = `500 17px ${p.font}`
    halo(c, look.text, x, line + 20, ink, back)
  }
}

function paintPin(c: Canvas, p: Picture, colour: Palette): void {
  if (!p.pin) return
  const [x, y] = toScreen(p.view, p.size, spotOf(p.pin.lon, p.pin.lat))
  c.beginPath()
  c.moveTo(x, y)
  c.bezierCurveTo(x - 5, y - 10, x - 12, y - 14, x - 12, y - 22)
  c.arc(x, y - 22, 12, Math.PI, 0)
  c.bezierCurveTo(x + 12, y - 14, x + 5, y - 10, x, y)
  c.closePath()
  c.fillStyle = colour('--focus')
  c.fill()
  c.strokeStyle = colour('--ink')
  c.lineWidth = 2
  c.stroke()
  c.beginPath()
  c.arc(x, y - 22, 4.5, 0, 7)
  c.fillStyle = colour('--ink')
  c.fill()
}

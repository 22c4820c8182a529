// Painting the zone before the press: the ground as elsewhere, the red that leaves, the rings around it, houses with
// their units, and shelters.
import type { Palette } from '../../charts/paint'
import { placing, type Ground } from '../../map/ground'
import { spotOf, toScreen, widthAt, type Size, type View } from '../../map/mercator'
import type { LonLat, Shelter, Zone } from './model'
import type { Building, Rings } from './zone'

type Canvas = CanvasRenderingContext2D

export interface Picture {
  readonly view: View
  readonly size: Size
  readonly ground: Ground
  readonly zone: Zone | null
  /** areas that the zone names, and all below them */
  readonly inZone: (area: string) => boolean
  readonly corners: readonly LonLat[]
  readonly centre: LonLat | null
  readonly rings: Rings | null
  readonly buildings: readonly Building[]
  readonly inside: ReadonlySet<string>
  readonly wanting: ReadonlySet<string>
  /** on the list of the command that is widened */
  readonly held: ReadonlySet<string>
  readonly shelters: readonly Shelter[]
  readonly labels: { readonly red: string; readonly yellow: string; readonly blue: string; readonly room: (n: number) => string; readonly area: (id: string) => string }
  readonly cross: boolean
  readonly font: string
  /** how large type is, 1 on a tablet */
  readonly k: number
}

const at = (p: Picture, l: LonLat) => toScreen(p.view, p.size, spotOf(l[0], l[1]))
/** CSS pixels a metre. */
const perMetre = (p: Picture, lat: number) => widthAt(p.view.zoom) / (40_075_017 * Math.cos((lat * Math.PI) / 180))

export function paintZone(c: Canvas, p: Picture, colour: Palette): void {
  c.clearRect(0, 0, p.size.width, p.size.height)
  c.lineJoin = 'round'
  paintGround(c, p, colour)
  if (p.rings) paintRings(c, p, p.rings, colour)
  paintRed(c, p, colour)
  for (const b of p.buildings) paintHouse(c, p, b, colour)
  paintLabels(c, p, colour)
  for (const s of p.shelters) if (s.placed) paintShelter(c, p, s, colour)
  paintHandles(c, p, colour)
  if (p.cross) paintCross(c, p, colour)
}

function paintGround(c: Canvas, p: Picture, colour: Palette): void {
  const { scale, dx, dy } = placing(p.ground, p.view, p.size)
  c.save()
  c.translate(dx, dy)
  c.scale(scale, scale)
  for (const patch of p.ground.patches) {
    if (!patch.path) continue
    c.fillStyle = colour('--sheet')
    c.fill(patch.path)
    if (p.zone?.areas && p.inZone(patch.id)) {
      c.globalAlpha = 0.16
      c.fillStyle = colour('--alarm')
      c.fill(patch.path)
      c.globalAlpha = 1
    }
    c.strokeStyle = colour('--line')
    c.lineWidth = 1.2 / scale
    c.stroke(patch.path)
  }
  if (p.ground.shore) {
    c.strokeStyle = colour('--map-3')
    c.lineWidth = 2 / scale
    c.stroke(p.ground.shore)
  }
  for (const patch of p.ground.patches) {
    if (!patch.path || !p.zone?.areas || !p.inZone(patch.id)) continue
    c.strokeStyle = colour('--alarm')
    c.lineWidth = 4 / scale
    c.stroke(patch.path)
  }
  c.restore()
  c.font = `400 ${15 * p.k}px ${p.font}`
  c.textAlign = 'left'
  c.textBaseline = 'middle'
  const built = new Set(p.buildings.map(b => b.area))
  for (const patch of p.ground.patches) {
    if (built.has(patch.id) && p.view.zoom > 15) continue // its houses stand there
    const name = p.labels.area(patch.id)
    const left = patch.x * scale + dx - (patch.width * scale) / 2 + 10
    if (!name || !patch.path || c.measureText(name).width + 20 > patch.width * scale) continue
    words(c, name, Math.max(12, left), patch.y * scale + dy, colour('--text-3'), colour('--sheet'))
  }
}

function circle(c: Canvas, p: Picture, centre: LonLat, metres: number): void {
  const [x, y] = at(p, centre)
  c.beginPath()
  c.arc(x, y, metres * perMetre(p, centre[1]), 0, 7)
}

function paintRings(c: Canvas, p: Picture, r: Rings, colour: Palette): void {
  for (const [metres, token, dash, alpha] of [[r.blue, '--map-5', [2, 8], 0.05], [r.yellow, '--warn', [14, 8], 0.06]] as const) {
    circle(c, p, r.centre, metres)
    c.globalAlpha = alpha
    c.fillStyle = colour(token)
    c.fill()
    c.globalAlpha = 1
    c.strokeStyle = colour(token)
    c.lineWidth = 2.5
    c.setLineDash([...dash])
    c.stroke()
    c.setLineDash([])
  }
}

function paintRed(c: Canvas, p: Picture, colour: Palette): void {
  const ring = p.zone?.polygon ?? (p.corners.length > 1 ? p.corners : null)
  c.strokeStyle = c.fillStyle = colour('--alarm')
  c.lineWidth = 5
  if (ring) {
    c.beginPath()
    ring.forEach((l, i) => { const [x, y] = at(p, l); if (i === 0) c.moveTo(x, y); else c.lineTo(x, y) })
    c.closePath()
  } else if (p.zone?.circle) circle(c, p, p.zone.circle.centre, p.zone.circle.radius_m)
  else return
  c.globalAlpha = 0.14
  c.fill()
  c.globalAlpha = 1
  c.stroke()
}

/** Houses are drawn a little larger than they are, so that their numbers can be read. */
const unitMetres = 10
const deep = 19

function paintHouse(c: Canvas, p: Picture, b: Building, colour: Palette): void {
  const m = perMetre(p, b.lat)
  const [west, y] = at(p, [b.west, b.lat])
  const [east] = at(p, [b.east, b.lat])
  const pad = (unitMetres / 2) * m
  const [x, w, h] = [west - pad, Math.max(10, east - west + 2 * pad), Math.max(8, deep * m)]
  if (x + w < 0 || x > p.size.width || y + h < 0 || y - h > p.size.height) return
  const red = p.inside.has(b.key)
  c.fillStyle = colour('--raise')
  c.fillRect(x, y - h / 2, w, h)
  const held = p.held.has(b.key)
  if (red || held) {
    c.globalAlpha = held ? 0.5 : 0.22
    c.fillStyle = colour(held ? '--map-3' : '--alarm')
    c.fillRect(x, y - h / 2, w, h)
    c.globalAlpha = 1
  }
  c.strokeStyle = colour('--line')
  c.lineWidth = 1
  for (let i = 1; i < b.units.length && w > 40; i++) {
    c.beginPath()
    c.moveTo(x + (w * i) / b.units.length, y - h / 2)
    c.lineTo(x + (w * i) / b.units.length, y + h / 2)
    c.stroke()
  }
  c.strokeStyle = colour(red ? '--alarm' : '--text-3')
  c.lineWidth = red ? 2.5 : 1.5
  c.strokeRect(x, y - h / 2, w, h)
  const size = Math.min(19 * p.k, h * 0.62)
  if (size >= 10) {
    c.font = `500 ${size}px ${p.font}`
    c.textAlign = 'left'
    c.textBaseline = 'middle'
    words(c, b.name, x + 6, y + 1, colour('--text-1'), colour('--raise'))
  }
  if (p.wanting.has(b.key)) triangle(c, x + w - 4, y, Math.max(9, Math.min(14 * p.k, h * 0.5)), colour)
}

function triangle(c: Canvas, x: number, y: number, r: number, colour: Palette): void {
  c.beginPath()
  c.moveTo(x, y - r)
  c.lineTo(x + r, y + r * 0.8)
  c.lineTo(x - r, y + r * 0.8)
  c.closePath()
  c.fillStyle = colour('--warn-plate')
  c.fill()
  c.strokeStyle = colour('--ink')
  c.lineWidth = 1.5
  c.stroke()
  c.fillStyle = colour('--on-warn')
  c.fillRect(x - 1.2, y - r * 0.35, 2.4, r * 0.6)
  c.fillRect(x - 1.2, y + r * 0.42, 2.4, 2.4)
}

function words(c: Canvas, text: string, x: number, y: number, ink: string, back: string): void {
  c.lineJoin = 'round'
  c.strokeStyle = back
  c.lineWidth = 4
  c.strokeText(text, x, y)
  c.fillStyle = ink
  c.fillText(text, x, y)
}

function paintLabels(c: Canvas, p: Picture, colour: Palette): void {
  const r = p.rings
  if (!r) return
  const m = perMetre(p, r.centre[1])
  const [x, y] = at(p, r.centre)
  c.textBaseline = 'middle'
  c.textAlign = 'center'
  const keep = (v: number) => Math.max(22 * p.k, Math.min(p.size.height - 22 * p.k, v))
  const line = (text: string, up: number, token: string) => {
    c.font = `500 ${18 * p.k}px ${p.font}`
    words(c, text, Math.max(120 * p.k, Math.min(p.size.width - 120 * p.k, x)), up, colour(token), colour('--ink'))
  }
  const tops = [y - r.blue * m + 16 * p.k, y - r.yellow * m + 16 * p.k, y - r.red * m + 14 * p.k].map(keep)
  const [blue = 0] = tops
  const yellow = Math.max(tops[1] ?? 0, blue + 24 * p.k)
  line(p.labels.blue, blue, '--map-5')
  line(p.labels.yellow, yellow, '--warn')
  line(p.labels.red, Math.max(tops[2] ?? 0, yellow + 24 * p.k), '--alarm')
}

function paintShelter(c: Canvas, p: Picture, s: Shelter, colour: Palette): void {
  const [x, y] = at(p, [s.lon, s.lat])
  if (x < -60 || y < -30 || x > p.size.width + 60 || y > p.size.height + 30) return
  const r = 11 * p.k
  c.beginPath()
  c.moveTo(x - r, y + r * 0.8)
  c.lineTo(x - r, y - r * 0.2)
  c.lineTo(x, y - r)
  c.lineTo(x + r, y - r * 0.2)
  c.lineTo(x + r, y + r * 0.8)
  c.closePath()
  c.fillStyle = colour('--data')
  c.fill()
  c.textAlign = 'left'
  c.font = `400 ${15 * p.k}px ${p.font}`
  words(c, `${s.name} ${p.labels.room(s.room)}`, x + r + 5, y, colour('--text-1'), colour('--ink'))
}

function paintHandles(c: Canvas, p: Picture, colour: Palette): void {
  const list = p.corners.length > 0 ? p.corners : p.centre ? [p.centre] : []
  for (const l of list) {
    const [x, y] = at(p, l)
    c.fillStyle = colour('--ink')
    c.fillRect(x - 8, y - 8, 16, 16)
    c.strokeStyle = colour('--alarm')
    c.lineWidth = 4
    c.strokeRect(x - 8, y - 8, 16, 16)
  }
}

function paintCross(c: Canvas, p: Picture, colour: Palette): void {
  const [x, y] = [p.size.width / 2, p.size.height / 2]
  c.strokeStyle = colour('--focus')
  c.lineWidth = 2
  c.beginPath()
  c.moveTo(x - 14, y)
  c.lineTo(x + 14, y)
  c.moveTo(x, y - 14)
  c.lineTo(x, y + 14)
  c.stroke()
}

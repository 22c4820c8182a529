// Paints windows: lit until somebody is confirmed out, each state a shape of its own.
import type { Facade, UnitBox } from './facade'
import { isContested, stateOf } from './model'

const names = ['done', 'data', 'lamp', 'ink', 'alarm', 'alarm-plate', 'warn-plate', 'on-warn', 'line', 'dispute', 'warn', 'text-1'] as const
export type Palette = Readonly<Record<(typeof names)[number], string>>

/** The colours that hold at an element now. */
export function paletteAt(el: HTMLElement): Palette {
  const style = getComputedStyle(el)
  return Object.fromEntries(names.map(n => [n, style.getPropertyValue(`--${n}`).trim() || '#888'])) as Palette
}

/** One window; also the glyph beside a state's name. */
export function paintCell(pen: CanvasRenderingContext2D, letter: string, x: number, y: number, w: number, h: number, c: Palette): void {
  const fill = (colour: string, top = 0) => { pen.fillStyle = colour; pen.fillRect(x, y + h * top, w, h * (1 - top)) }
  const frame = (colour: string, t: number) => { pen.strokeStyle = colour; pen.lineWidth = t; pen.strokeRect(x + t / 2, y + t / 2, w - t, h - t) }
  const line = (colour: string, t: number, ...path: [number, number][]) => {
    pen.strokeStyle = colour
    pen.lineWidth = t
    pen.beginPath()
    path.forEach(([px, py], i) => (i % 2 === 0 ? pen.moveTo(x + w * px, y + h * py) : pen.lineTo(x + w * px, y + h * py)))
    pen.stroke()
  }
  const thick = Math.max(1, Math.min(w, h) * 0.17)
  switch (stateOf(letter)) {
    case 'pending': fill(c.lamp); line(c.ink, Math.max(1, thick * 0.7), [0.2, 0.5], [0.8, 0.5]); break
    case 'notified': fill(c.lamp); break
    case 'knocked': fill(c.done); fill(c.lamp, 0.5); break
    case 'left': fill(c.done); break
    case 'helped': fill(c.done); dot(pen, x + w / 2, y + h / 2, Math.min(w, h) * 0.2, c.data); break
    case 'empty': frame(c.done, Math.max(1, thick * 0.6)); break
    case 'no_answer': fill(c.ink); frame(c.alarm, thick); line(c.alarm, thick, [0.5, 0.26], [0.5, 0.58], [0.5, 0.68], [0.5, 0.78]); break
    case 'need_help': fill(c.alarm); line('#fff', thick * 1.2, [0.5, 0.2], [0.5, 0.8], [0.15, 0.5], [0.85, 0.5]); break
    case 'refused': fill(c['warn-plate']); line(c['on-warn'], thick, [0.22, 0.22], [0.78, 0.78], [0.78, 0.22], [0.22, 0.78]); break
  }
  if (isContested(letter)) contest(pen, x, y, w, h, c)
}

/** Reports differ: a corner that no state has. */
function contest(pen: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, c: Palette): void {
  const s = Math.min(w, h) * 0.55
  pen.fillStyle = c.dispute
  pen.beginPath()
  pen.moveTo(x + w - s, y)
  pen.lineTo(x + w, y)
  pen.lineTo(x + w, y + s)
  pen.fill()
}

function dot(pen: CanvasRenderingContext2D, x: number, y: number, r: number, colour: string): void {
  pen.fillStyle = colour
  pen.beginPath()
  pen.arc(x, y, Math.max(1, r), 0, 7)
  pen.fill()
}

/** What stands under a unit: nothing, slow, all out but unsigned, or signed. */
function sill(pen: CanvasRenderingContext2D, b: UnitBox, u: number, c: Palette): void {
  const { unit, x, w } = b
  const y = b.y + b.h + 4 * u
  const thick = unit.late ? 5 * u : unit.signed ? 4 * u : 2 * u
  pen.fillStyle = unit.late ? c.warn : unit.signed ? c.data : c.line
  if (unit.open > 0 || unit.signed || unit.late) return pen.fillRect(x, y, w, thick)
  pen.fillStyle = c.data
  for (let at = 0; at < w; at += 8 * u) pen.fillRect(x + at, y, Math.min(4 * u, w - at), thick)
}

/** A unit as one bar. */
function bar(pen: CanvasRenderingContext2D, b: UnitBox, c: Palette): void {
  const { unit, x, y, w, h } = b
  const share = unit.households > 0 ? unit.open / unit.households : 0
  pen.fillStyle = c.done
  pen.fillRect(x, y, w, h)
  pen.fillStyle = c.lamp
  const lit = share > 0 ? Math.max(1, h * share) : 0
  pen.fillRect(x, y + h - lit, w, lit)
  const worst = /[da]/iu.test(unit.cells) ? c.alarm : /r/iu.test(unit.cells) ? c['warn-plate'] : ''
  if (worst) { pen.fillStyle = worst; pen.fillRect(x, y, w, Math.max(2, h * 0.18)) }
}

/** The whole picture, anew. */
export function paintFacade(canvas: HTMLCanvasElement, f: Facade, width: number, height: number, u: number): void {
  const scale = devicePixelRatio || 1
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)]
  if (canvas.width !== w) canvas.width = w
  if (canvas.height !== h) canvas.height = h
  const pen = canvas.getContext('2d')
  if (!pen) return
  const c = paletteAt(canvas)
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  pen.clearRect(0, 0, width, height)
  for (const b of f.units) {
    if (f.bars) bar(pen, b, c)
    else paintUnit(pen, b, f, c)
    sill(pen, b, u, c)
  }
}

function paintUnit(pen: CanvasRenderingContext2D, b: UnitBox, f: Facade, c: Palette): void {
  b.cells.forEach((p, i) => paintCell(pen, b.unit.cells[i] ?? 'p', p.x, p.y, Math.max(2, b.pane), f.cell.h, c))
}

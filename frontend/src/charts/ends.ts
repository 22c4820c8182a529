// Names at the ends of lines, moved apart where lines end close together.
import { spread } from './labels'

/** A name and where its line ends, in CSS pixels. */
export interface Label {
  readonly name: string
  readonly colour: string
  readonly x: number
  readonly y: number
}

/** The same labels, at least `pitch` apart and inside the height; all start at the rightmost end. */
export function endLabels(ends: readonly Label[], height: number, pitch: number): Label[] {
  const order = [...ends].sort((a, b) => a.y - b.y)
  const ys = spread(order.map(e => e.y), height, pitch)
  const x = Math.max(0, ...order.map(e => e.x))
  return order.map((e, i) => ({ ...e, x, y: ys[i] ?? e.y }))
}

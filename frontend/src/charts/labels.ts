// Labels beside a map: two aligned columns, nobody on top of another.

/** Something to label: the place that its leader points to. */
export interface Anchor {
  readonly id: string
  readonly x: number
  readonly y: number
}

/** Where a label stands: its column and the middle of its line. */
export interface Placed extends Anchor {
  readonly side: 'left' | 'right'
  readonly line: number
}

/** Splits anchors into a left and a right half, and spreads each over its column. */
export function place(anchors: readonly Anchor[], width: number, height: number, pitch: number): Placed[] {
  const byX = [...anchors].sort((a, b) => a.x - b.x || a.id.localeCompare(b.id))
  const half = byX.length / 2
  const left = Math.max(Math.floor(half), Math.min(Math.ceil(half), byX.filter(a => a.x < width / 2).length))
  return [...column(byX.slice(0, left), 'left', height, pitch), ...column(byX.slice(left), 'right', height, pitch)]
}

/** Lines of one column: as near to their anchors as a pitch between neighbours allows. */
export function spread(wanted: readonly number[], height: number, pitch: number): number[] {
  const n = wanted.length
  const step = n > 1 ? Math.min(pitch, Math.max(0, height - pitch) / (n - 1)) : pitch
  const half = pitch / 2
  // Shifting each by its rank turns the task into: nondecreasing values nearest to the wished ones.
  const blocks: { sum: number; n: number }[] = []
  wanted.forEach((y, i) => {
    blocks.push({ sum: y - i * step, n: 1 })
    for (let a = blocks.at(-2), b = blocks.at(-1); a && b && a.sum / a.n > b.sum / b.n; a = blocks.at(-2), b = blocks.at(-1)) {
      blocks.splice(-2, 2, { sum: a.sum + b.sum, n: a.n + b.n })
    }
  })
  const flat = blocks.flatMap(b => Array.from({ length: b.n }, () => b.sum / b.n))
  const top = Math.max(half, height - half - (n - 1) * step)
  return flat.map((y, i) => Math.max(half, Math.min(top, y)) + i * step)
}

function column(anchors: Anchor[], side: 'left' | 'right', height: number, pitch: number): Placed[] {
  const order = anchors.sort((a, b) => a.y - b.y || a.id.localeCompare(b.id))
  const lines = spread(order.map(a => a.y), height, pitch)
  return order.map((a, i) => ({ ...a, side, line: lines[i] ?? a.y }))
}

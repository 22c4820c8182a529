// A QR code of a text, drawn by ourselves: bytes, level L, versions 1 to 9 (up to 230 bytes), after ISO/IEC 18004.

/** Blocks, data bytes a block, correction bytes a block, of level L. */
const sizes = [[1, 19, 7], [1, 34, 10], [1, 55, 15], [1, 80, 20], [1, 108, 26], [2, 68, 18], [2, 78, 20], [2, 97, 24], [2, 116, 30]] as const

export type Modules = readonly (readonly boolean[])[]

/** Rows of dark modules; null when the text is too long. */
export function qr(text: string): Modules | null {
  const bytes = new TextEncoder().encode(text)
  const version = sizes.findIndex(([blocks, data]) => bytes.length <= blocks * data - 2) + 1
  if (version === 0) return null
  const grid = new Grid(version)
  const words = interleave(payload(bytes, version), version)
  let best: Grid | null = null
  for (let mask = 0; mask < 8; mask++) {
    const tried = grid.filled(words, mask)
    if (!best || tried.penalty() < best.penalty()) best = tried
  }
  return best?.dark ?? null
}

function payload(bytes: Uint8Array, version: number): number[] {
  const [blocks, data] = sizes[version - 1] ?? sizes[0]
  const nibbles = [4, bytes.length >> 4, bytes.length & 15, ...[...bytes].flatMap(b => [b >> 4, b & 15]), 0]
  const out: number[] = []
  for (let i = 0; i < nibbles.length; i += 2) out.push(((nibbles[i] ?? 0) << 4) | (nibbles[i + 1] ?? 0))
  for (let pad = 0; out.length < blocks * data; pad++) out.push(pad % 2 === 0 ? 0xec : 0x11)
  return out
}

function interleave(data: number[], version: number): number[] {
  const [blocks, size, extra] = sizes[version - 1] ?? sizes[0]
  const parts = Array.from({ length: blocks }, (_, b) => data.slice(b * size, (b + 1) * size))
  const proofs = parts.map(p => correction(p, extra))
  const column = (list: number[][], i: number) => list.map(l => l[i] ?? 0)
  return [...Array.from({ length: size }, (_, i) => column(parts, i)).flat(), ...Array.from({ length: extra }, (_, i) => column(proofs, i)).flat()]
}

/** Product in the field of 256 with x⁸ + x⁴ + x³ + x² + 1. */
function times(a: number, b: number): number {
  let out = 0
  for (let i = 7; i >= 0; i--) out = (out << 1) ^ ((out >> 7) * 0x11d) ^ (((b >> i) & 1) * a)
  return out
}

function correction(data: readonly number[], degree: number): number[] {
  let divisor = [1]
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) {
    const shifted = [...divisor, 0]
    divisor = shifted.map((c, k) => c ^ times(divisor[k - 1] ?? 0, root))
  }
  const rest = Array.from({ length: degree }, () => 0)
  for (const byte of data) {
    const factor = byte ^ (rest.shift() ?? 0)
    rest.push(0)
    for (let i = 0; i < degree; i++) rest[i] = (rest[i] ?? 0) ^ times(divisor[i + 1] ?? 0, factor)
  }
  return rest
}

const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  x => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

/** Remainder of a code word, shifted by its own length, by a generator. */
function remainder(value: number, bits: number, generator: number): number {
  let rest = value
  for (let i = 0; i < bits; i++) rest = (rest << 1) ^ ((rest >> (bits - 1)) * generator)
  return rest
}

class Grid {
  readonly size: number
  readonly dark: boolean[][]
  private readonly fixed: boolean[][]

  constructor(private readonly version: number) {
    this.size = version * 4 + 17
    this.dark = Array.from({ length: this.size }, () => Array.from({ length: this.size }, () => false))
    this.fixed = this.dark.map(row => row.slice())
    this.patterns()
  }

  private set(x: number, y: number, dark: boolean): void {
    const [row, fix] = [this.dark[y], this.fixed[y]]
    if (!row || !fix || x < 0 || x >= this.size) return
    row[x] = dark
    fix[x] = true
  }

  private patterns(): void {
    const last = this.size - 1
    for (let i = 0; i < this.size; i++) {
      this.set(6, i, i % 2 === 0)
      this.set(i, 6, i % 2 === 0)
    }
    for (const [x, y] of [[3, 3], [last - 3, 3], [3, last - 3]] as const) this.square(x, y, 4, d => d !== 2 && d !== 4)
    const at = this.alignment()
    for (const x of at) for (const y of at) {
      const corner = (x === 6 && (y === 6 || y === last - 6)) || (x === last - 6 && y === 6)
      if (!corner) this.square(x, y, 2, d => d !== 1)
    }
    this.format(0)
    if (this.version < 7) return
    const bits = (this.version << 12) | remainder(this.version, 12, 0x1f25)
    for (let i = 0; i < 18; i++) {
      const [a, b, dark] = [this.size - 11 + (i % 3), Math.floor(i / 3), ((bits >> i) & 1) === 1]
      this.set(a, b, dark)
      this.set(b, a, dark)
    }
  }

  private alignment(): number[] {
    if (this.version === 1) return []
    const last = this.size - 7
    return this.version < 7 ? [6, last] : [6, (last + 6) / 2, last]
  }

  private square(x: number, y: number, reach: number, dark: (distance: number) => boolean): void {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) this.set(x + dx, y + dy, dark(Math.max(Math.abs(dx), Math.abs(dy))))
    }
  }

  private format(mask: number): void {
    const data = (1 << 3) | mask // level L
    const bits = ((data << 10) | remainder(data, 10, 0x537)) ^ 0x5412
    const bit = (i: number) => ((bits >> i) & 1) === 1
    for (let i = 0; i < 15; i++) {
      this.set(8, i < 6 ? i : i < 8 ? i + 1 : this.size - 15 + i, bit(i))
      this.set(i < 8 ? this.size - 1 - i : i === 8 ? 7 : 14 - i, 8, bit(i))
    }
    this.set(8, this.size - 8, true)
  }

  /** A copy with the words laid in from the lower right, two columns at a time, and a mask over them. */
  filled(words: readonly number[], mask: number): Grid {
    const out = new Grid(this.version)
    out.format(mask)
    let i = 0
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5
      const up = ((right + 1) & 2) === 0
      for (let step = 0; step < this.size; step++) {
        const y = up ? this.size - 1 - step : step
        i = out.lay(words, i, right, y, mask)
      }
    }
    return out
  }

  private lay(words: readonly number[], from: number, right: number, y: number, mask: number): number {
    let i = from
    for (const x of [right, right - 1]) {
      const row = this.dark[y]
      if (!row || this.fixed[y]?.[x]) continue
      const bit = (((words[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1
      row[x] = bit !== (masks[mask]?.(x, y) ?? false)
      i++
    }
    return i
  }

  /** How hard it is to read: long runs, blocks, what looks like a finder, too much of one tone. */
  penalty(): number {
    const rows = this.dark.map(r => r.map(d => (d ? '1' : '0')).join(''))
    const columns = rows.map((_, x) => rows.map(r => r[x] ?? '').join(''))
    let out = 0
    for (const line of [...rows, ...columns]) {
      for (const run of line.match(/0{5,}|1{5,}/gu) ?? []) out += run.length - 2
      out += 40 * (line.match(/(?=10111010000|00001011101)/gu)?.length ?? 0)
    }
    for (let y = 1; y < this.size; y++) {
      for (let x = 1; x < this.size; x++) {
        const d = this.dark[y]?.[x]
        if (d === this.dark[y]?.[x - 1] && d === this.dark[y - 1]?.[x] && d === this.dark[y - 1]?.[x - 1]) out += 3
      }
    }
    const dark = rows.join('').replaceAll('0', '').length / (this.size * this.size)
    return out + 10 * Math.floor(Math.abs(dark - 0.5) * 20)
  }
}

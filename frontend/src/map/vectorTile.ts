// Reads the points of a Mapbox vector tile, for the map without WebGL2: enough of the format for what our server writes.

/** One feature: where in its tile (0 to 1), and what it says. */
export interface TilePoint {
  readonly x: number
  readonly y: number
  readonly properties: Readonly<Record<string, string | number | boolean>>
}

interface Field {
  readonly number: number
  readonly value: number
  readonly bytes: Uint8Array
}

const text = new TextDecoder()
const none = new Uint8Array()

class Reader {
  private at = 0
  constructor(private readonly raw: Uint8Array) {}

  get more(): boolean {
    return this.at < this.raw.length
  }

  /** A whole number below 2⁵³, seven bits a byte. */
  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.raw[this.at++]
      if (byte === undefined || scale > 2 ** 49) throw new Error('a vector tile breaks off')
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  private take(n: number): Uint8Array {
    if (this.at + n > this.raw.length) throw new Error('a vector tile breaks off')
    this.at += n
    return this.raw.subarray(this.at - n, this.at)
  }

  field(): Field {
    const tag = this.varint()
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0: return { number, value: this.varint(), bytes: none }
      case 1: return { number, value: 0, bytes: this.take(8) }
      case 2: return { number, value: 0, bytes: this.take(this.varint()) }
      case 5: return { number, value: 0, bytes: this.take(4) }
      default: throw new Error('a vector tile is none')
    }
  }
}

function fields(raw: Uint8Array): Field[] {
  const r = new Reader(raw)
  const list: Field[] = []
  while (r.more) list.push(r.field())
  return list
}

function numbers(raw: Uint8Array): number[] {
  const r = new Reader(raw)
  const list: number[] = []
  while (r.more) list.push(r.varint())
  return list
}

const zigzag = (v: number) => (v % 2 === 0 ? v / 2 : -(v + 1) / 2)

function valueOf(raw: Uint8Array): string | number | boolean {
  const [f] = fields(raw)
  switch (f?.number) {
    case 1: return text.decode(f.bytes)
    case 4: case 5: return f.value
    case 6: return zigzag(f.value)
    case 7: return f.value === 1
    default: return ''
  }
}

function pointOf(raw: Uint8Array, keys: readonly string[], values: readonly (string | number | boolean)[], extent: number): TilePoint | null {
  const all = fields(raw)
  const of = (n: number) => all.find(f => f.number === n)
  if (of(3)?.value !== 1) return null
  const [, x = 0, y = 0] = numbers(of(4)?.bytes ?? none)
  const tags = numbers(of(2)?.bytes ?? none)
  const properties: Record<string, string | number | boolean> = {}
  for (let i = 0; i + 1 < tags.length; i += 2) properties[keys[tags[i] ?? -1] ?? ''] = values[tags[i + 1] ?? -1] ?? ''
  return { x: zigzag(x) / extent, y: zigzag(y) / extent, properties }
}

/** The points of all layers. */
export function pointsOf(tile: Uint8Array): TilePoint[] {
  return fields(tile).filter(f => f.number === 3).flatMap(layer => {
    const all = fields(layer.bytes)
    const of = (n: number) => all.filter(f => f.number === n)
    const keys = of(3).map(f => text.decode(f.bytes))
    const values = of(4).map(f => valueOf(f.bytes))
    const extent = of(5)[0]?.value ?? 4096
    return of(2).flatMap(f => pointOf(f.bytes, keys, values, extent) ?? [])
  })
}

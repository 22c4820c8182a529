// The point tiles of the view, fetched as it moves and kept while they may come back into it.
import { single } from './cells'
import { fromScreen, type Size, type View } from './mercator'
import { pointsOf, type TilePoint } from './vectorTile'

/** A point, or several that stand together, in the square of the map. */
export interface Dot {
  readonly x: number
  readonly y: number
  readonly key: string
  /** how many; 1: a point */
  readonly count: number
  readonly properties: TilePoint['properties']
}

const kept = 200

export class TilePoints {
  private readonly tiles = new Map<string, readonly Dot[] | 'asked'>()
  private lists = ''

  /** `changed` is called when a tile has come. */
  constructor(private readonly changed: () => void) {}

  /** The dots of the view; tiles that lack are asked for, and until then their parents stand in. */
  dots(view: View, size: Size, lists: readonly string[]): Dot[] {
    const asked = lists.join(',')
    if (asked !== this.lists) {
      this.tiles.clear()
      this.lists = asked
    }
    if (asked === '') return []
    const found = new Map<string, Dot>()
    for (const [z, x, y] of tilesOf(view, size)) for (const d of this.nearest(z, x, y)) found.set(d.key, d)
    return [...found.values()]
  }

  private nearest(z: number, x: number, y: number): readonly Dot[] {
    const own = this.tile(z, x, y, true)
    if (own) return own
    for (let up = 1; up <= 3 && z - up >= 0; up++) {
      const above = this.tile(z - up, x >> up, y >> up, false)
      const n = 2 ** z
      if (above) return above.filter(d => Math.floor(d.x * n) === x && Math.floor(d.y * n) === y)
    }
    return []
  }

  private tile(z: number, x: number, y: number, ask: boolean): readonly Dot[] | null {
    const id = `${z}/${x}/${y}`
    const tile = this.tiles.get(id)
    if (tile === undefined && ask) void this.fetch(id, z, x, y)
    if (tile === undefined || tile === 'asked') return null
    this.tiles.delete(id) // and set again: the oldest go first
    this.tiles.set(id, tile)
    return tile
  }

  private async fetch(id: string, z: number, x: number, y: number): Promise<void> {
    const { lists } = this
    this.tiles.set(id, 'asked')
    try {
      const answer = await fetch(`/api/v1/tiles/${id}.mvt?${new URLSearchParams({ lists })}`)
      if (!answer.ok) throw new Error(String(answer.status))
      const points = pointsOf(new Uint8Array(await answer.arrayBuffer()))
      if (lists !== this.lists) return
      const n = 2 ** z
      this.tiles.set(id, points.map(p => ({
        x: (x + p.x) / n, y: (y + p.y) / n, key: String(p.properties.key), count: p.properties.cluster === true ? Number(p.properties.point_count) : 1, properties: p.properties,
      })))
      for (const old of this.tiles.keys()) {
        if (this.tiles.size <= kept) break
        this.tiles.delete(old)
      }
      this.changed()
    } catch {
      if (lists === this.lists) setTimeout(() => this.tiles.delete(id), 3000) // then it is asked for again
    }
  }
}

/** The tiles that a view shows. */
export function tilesOf(view: View, size: Size): [z: number, x: number, y: number][] {
  const z = Math.max(0, Math.min(single, Math.floor(view.zoom)))
  const n = 2 ** z
  const a = fromScreen(view, size, 0, 0)
  const b = fromScreen(view, size, size.width, size.height)
  const from = (v: number) => Math.max(0, Math.floor(v * n))
  const to = (v: number) => Math.min(n - 1, Math.floor(v * n))
  const list: [number, number, number][] = []
  for (let y = from(a.y); y <= to(b.y); y++) for (let x = from(a.x); x <= to(b.x); x++) list.push([z, x, y])
  return list
}

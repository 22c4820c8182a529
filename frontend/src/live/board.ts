// One cockpit as this screen knows it: merges snapshots and deltas, remembers which tiles changed.
import { mergeTile } from './frames'
import type { Delta, Snapshot, Tile } from './tile'

export class Board {
  readonly tiles = new Map<string, Tile>()
  epoch = ''
  seq = 0
  layout = ''
  /** When the newest state was true, in server time; 0 before the first. */
  at = 0
  private dirty = new Set<string>()

  /** Starts anew from a whole state. */
  snapshot(s: Snapshot): void {
    this.tiles.clear()
    for (const t of s.tiles) this.tiles.set(t.id, t)
    this.dirty = new Set(this.tiles.keys())
    this.epoch = s.epoch
    this.seq = s.seq
    this.layout = s.layout
    this.at = s.at
  }

  /**
   * Takes what changed. A delta that reaches back further than this state is fine, since each key comes with its
   * newest value; one that begins later leaves a gap: it returns false, nothing changes, and the screen must ask anew.
   */
  apply(d: Delta): boolean {
    if (d.epoch !== this.epoch || d.from > this.seq) return false
    if (d.seq < this.seq) return true
    if (d.tiles.some(p => !this.tiles.has(p.id))) return false
    for (const p of d.tiles) {
      const old = this.tiles.get(p.id)
      if (!old) continue
      this.tiles.set(p.id, mergeTile(old, p))
      this.dirty.add(p.id)
    }
    this.seq = d.seq
    this.at = d.at
    return true
  }

  /** Ids of the tiles that changed since it was last asked. */
  take(): ReadonlySet<string> {
    const taken = this.dirty
    if (taken.size > 0) this.dirty = new Set()
    return taken
  }
}

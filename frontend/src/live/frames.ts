// What one text frame says, and how a patch becomes a state (contracts §4).
// Nothing that was handed out is ever changed: merging makes new objects, and keys that did not change keep their identity.
import type { Item, Message, Patch, SparkPoint, Tile } from './tile'

/** Most points of a spark; the oldest go. */
export const sparkRoom = 60

/** The messages of a frame; none when it can't be read. Ops and keys that nobody here knows pass through. */
export function parseFrame(data: unknown): Message[] {
  if (typeof data !== 'string') return []
  try {
    const read: unknown = JSON.parse(data)
    const list: unknown[] = Array.isArray(read) ? read : [read]
    return list.filter((m): m is Message => typeof m === 'object' && m !== null && 'op' in m)
  } catch {
    return []
  }
}

/** A tile after a patch: keys replace, `spark` and `items` merge. */
export function mergeTile(old: Tile, patch: Patch): Tile {
  const next = { ...old, ...patch }
  if (patch.spark) next.spark = mergeSpark(old.spark ?? [], patch.spark)
  if (patch.items) next.items = mergeItems(old.items ?? [], patch.items)
  return next
}

/** Points changed or added, by time: an equal time replaces, the oldest beyond the room go. */
export function mergeSpark(old: readonly SparkPoint[], points: readonly SparkPoint[]): SparkPoint[] {
  const first = points[0]
  const last = old.at(-1)
  if (!first) return [...old]
  const ascending = points.every((p, i) => i === 0 || p[0] > (points[i - 1]?.[0] ?? 0))
  if (ascending && (!last || first[0] >= last[0])) {
    const kept = last && first[0] === last[0] ? old.slice(0, -1) : old
    return [...kept, ...points].slice(-sparkRoom)
  }
  const byTime = new Map([...old, ...points].map(p => [p[0], p]))
  return [...byTime.values()].sort((a, b) => a[0] - b[0]).slice(-sparkRoom)
}

function mergeItem(old: Item, patch: Item): Item {
  const next = { ...old, ...patch }
  return patch.spark ? { ...next, spark: mergeSpark(old.spark ?? [], patch.spark) } : next
}

/** Changed items by id: `gone` removes; new ones come behind, those of a feed in front; then rank orders. */
export function mergeItems(old: readonly Item[], patches: readonly Item[]): Item[] {
  const changed = new Map(patches.map(p => [p.id, p]))
  const kept = old.flatMap(item => {
    const patch = changed.get(item.id)
    if (!patch) return [item]
    return patch.gone ? [] : [mergeItem(item, patch)]
  })
  const known = new Set(old.map(i => i.id))
  const fresh = patches.filter(p => !p.gone && !known.has(p.id))
  const list = fresh[0]?.at !== undefined ? [...fresh, ...kept] : [...kept, ...fresh]
  return list.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
}

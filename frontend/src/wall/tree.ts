// Small questions about the tree of cockpits.
import type { CockpitSummary } from '../api/definitions'
import type { Status, Tile } from '../live/tile'

/** State of a cockpit in the tree; unknown before the first frame. */
export function stateOf(tile: Tile | null): Status | 'unknown' {
  return tile ? tile.status : 'unknown'
}

/** Name of a cockpit in the language of the page. */
export function nameOf(c: Pick<CockpitSummary, 'name' | 'name_en'>, lang: 'zh' | 'en'): string {
  return lang === 'en' && c.name_en ? c.name_en : c.name
}

/** Ids of the cockpits below this one, itself left out. */
export function below(all: readonly CockpitSummary[], id: string): Set<string> {
  const out = new Set<string>()
  for (let grew = true; grew;) {
    grew = false
    for (const c of all) {
      if (out.has(c.id) || c.id === id || !(c.parent === id || out.has(c.parent))) continue
      out.add(c.id)
      grew = true
    }
  }
  return out
}

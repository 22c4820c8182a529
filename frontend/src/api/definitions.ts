// What /api/v1 answers about the district itself: static until its layout changes.

export type TileKind =
  | 'stat' | 'trend' | 'progress' | 'ranking' | 'breakdown' | 'table'
  | 'board' | 'map' | 'alerts' | 'feed' | 'command' | 'video'

/** A tile's definition with the keys of contracts §2; keys that its kind does not have are absent. */
export interface TileDefinition {
  id: string
  kind: TileKind
  title: string
  title_en: string
  short?: string
  short_en?: string
  x: number
  y: number
  w: number
  h: number
  area: string
  indicator?: string
  indicators?: string[]
  measures?: string[]
  of?: string
  order?: 'worst' | 'desc' | 'asc'
  limit?: number
  span?: string
  target?: number
  compare?: string
  list?: string
  layers?: string[]
  warn?: number
  alarm?: number
  url?: string
}

export interface CockpitState { status: string; alarms: number; warns: number; stale: number }
export interface CockpitSummary {
  id: string
  name: string
  name_en: string
  kind: 'district' | 'street' | 'theme'
  area: string
  parent: string
  state: CockpitState
}
export interface Cockpit extends CockpitSummary { layout: string; tiles: TileDefinition[] }

export interface Area {
  id: string
  name: string
  name_en: string
  kind: string
  parent: string
  code: string
  lon: number | null
  lat: number | null
  children: string[]
}

export interface Indicator {
  id: string
  name: string
  name_en: string
  caliber: string
  measure?: string
  numerator?: string
  denominator?: string
  formula?: string
  scale: number
  unit: string
  decimals: number
  window: string
  direction: 'higher_better' | 'lower_better' | 'neutral'
  warn: number | null
  alarm: number | null
  thresholds_for: string[]
  min_coverage: number
  suppress_below: number
  sensitivity: string
  /** measures that the value is made of */
  measures: string[]
  /** the shortest fresh_for of its measures in ms, null when none has one */
  fresh_for: number | null
}

export interface Measure { id: string; name: string; name_en: string; unit: string; kind: string; caliber: string; sources: string[]; fresh_for: number | null }
export interface PointList { id: string; name: string; name_en: string; owner: string; sensitivity: string; points: { point: string; area: string; name: string; name_en?: string; lon: number | null; lat: number | null }[] }

/** GET /areas/{id}/outlines?of=kind: the area's own outline and those of its descendants of that kind; a descendant without an outline is a Point. */
export interface Outlines {
  type: 'FeatureCollection'
  features: { type: 'Feature'; id: string; properties: { id: string; name: string; name_en: string; kind: string }; geometry: GeoJSON.Geometry }[]
}

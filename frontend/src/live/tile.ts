// The wire form of a tile and of the live protocol's messages (contracts §4).
// Times are Unix milliseconds. Keys are never removed; null where there is nothing.

export type Level = 'normal' | 'warn' | 'alarm' | null
export type Status = 'suppressed' | 'empty' | 'stale' | 'alarm' | 'warn' | 'normal'
export type SparkPoint = readonly [ms: number, value: number | null]

export interface Coverage {
  readonly fresh: number
  readonly expected: number
  readonly silent: readonly string[]
}

export interface Disputed {
  readonly points: number
  readonly values: readonly { readonly source: string; readonly value: number; readonly at: number }[]
}

export interface Cell {
  readonly value: number | null
  readonly level?: Level
  readonly status?: Status
  readonly parts?: readonly [number | null, number | null] | null
}

/** One row, area, line or point of a tile; which keys are there depends on the tile's kind. */
export interface Item {
  readonly id: string
  readonly value?: number | null
  readonly level?: Level
  readonly status?: Status
  readonly since?: number | null
  readonly as_of?: number | null
  readonly rank?: number
  readonly coverage?: Coverage | null
  readonly spark?: readonly SparkPoint[]
  /** table: indicator → cell; board: measure → value */
  readonly cells?: Readonly<Record<string, Cell | number | null>>
  readonly indicator?: string
  readonly area?: string
  readonly at?: number
  readonly kind?: string
  readonly text?: string
  readonly text_en?: string
  readonly gone?: boolean
}

export interface Tile {
  readonly id: string
  readonly value: number | null
  readonly level: Level
  readonly status: Status
  readonly since: number | null
  readonly as_of: number | null
  readonly counts_from: number | null
  readonly parts: readonly [number | null, number | null] | null
  readonly coverage: Coverage | null
  readonly disputed: Disputed | null
  readonly change: { readonly value: number | null; readonly over: string } | null
  readonly spark: readonly SparkPoint[] | null
  readonly items: readonly Item[] | null
  /** progress only */
  readonly target?: number | null
}

export type Patch = { readonly id: string } & Partial<Omit<Tile, 'id'>>

export interface Hello { op: 'hello'; build: string; now: number; ready: boolean; demo: boolean }
export interface Snapshot { op: 'snapshot'; cockpit: string; epoch: string; seq: number; at: number; layout: string; tiles: Tile[] }
export interface Delta { op: 'delta'; cockpit: string; epoch: string; from: number; seq: number; at: number; tiles: Patch[] }
export interface Beat {
  op: 'beat'
  now: number
  tick: number
  behind: number | null
  rate: number
  points: { fresh: number; expected: number }
  sources: { fresh: number; all: number; silent: string[] }
}
export interface LiveError { op: 'error'; code: string; detail: string; cockpit?: string; retry_ms?: number }
/** What a paired screen is told to do. */
export type Order = { op: 'show'; cockpit: string; until: number } | { op: 'reload' }
export type Message = Hello | Snapshot | Delta | Beat | LiveError | Order

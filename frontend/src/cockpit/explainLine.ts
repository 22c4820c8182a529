// What one line of the list says: a child area to go down to, or a point with its newest reading.
import type { Newest } from '../api/explain'
import type { Status } from '../live/tile'

/** A point's newest reading of one measure. */
export interface Last {
  /** name of the measure; empty where there is only one */
  readonly measure: string
  readonly unit: string
  readonly newest: Newest | null
  readonly readings: number
}

export interface Line {
  readonly key: string
  /** a child area; null: a point */
  readonly area: string | null
  readonly name: string
  readonly text: string
  readonly fraction: string
  /** of the bar's track */
  readonly share: number
  readonly status: Status
  readonly newest: readonly Last[]
}

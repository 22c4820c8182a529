// What a tile may ask about the district around it. Tiles get everything through props:
// the definition, the live state, and this; they never reach for the network or the clock.
import type { PlanName } from '../api/client'
import type { Area, Indicator, Measure, Outlines, PointList, TileDefinition } from '../api/definitions'
import type { Tile } from '../live/tile'

export type Lang = 'zh' | 'en'
export type Theme = 'dark' | 'light'

/** The district around a tile: lookups that answer at once (undefined or null until known), server time, and how the page is seen. */
export interface TileContext {
  indicator(id: string): Indicator | undefined
  area(id: string): Area | undefined
  measure(id: string): Measure | undefined
  list(id: string): PointList | undefined
  /** Outline of an area and of its descendants of one kind; null while it loads or where there is none. */
  outlines(area: string, of: string): Outlines | null
  /** Server time in Unix milliseconds. */
  now(): number
  lang: Lang
  theme: Theme
  /** Growth of type for viewers farther away than the reach of the screen; 1 at most distances. */
  k: number
  kiosk: boolean
  /** The cockpit that shows this area, if there is one. */
  cockpitOf(area: string): string | null
  /** Marks that hold for every tile of a page: shown as a tag in the head. */
  marks?: { demo?: boolean; drill?: boolean }
  /** Plans that stand ready; undefined until known. */
  plans?(): readonly PlanName[] | undefined
}

/** Props of every tile component. */
export interface TileProps {
  definition: TileDefinition
  tile: Tile
  ctx: TileContext
}

/** What a touch on a tile, a row or an area asks for. */
export interface Open {
  /** a command's board; empty: the list of commands */
  command?: string
  area?: string
  indicator?: string
}

// What both ways of drawing the map are handed, and what they tell.
import type { Outlines } from '../api/definitions'
import type { Look } from '../charts/paint'
import type { Mark } from './cells'
import type { Bounds } from './mercator'

/** How an area is drawn, with its name and its figure. */
export interface AreaLook extends Look {
  readonly id: string
  readonly name: string
  readonly text: string
  readonly value: number | null
}

/** A place to be pointed at: an address, a point that was found. */
export interface Pin {
  readonly lon: number
  readonly lat: number
}

export interface Scene {
  readonly outlines: Outlines
  /** the area over all that is drawn */
  readonly top: string
  readonly areas: ReadonlyMap<string, AreaLook>
  readonly selected: string
  readonly layers: readonly string[]
  readonly marks: readonly Mark[]
  readonly pin: Pin | null
  readonly theme: string
  /** an area's name, short, in the language of the page */
  nameOf(id: string): string
  readonly label: string
}

/** A touched point, or several that stand together. */
export interface Touched {
  readonly key: string
  readonly count: number
  readonly list: string
  readonly point: string
  readonly name: string
  /** empty: none */
  readonly nameEn: string
  readonly area: string
  /** of several: how many of each list */
  readonly lists: readonly { readonly list: string; readonly count: number }[]
  readonly lon: number
  readonly lat: number
  readonly zoom: number
}

/** What the page may ask of the map. */
export interface Steering {
  closer(): void
  farther(): void
  whole(): void
  show(b: Bounds, most?: number): void
}

/** From a feature's properties, as tiles have them. */
export function touchedOf(p: Readonly<Record<string, unknown>>, lon: number, lat: number, zoom: number): Touched {
  const word = (k: string) => (typeof p[k] === 'string' ? (p[k] as string) : '')
  const lists = word('lists').split(',').filter(Boolean).map(s => {
    const [list = '', count = '0'] = s.split(':')
    return { list, count: Number(count) }
  })
  return { key: word('key'), count: p.cluster === true ? Number(p.point_count) : 1, list: word('list'), point: word('point'), name: word('name'), nameEn: word('name_en'), area: word('area'), lists, lon, lat, zoom }
}

/** How large a cluster is drawn, in CSS pixels across. */
export function clusterSize(count: number): number {
  return 30 + 8 * Math.min(4, Math.log10(count))
}

/** A count in at most four characters. */
export function briefly(count: number, lang: 'zh' | 'en'): string {
  if (count < 10_000) return String(count)
  return lang === 'zh' ? `${Math.round(count / 1000) / 10}万` : `${Math.round(count / 1000)}k`
}

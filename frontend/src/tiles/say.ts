// The words and figures of tiles, asked for in one place.
import { formatValue } from '../words/numbers'
import { changeOver } from '../words/times'
import { unitWord } from '../words/units'
import { tilesEn } from '../words/tiles.en'
import { tilesZh, type TileWords } from '../words/tiles.zh'
import type { Indicator } from '../api/definitions'
import type { Lang, TileContext } from './context'
import { thresholds } from './status'

export { changeOver, formatAge, formatClock, formatDuration, windowWord } from '../words/times'

/** A figure as it is shown: text and unit apart. */
export interface Shown {
  readonly text: string
  readonly unit: string
}

/** Words of tiles in one language. */
export function say(lang: Lang): TileWords {
  return lang === 'en' ? tilesEn : tilesZh
}

const none: Shown = { text: '—', unit: '' }

/** A value of an indicator at an area, rounded by its rule, in at most `max` characters. */
export function show(ctx: TileContext, indicator: Indicator | undefined, value: number | null | undefined, areaKind?: string, max?: number): Shown {
  if (value === null || value === undefined) return none
  const { warn, alarm } = thresholds(indicator, areaKind)
  return formatValue(value, {
    decimals: indicator?.decimals ?? 0,
    unit: indicator?.unit ?? '',
    warn,
    alarm,
    direction: indicator?.direction ?? 'neutral',
    lang: ctx.lang,
    max,
  })
}

/** Numerator and denominator; a part that isn't whole keeps two places. */
export function showParts(ctx: TileContext, parts: readonly [number | null, number | null] | null): string {
  const [a, b] = parts ?? [null, null]
  if (a === null || b === null) return ''
  const one = (n: number) => formatValue(n, { decimals: Number.isInteger(n) || Math.abs(n) >= 100 ? 0 : 2, unit: '', lang: ctx.lang }).text
  return `${one(a)} / ${one(b)}`
}

/** A hidden small value: what it is under, never what it is. */
export function hidden(indicator: Indicator | undefined): string {
  const below = indicator?.suppress_below ?? 0
  return below > 0 ? `<${below}` : '—'
}

/** What a change is measured against, without "the same time" where there is no room for it. */
export function changeBriefly(over: string, lang: Lang): string {
  return changeOver(over, lang).replace(/同[刻期]$/u, '')
}

/** A figure for a row, whose unit stands in the head: only the 万 or 亿 stays with it. */
export function compact(shown: Shown, unit: string | undefined, lang: Lang): string {
  const word = unitWord(unit ?? '', lang)
  if (!word || !shown.unit.endsWith(word)) return shown.text + shown.unit
  return shown.text + shown.unit.slice(0, -word.length).trimEnd()
}

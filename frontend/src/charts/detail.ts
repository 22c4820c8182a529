// What the drill-down chart shows, as options of its library: one line, the period before as a ghost, the limits, and
// what changed on the way. Times are moved to the district's clock before, so that days begin where they do there.
import type { EChartsCoreOption } from 'echarts/core'
import { wallClock } from '../words/zone'
import { extent, niceStep, tidy, union, valueRange, type Range } from './scale'

export type DetailPoint = readonly [ms: number, value: number | null]

export interface Detail {
  readonly line: readonly DetailPoint[]
  readonly ghost: readonly DetailPoint[]
  readonly marks: readonly { readonly at: number; readonly text: string }[]
  readonly from: number
  readonly to: number
  readonly warn: number | null
  readonly alarm: number | null
  readonly warnWord: string
  readonly alarmWord: string
  readonly fromZero: boolean
  readonly top: number | null
  readonly label: string
  readonly ghostName: string
  readonly name: string
  /** a value with its unit */
  readonly figure: (v: number) => string
  /** a value on the axis, with so many decimals */
  readonly tick: (v: number, decimals: number) => string
  readonly weekdays: readonly string[]
  readonly lang: 'zh' | 'en'
}

/** Colours as the canvas needs them, by token. */
export type Colours = Readonly<Record<'line' | 'grid' | 'text' | 'note' | 'ghost' | 'warn' | 'alarm' | 'sheet' | 'end', string>>

const day = 24 * 3_600_000
const two = (n: number) => String(n).padStart(2, '0')

/** An instant as the district's clock shows it, as if that clock were UTC. */
export function onWall(ms: number): number {
  const w = wallClock(ms)
  return Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second)
}

function clockOf(wall: number): string {
  const d = new Date(wall)
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`
}
function dateOf(wall: number, lang: 'zh' | 'en'): string {
  const d = new Date(wall)
  return lang === 'zh' ? `${d.getUTCMonth() + 1}月${d.getUTCDate()}日` : `${d.getUTCDate()}/${d.getUTCMonth() + 1}`
}

/** The word under a place of the time axis: hours within two days, weekdays within ten, else dates. */
export function timeWord(wall: number, span: number, weekdays: readonly string[], lang: 'zh' | 'en'): string {
  if (span <= 2 * day) return clockOf(wall)
  if (wall % day !== 0) return span <= 5 * day ? clockOf(wall) : ''
  return span <= 10 * day ? (weekdays[new Date(wall).getUTCDay()] ?? '') : dateOf(wall, lang)
}

/** Round ends of the value axis, and the step between its lines. */
export function valueAxis(d: Detail): { range: Range; step: number } {
  const [lo, hi] = valueRange(union(extent(d.line), extent(d.ghost)), d.fromZero, d.warn)
  const step = niceStep((hi - lo) / 3)
  const low = Math.floor(lo / step + 1e-9) * step
  const high = Math.ceil(hi / step - 1e-9) * step
  return { range: [tidy(d.fromZero || lo >= 0 ? Math.max(0, low) : low), tidy(d.top !== null && hi <= d.top ? Math.min(d.top, high) : high)], step: tidy(step) }
}

function limit(value: number | null, word: string, colour: string, sheet: string, range: Range) {
  if (value === null || value < range[0] || value > range[1]) return []
  return [{ yAxis: value, lineStyle: { color: colour, type: [8, 6], width: 2 }, label: { formatter: word, position: 'insideStartTop', color: colour, fontSize: 14, backgroundColor: sheet, padding: [0, 4], distance: 3 } }]
}

export function optionOf(d: Detail, c: Colours, font: string): EChartsCoreOption {
  const { range, step } = valueAxis(d)
  const span = d.to - d.from
  const decimals = (String(step).split('.')[1] ?? '').length
  const place = (p: DetailPoint) => [onWall(p[0]), p[1]]
  const last = d.line.filter(p => p[1] !== null).at(-1)
  const name = (wall: number) => `${dateOf(wall, d.lang)} ${clockOf(wall)}`
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: font, fontSize: 14 },
    aria: { enabled: true, label: { description: d.label } },
    grid: { left: 8, right: 16, top: d.marks.length > 0 ? 26 : 14, bottom: 4, containLabel: true },
    xAxis: {
      type: 'time', min: onWall(d.from), max: onWall(d.to), axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false },
      splitNumber: 6, axisLabel: { color: c.note, fontSize: 14, hideOverlap: true, formatter: (wall: number) => timeWord(wall, span, d.weekdays, d.lang) },
    },
    yAxis: { type: 'value', min: range[0], max: range[1], interval: step, axisLabel: { color: c.note, fontSize: 14, formatter: (v: number) => d.tick(v, decimals) }, splitLine: { lineStyle: { color: c.grid, width: 1 } } },
    tooltip: {
      trigger: 'axis', renderMode: 'richText', confine: true, backgroundColor: c.text, borderWidth: 0, padding: [8, 12], textStyle: { color: c.sheet, fontSize: 15, fontFamily: font },
      axisPointer: { type: 'line', lineStyle: { color: c.note, width: 1, type: 'solid' } },
      formatter: (list: { seriesName: string; value: [number, number | null] }[]) => [name(list[0]?.value[0] ?? 0), ...list.filter(p => p.value[1] !== null).map(p => `${p.seriesName} ${d.figure(p.value[1] ?? 0)}`)].join('\n'),
    },
    dataZoom: [{ type: 'inside', filterMode: 'none', minValueSpan: 30 * 60_000, preventDefaultMouseMove: false }],
    series: [
      { id: 'ghost', name: d.ghostName, type: 'line', data: d.ghost.map(place), showSymbol: false, connectNulls: false, silent: true, lineStyle: { color: c.ghost, width: 2, type: [2, 5] }, itemStyle: { color: c.ghost }, z: 1 },
      {
        id: 'line', name: d.name, type: 'line', data: d.line.map(place), showSymbol: false, connectNulls: false, lineStyle: { color: c.line, width: 3, join: 'round' }, itemStyle: { color: c.line }, z: 3,
        ...(d.fromZero ? { areaStyle: { color: c.line, opacity: 0.13 } } : {}),
        markLine: {
          silent: true, symbol: 'none', animation: false,
          data: [...limit(d.warn, d.warnWord, c.warn, c.sheet, range), ...limit(d.alarm, d.alarmWord, c.alarm, c.sheet, range), ...d.marks.filter(m => m.at >= d.from && m.at <= d.to).map(m => ({ xAxis: onWall(m.at), lineStyle: { color: c.note, type: 'solid', width: 1 }, label: { formatter: m.text, position: 'end', distance: 2, rotate: 0, width: 150, overflow: 'truncate', color: c.note, fontSize: 13 } }))],
        },
        markPoint: last ? { silent: true, symbol: 'circle', symbolSize: 12, animation: false, data: [{ coord: place(last), itemStyle: { color: c.end, borderColor: c.sheet, borderWidth: 2 } }], label: { show: false } } : undefined,
      },
    ],
  }
}

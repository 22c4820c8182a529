// A district that exists only on the story page: eight streets in a row of two, four indicators, one list.
import type { Area, Indicator, Measure, Outlines, PointList } from '../api/definitions'
import type { Lang, Theme, TileContext } from '../tiles/context'

/** The instant at which the story page stands still: 28 August 2024, 14:32:07 in Shanghai. */
export const now = Date.UTC(2024, 7, 28, 6, 32, 7)

const streets: readonly (readonly [id: string, zh: string, en: string])[] = [
  ['shiqiao', '石桥街道', 'Shiqiao'], ['dongxin', '东新街道', 'Dongxin'], ['zhaohui', '朝晖街道', 'Zhaohui'], ['wenhui', '文晖街道', 'Wenhui'],
  ['tianshui', '天水街道', 'Tianshui'], ['chaoming', '潮鸣街道', 'Chaoming'], ['wulin', '武林街道', 'Wulin'], ['changqing', '长庆街道', 'Changqing'],
]
const longNames: readonly (readonly [string, string])[] = [
  ['一二三四五六七八九十甲乙丙丁戊己庚辛壬癸', 'A community with a name that goes on and on'],
]

/** Ids of the streets, north to south. */
export const streetIds = streets.map(s => s[0])

const place = (id: string, name: string, nameEn: string, kind: string, parent: string, children: string[] = []): Area => ({ id, name, name_en: nameEn, kind, parent, code: '', lon: null, lat: null, children })

function areas(long: boolean): Map<string, Area> {
  const list = streets.map(([id, zh, en], i) => place(id, long && i === 0 ? (longNames[0]?.[0] ?? zh) : zh, long && i === 0 ? (longNames[0]?.[1] ?? en) : en, 'street', 'district'))
  return new Map([place('district', '示例区', 'Sample District', 'district', '', streetIds), ...list].map(a => [a.id, a]))
}

const base: Omit<Indicator, 'id' | 'name' | 'name_en' | 'unit' | 'decimals'> = {
  caliber: '', scale: 1, window: 'day', direction: 'neutral', warn: null, alarm: null, thresholds_for: [], min_coverage: 0.5, suppress_below: 0, sensitivity: 'public', measures: ['m'], fresh_for: 600_000,
}
const indicatorList: readonly Indicator[] = [
  { ...base, id: 'rate', name: '按期处置率', name_en: 'Handled on time', unit: '%', decimals: 2, window: 'month', direction: 'higher_better', warn: 95, alarm: 90, numerator: 'm', denominator: 'n', measures: ['m', 'n'] },
  { ...base, id: 'overdue', name: '超期未结', name_en: 'Overdue', unit: '件', decimals: 0, window: 'latest', direction: 'lower_better', warn: 8, alarm: 15, measure: 'm' },
  { ...base, id: 'events', name: '上报事件', name_en: 'Events reported', unit: '件', decimals: 0, measure: 'm' },
  { ...base, id: 'observed', name: '居家观察', name_en: 'At home', unit: '人', decimals: 0, window: 'latest', suppress_below: 5, measure: 'm' },
  { ...base, id: 'net', name: '净变化', name_en: 'Net change', unit: '元', decimals: 2, window: 'year', direction: 'higher_better', measure: 'm' },
  ...[['grid', '网格上报', 'Grid workers'], ['hotline', '12345 热线', '12345 hotline'], ['iot', '物联·视频', 'Sensors, video'], ['dept', '部门转入', 'Departments'], ['volunteers', '武林大妈', 'Volunteers']].map(([id = '', name = '', nameEn = '']): Indicator => ({ ...base, id, name, name_en: nameEn, unit: '件', decimals: 0, measure: 'm' })),
  ...['一月', '二月', '三月', '四月'].map((name, i): Indicator => ({ ...base, id: `heat${i}`, name, name_en: ['Jan', 'Feb', 'Mar', 'Apr'][i] ?? '', unit: '例', decimals: 0, suppress_below: 5, measure: 'm' })),
]
const measure: Measure = { id: 'm', name: '烟火报警', name_en: 'Smoke alarms', unit: '起', kind: 'flow', caliber: '', sources: ['城管平台'], fresh_for: 600_000 }

/** Thirty-five kitchens, as on a shopping street. */
export const kitchens: PointList = {
  id: 'kitchens', name: '后厨', name_en: 'Kitchens', owner: '', sensitivity: 'public',
  points: Array.from({ length: 35 }, (_, i) => {
    const kinds = [['火锅', 'Hotpot'], ['西餐', 'Western'], ['咖啡', 'Coffee'], ['面馆', 'Noodles'], ['川菜', 'Sichuan'], ['茶餐厅', 'Tea house'], ['快餐', 'Fast food']] as const
    const kind = kinds[(i * 3 + Math.floor(i / 7)) % kinds.length] ?? kinds[0]
    const code = `${'ABCDE'[Math.floor(i / 7)] ?? 'E'}0${(i % 7) + 1}`
    return { point: `kitchen-${String(i + 1).padStart(2, '0')}`, area: 'dongxin', name: `${code} ${kind[0]}`, name_en: `${code} ${kind[1]}`, lon: null, lat: null }
  }),
}

/** Corners of a bent ladder: two columns of streets that share their edges. */
function outlinesOf(all: Map<string, Area>): Outlines {
  const wobble = [0, 0.003, -0.002, 0.004, -0.001]
  const at = (column: number, row: number): [number, number] => [120.15 + column * 0.022 + (wobble[row] ?? 0) * (column === 1 ? -2 : 1.5) + row * 0.004, 30.26 + row * 0.022 + (wobble[(row + column) % 5] ?? 0)]
  const feature = (id: string, ring: [number, number][]): Outlines['features'][number] => {
    const area = all.get(id)
    return { type: 'Feature', id, properties: { id, name: area?.name ?? id, name_en: area?.name_en ?? id, kind: area?.kind ?? '' }, geometry: { type: 'Polygon', coordinates: [[...ring, ring[0] ?? [0, 0]]] } }
  }
  const cells = streetIds.map((id, i) => {
    const row = 3 - Math.floor(i / 2)
    const column = i % 2
    return feature(id, [at(column, row), at(column + 1, row), at(column + 1, row + 1), at(column, row + 1)])
  })
  const right = [0, 1, 2, 3, 4].map(r => at(2, r))
  const left = [4, 3, 2, 1, 0].map(r => at(0, r))
  return { type: 'FeatureCollection', features: [feature('district', [at(0, 0), at(1, 0), ...right, at(1, 4), ...left.slice(0, 4)]), ...cells] }
}

/** What a story is seen with. */
export interface Seen {
  readonly lang: Lang
  readonly theme: Theme
  readonly long?: boolean
  readonly marks?: { demo?: boolean; drill?: boolean }
  /** streets as points, as where no outline is known */
  readonly points?: boolean
}

const measures: readonly Measure[] = [measure, { ...measure, id: 'n' }, ...['on', 'devices'].map((id): Measure => ({ ...measure, id, kind: 'stock', unit: '路' }))]

/** Everything that there is to know of this district, as a server would answer it. */
export function storyDistrict(long = false) {
  const all = areas(long)
  return { areas: all, indicators: indicatorList, measures, list: kitchens, outlines: outlinesOf(all) }
}

/** The context of a story: everything known, time standing still. */
export function storyContext(seen: Seen): TileContext {
  const { areas: all, outlines } = storyDistrict(seen.long ?? false)
  const indicators = new Map(indicatorList.map(i => [i.id, i]))
  return {
    indicator: id => indicators.get(id),
    area: id => all.get(id),
    measure: id => measures.find(m => m.id === id),
    list: id => (id === 'kitchens' ? kitchens : undefined),
    outlines: () => (seen.points ? asPoints(outlines) : outlines),
    now: () => now,
    lang: seen.lang,
    theme: seen.theme,
    k: 1,
    kiosk: false,
    cockpitOf: () => null,
    marks: seen.marks,
  }
}

function asPoints(o: Outlines): Outlines {
  return {
    ...o,
    features: o.features.map(f => {
      const ring = f.geometry.type === 'Polygon' ? (f.geometry.coordinates[0] ?? []) : []
      const mean = (i: 0 | 1) => ring.reduce((a, p) => a + (p[i] ?? 0), 0) / (ring.length || 1)
      return { ...f, geometry: { type: 'Point' as const, coordinates: [mean(0), mean(1)] } }
    }),
  }
}

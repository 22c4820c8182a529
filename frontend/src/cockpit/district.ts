// The district around all tiles: fetched once, looked up by every tile, fetched again when the server has another.
import { computed, shallowReactive, shallowRef, type Ref } from 'vue'
import { api, type PlanName } from '../api/client'
import type { Area, CockpitSummary, Indicator, Measure, Outlines, PointList } from '../api/definitions'
import { Unanswered } from '../api/problem'
import type { Lang, Theme, TileContext } from '../tiles/context'
import { setZone } from '../words/zone'

const patience = 3000

/** Asks until there is an answer; null when the thing isn't there. */
export async function persist<T>(ask: () => Promise<T>, still: () => boolean = () => true): Promise<T | null> {
  for (;;) {
    try {
      return await ask()
    } catch (e) {
      if (e instanceof Unanswered && e.gone) return null
    }
    await new Promise(done => setTimeout(done, patience))
    if (!still()) return null
  }
}

const byId = <T extends { id: string }>(list: readonly T[]) => new Map(list.map(x => [x.id, x]))

export class District {
  readonly cockpits = shallowRef<readonly CockpitSummary[]>([])
  private readonly areas = shallowRef(new Map<string, Area>())
  private readonly indicators = shallowRef(new Map<string, Indicator>())
  private readonly measures = shallowRef(new Map<string, Measure>())
  private readonly lists = shallowReactive(new Map<string, PointList>())
  private readonly plans = shallowReactive(new Map<'', readonly PlanName[]>())
  private readonly shapes = shallowReactive(new Map<string, Outlines>())
  private readonly asked = new Set<string>()
  private round = 0

  /** Fetches everything that is small; lists and outlines come when a tile asks for them. */
  async load(): Promise<void> {
    const round = ++this.round
    const still = () => round === this.round
    const [about, cockpits, areas, indicators, measures] = await Promise.all([
      persist(api.district, still), persist(api.cockpits, still), persist(api.areas, still), persist(api.indicators, still), persist(api.measures, still),
    ])
    if (!still()) return
    if (about) setZone(about.timezone) // first: what is told next is said on that clock
    this.areas.value = byId(areas ?? [])
    this.indicators.value = byId(indicators ?? [])
    this.measures.value = byId(measures ?? [])
    this.cockpits.value = cockpits ?? []
    this.lists.clear()
    this.plans.clear()
    this.shapes.clear()
    this.asked.clear()
  }

  cockpit(id: string): CockpitSummary | undefined {
    return this.cockpits.value.find(c => c.id === id)
  }

  /** The cockpit about an area: that of a district or a street before a theme's. */
  cockpitOf(area: string): string | null {
    const about = this.cockpits.value.filter(c => c.area === area)
    return (about.find(c => c.kind !== 'theme') ?? about.find(c => !this.isAreaOfParent(c)))?.id ?? null
  }

  /** A theme over all of its parent's area is not about a place. */
  private isAreaOfParent(c: CockpitSummary): boolean {
    return this.cockpit(c.parent)?.area === c.area
  }

  area(id: string): Area | undefined {
    return this.areas.value.get(id)
  }

  indicator(id: string): Indicator | undefined {
    return this.indicators.value.get(id)
  }

  /** All indicators, in the order of the district's files. */
  allIndicators(): Indicator[] {
    return [...this.indicators.value.values()]
  }

  /** All measures, in the order of the district's files. */
  allMeasures(): Measure[] {
    return [...this.measures.value.values()]
  }

  /** All areas below one, parents before children. */
  below(id: string): Area[] {
    return (this.area(id)?.children ?? []).flatMap(c => [...[this.area(c)].filter(a => a !== undefined), ...this.below(c)])
  }

  /** True where an area of this kind lies deeper than the root's children. */
  deep(top: string, kind: string): boolean {
    const below = (id: string): boolean => (this.area(id)?.children ?? []).some(c => (this.area(c)?.kind === kind && this.path(c).length > 2) || below(c))
    return below(top)
  }

  /** The indicator that shows the first of these measures: alone before in a ratio. */
  indicatorOf(measures: readonly string[] | undefined): string | undefined {
    const [measure] = measures ?? []
    if (measure === undefined) return undefined
    const about = [...this.indicators.value.values()].filter(i => i.measures.includes(measure))
    return (about.find(i => i.measure === measure && i.window === 'day') ?? about.find(i => i.measure === measure) ?? about[0])?.id
  }

  /** Areas from the top down to this one. */
  path(id: string): Area[] {
    const up: Area[] = []
    for (let a = this.area(id); a && up.length < 32; a = this.area(a.parent)) up.unshift(a)
    return up
  }

  /** Lookups for tiles, as this screen sees them. */
  context(screen: { lang: Ref<Lang>; theme: Ref<Theme>; k: Ref<number> }, now: () => number) {
    return computed<TileContext>(() => ({
      indicator: id => this.indicators.value.get(id),
      area: id => this.areas.value.get(id),
      measure: id => this.measures.value.get(id),
      list: id => this.lists.get(id) ?? this.fetchOnce(`list ${id}`, () => api.list(id), l => this.lists.set(id, l)),
      outlines: (area, of) => this.outlines(area, of),
      now,
      lang: screen.lang.value,
      theme: screen.theme.value,
      k: screen.k.value,
      kiosk: false,
      cockpitOf: area => this.cockpitOf(area),
      plans: () => this.plans.get('') ?? this.fetchOnce('plans', api.plans, p => this.plans.set('', p)),
    }))
  }

  private outlines(area: string, of: string): Outlines | null {
    if (!area || !of) return null
    const key = `outlines ${area} ${of}`
    return this.shapes.get(key) ?? this.fetchOnce(key, () => api.outlines(area, of), o => this.shapes.set(key, o)) ?? null
  }

  private fetchOnce<T>(key: string, ask: () => Promise<T>, keep: (t: T) => void): undefined {
    if (this.asked.has(key)) return
    this.asked.add(key)
    const round = this.round
    void persist(ask, () => round === this.round).then(t => {
      if (t !== null && round === this.round) keep(t)
    })
  }
}

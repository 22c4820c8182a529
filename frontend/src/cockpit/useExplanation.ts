// A number's explanation, asked anew every few seconds while somebody reads it.
import { onBeforeUnmount, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Value } from '../api/client'
import { explain, figure, restatements, type Explanation, type Restatement } from '../api/explain'
import { Unanswered } from '../api/problem'
import { wallClock } from '../words/zone'
import { definitionOn, type Place } from './explain'

const every = 4000
/** After a refusal, which seldom changes. */
const seldom = 60_000
const month = 30 * 24 * 3_600_000

/** How the question stands: `lost` keeps the last answer, which is no longer proven. */
export type Standing = 'loading' | 'ready' | 'lost' | 'forbidden' | 'unknown'

export interface Asked {
  readonly explanation: ShallowRef<Explanation | null>
  readonly value: ShallowRef<Value | null>
  readonly restated: ShallowRef<readonly Restatement[]>
  readonly standing: ShallowRef<Standing>
  /** server time of the last answer; 0: none yet */
  readonly heard: ShallowRef<number>
}

function dayOf(ms: number): string {
  const { year, month: m, day } = wallClock(ms)
  return `${year}-${String(m).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

export function useExplanation(at: Ref<Place | null>, now: () => number): Asked {
  const explanation = shallowRef<Explanation | null>(null)
  const value = shallowRef<Value | null>(null)
  const restated = shallowRef<readonly Restatement[]>([])
  const standing = shallowRef<Standing>('loading')
  const heard = shallowRef(0)
  let round = 0
  let timer: ReturnType<typeof setTimeout> | null = null

  async function ask(place: Place, mine: number): Promise<void> {
    const asked = figure(place.indicator, place.area).catch(() => null)
    try {
      const [e, v] = await Promise.all([explain(place.indicator, place.area), asked])
      if (mine !== round) return
      explanation.value = { ...e, indicator: definitionOn(e.indicator, dayOf(now())) }
      value.value = v ?? value.value
      standing.value = 'ready'
      heard.value = now()
    } catch (e) {
      if (mine !== round) return
      const status = e instanceof Unanswered ? e.status : 0
      value.value = (await asked) ?? value.value
      if (mine !== round) return
      if (status === 401 || status === 403) standing.value = 'forbidden'
      else if (status === 404) standing.value = 'unknown'
      else standing.value = explanation.value ? 'lost' : 'loading'
    }
    const refused = standing.value === 'forbidden' || standing.value === 'unknown'
    timer = setTimeout(() => void ask(place, mine), refused ? seldom : every)
  }

  watch(at, (place, before) => {
    if (place && before && place.indicator === before.indicator && place.area === before.area) return
    const mine = ++round
    if (timer) clearTimeout(timer)
    explanation.value = value.value = null
    restated.value = []
    standing.value = 'loading'
    heard.value = 0
    if (!place) return
    void ask(place, mine)
    restatements(place.indicator, place.area, now() - month, now()).then(list => {
      if (mine === round) restated.value = list
    }, () => undefined)
  }, { immediate: true })

  onBeforeUnmount(() => {
    round++
    if (timer) clearTimeout(timer)
  })
  return { explanation, value, restated, standing, heard }
}

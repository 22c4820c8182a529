// The series that one figure is compared with and drawn from.
import { onBeforeUnmount, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { series, type Mark, type Series } from '../api/explain'
import { Unanswered } from '../api/problem'
import type { Place } from '../cockpit/explain'
import { shifted, spans, valueAt, withGaps, type Days, type Point } from './history'

const day = 24 * 3_600_000
const every = 60_000
const again = 5000

/** `none`: nobody has kept anything; `lost`: nobody can be asked. */
export type Standing = 'loading' | 'ready' | 'none' | 'lost'
export interface Past { readonly line: readonly Point[]; readonly ghost: readonly Point[]; readonly marks: readonly Mark[] }

/** Asks now and then while somebody looks; a failed question is asked again sooner. */
function repeat<T>(what: () => string, ask: () => Promise<T>, empty: T): { value: ShallowRef<T>; failed: ShallowRef<boolean>; asked: ShallowRef<boolean> } {
  const value = shallowRef(empty) as ShallowRef<T>
  const failed = shallowRef(false)
  const asked = shallowRef(false)
  let round = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  async function run(mine: number): Promise<void> {
    let wait = every
    try {
      const found = await ask()
      if (mine !== round) return
      value.value = found
      failed.value = false
    } catch (e) {
      if (mine !== round) return
      failed.value = !(e instanceof Unanswered && e.gone)
      wait = again
    }
    asked.value = true
    timer = setTimeout(() => void run(mine), wait)
  }
  watch(what, () => {
    if (timer) clearTimeout(timer)
    value.value = empty
    failed.value = asked.value = false
    void run(++round)
  }, { immediate: true })
  onBeforeUnmount(() => {
    round++
    if (timer) clearTimeout(timer)
  })
  return { value, failed, asked }
}

const nothing: Past = { line: [], ghost: [], marks: [] }

/** The line of the last days, and the one before it. */
export function useHistory(at: Ref<Place>, days: Ref<Days>, now: () => number) {
  const { value, failed, asked } = repeat<Past>(() => `${at.value.indicator}@${at.value.area} ${days.value}`, async () => {
    const { indicator, area } = at.value
    const { step, ms } = spans[days.value]
    const end = now()
    const [line, ghost] = await Promise.all([
      series(indicator, area, end - days.value * day, end, step),
      series(indicator, area, end - 2 * days.value * day, end - days.value * day, step).catch((): Series => ({ points: [], marks: [] })),
    ])
    return { line: withGaps(line.points, ms), ghost: shifted(withGaps(ghost.points, ms), days.value), marks: line.marks }
  }, nothing)
  const standing = (): Standing => (failed.value ? 'lost' : !asked.value ? 'loading' : value.value.line.some(p => p[1] !== null) ? 'ready' : 'none')
  return { past: value, standing }
}

export interface Before { readonly yesterday: number | null; readonly weekAgo: number | null }

/** What the figure was at this time yesterday and a week ago. */
export function useBefore(at: Ref<Place>, now: () => number) {
  return repeat<Before>(() => `${at.value.indicator}@${at.value.area}`, async () => {
    const { indicator, area } = at.value
    const of = async (days: number) => {
      const then = now() - days * day
      const fine = await series(indicator, area, then - 30 * 60_000, then + 60_000, '1m')
      const found = valueAt(fine.points, then, 30 * 60_000)
      if (found !== null) return found
      const coarse = await series(indicator, area, then - 3 * 3_600_000, then + 3_600_000, '1h')
      return valueAt(coarse.points, then, 2 * 3_600_000)
    }
    const [yesterday, weekAgo] = await Promise.all([of(1), of(7)])
    return { yesterday, weekAgo }
  }, { yesterday: null, weekAgo: null })
}

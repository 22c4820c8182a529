// One indicator at several areas, asked over HTTP every few seconds while somebody looks.
import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue'
import { api, type Value } from '../api/client'

const every = 10_000
const atOnce = 4

/** Values by area, null where there is none for these eyes; null until the first answer. */
export function useValues(ask: () => { readonly indicator: string; readonly areas: readonly string[] }): ShallowRef<ReadonlyMap<string, Value | null> | null> {
  const values = shallowRef<ReadonlyMap<string, Value | null> | null>(null)
  let round = 0
  let timer: ReturnType<typeof setTimeout> | null = null

  async function fetchAll(indicator: string, areas: readonly string[], mine: number): Promise<void> {
    const found = new Map<string, Value | null>()
    const left = [...areas]
    const worker = async () => {
      for (let area = left.shift(); area !== undefined && mine === round; area = left.shift()) {
        found.set(area, await api.value(indicator, area).catch(() => null))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    if (mine !== round) return
    values.value = found
    timer = setTimeout(() => void fetchAll(indicator, areas, mine), every)
  }
  watch(() => { const { indicator, areas } = ask(); return `${indicator}@${areas.join()}` }, () => {
    const { indicator, areas } = ask()
    if (timer) clearTimeout(timer)
    values.value = null
    const mine = ++round
    if (indicator && areas.length > 0) void fetchAll(indicator, areas, mine)
  }, { immediate: true })
  onBeforeUnmount(() => {
    round++
    if (timer) clearTimeout(timer)
  })
  return values
}

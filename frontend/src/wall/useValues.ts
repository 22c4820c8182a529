// A figure at several areas, asked over HTTP every few seconds while somebody looks.
import { onBeforeUnmount, shallowRef } from 'vue'
import { api, type Value } from '../api/client'

const every = 5000
const atOnce = 6

/** Values by area; null where there is none for these eyes. */
export function useValues(indicator: string, areas: readonly string[]) {
  const values = shallowRef<ReadonlyMap<string, Value | null>>(new Map())
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | null = null

  async function fetchAll(): Promise<void> {
    const found = new Map<string, Value | null>()
    const left = [...areas]
    const worker = async () => {
      for (let area = left.shift(); area !== undefined && !stopped; area = left.shift()) {
        found.set(area, await api.value(indicator, area).catch(() => null))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    if (stopped) return
    values.value = found
    timer = setTimeout(() => void fetchAll(), every)
  }
  void fetchAll()
  onBeforeUnmount(() => {
    stopped = true
    if (timer) clearTimeout(timer)
  })
  return values
}

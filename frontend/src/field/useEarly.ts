// A second tap of the same thumb must not speak for the next door: its buttons take nothing until the hand has seen it.
import { onScopeDispose, shallowRef, watch } from 'vue'

/** How long the buttons of a door that has just come up take nothing. */
export const seen = 800

/** Early from a report, or from a door that comes up under the thumb by itself, until it has been seen. */
export function useEarly(door: () => string | undefined) {
  const early = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  function wait(): void {
    early.value = true
    clearTimeout(timer)
    timer = setTimeout(() => { early.value = false }, seen)
  }
  watch(door, (now, before) => { if (now !== before) wait() }, { flush: 'sync' })
  onScopeDispose(() => { clearTimeout(timer) })
  return { early, wait }
}

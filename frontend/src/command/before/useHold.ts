// Holding a button: by pointer, by touch or by the Space key, for as long as it takes; letting go before that is nothing.
import { onBeforeUnmount, onMounted, shallowRef } from 'vue'

export const holdFor = 2000

/** `able` is asked at the start; `done` is called once, at the end. */
export function useHold(able: () => boolean, done: () => void) {
  /** ms held; 0 at rest */
  const held = shallowRef(0)
  /** how far the last hold came that was let go too soon; 0: none */
  const short = shallowRef(0)
  let from = 0
  let frame = 0

  function begin(): void {
    if (frame || !able()) return
    from = performance.now()
    short.value = 0
    held.value = 1
    frame = requestAnimationFrame(step)
  }
  function step(): void {
    held.value = Math.max(1, performance.now() - from)
    if (held.value < holdFor) {
      frame = requestAnimationFrame(step)
      return
    }
    frame = 0
    held.value = 0
    done()
  }
  function end(): void {
    if (!frame) return
    cancelAnimationFrame(frame)
    frame = 0
    short.value = held.value
    held.value = 0
  }
  const down = (e: PointerEvent) => { if (e.button === 0 && e.isPrimary) begin() }
  const keydown = (e: KeyboardEvent) => {
    if (e.key === 'Escape') end()
    if (e.key !== ' ') return
    e.preventDefault()
    if (!e.repeat) begin()
  }
  const keyup = (e: KeyboardEvent) => { if (e.key === ' ') end() }
  const hidden = () => { if (document.visibilityState !== 'visible') end() }
  onMounted(() => {
    addEventListener('blur', end)
    document.addEventListener('visibilitychange', hidden)
  })
  onBeforeUnmount(() => {
    removeEventListener('blur', end)
    document.removeEventListener('visibilitychange', hidden)
    cancelAnimationFrame(frame)
  })
  return { held, short, down, end, keydown, keyup }
}

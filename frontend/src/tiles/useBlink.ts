// An alarm that begins blinks three times at 1 Hz, one plate at a time on the whole screen, then stands still.
import { watch, type Ref } from 'vue'

const beat = 1000
const times = 3
const patience = 12_000
let freeAt = 0

/** True when the viewer asked for no motion. */
export function stillness(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches
}

/**
 * Blinks the element when `alarming` turns true (never at the first picture: that alarm isn't new).
 * Where motion is unwelcome it gets an outline for ten seconds instead.
 */
export function useBlink(el: Ref<HTMLElement | null>, alarming: () => boolean): void {
  watch(alarming, now => {
    const target = el.value
    if (!now || !target) return
    if (stillness()) {
      target.animate([{ outline: 'calc(6 * var(--u)) solid var(--text-1)' }, { outline: 'calc(6 * var(--u)) solid var(--text-1)' }], 10_000)
      return
    }
    // The pictures' own clock, and told to the animation: else each begins with whatever picture comes next, and on a
    // busy machine two would blink into each other.
    const start = Number(document.timeline.currentTime ?? performance.now())
    const delay = Math.max(0, freeAt - start)
    if (delay > patience) return
    freeAt = start + delay + beat * times
    target.animate([{ opacity: 1 }, { opacity: 0.35, offset: 0.5 }, { opacity: 1 }], { duration: beat, iterations: times, delay }).startTime = start
  }, { flush: 'post' })
}

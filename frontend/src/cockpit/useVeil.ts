// The veil is a dead man's switch: one animation that rises by itself unless a frame that proves life sets it back.
// Opacity runs in the compositor, so it rises too when this page's own thread hangs.
import { onBeforeUnmount, onMounted, shallowRef, type Ref } from 'vue'
import { silence, type Live, type Sign } from '../live/socket'

export type Cause = 'connecting' | 'silent' | 'late' | 'jumped' | 'starting' | 'unauthenticated'

/** Setting the switch back more often than this proves nothing more. */
const beatEvery = 400

export interface Veil {
  readonly up: Ref<boolean>
  readonly cause: Ref<Cause>
  /** server time of the last truth; 0: never */
  readonly truth: Ref<number>
  readonly attempts: Ref<number>
}

/** Drives the veil over `el` by what the connection hears. */
export function useVeil(el: Ref<HTMLElement | null>, live: Live): Veil {
  const up = shallowRef(false)
  const cause = shallowRef<Cause>('silent')
  const truth = shallowRef(live.truth)
  const attempts = shallowRef(0)
  let run: Animation | null = null
  let sign: Sign = { alive: false, late: false, jumped: false }
  let setAt = -Infinity

  function why(): Cause {
    if (live.trouble?.code === 'unauthenticated') return 'unauthenticated'
    if (sign.jumped) return 'jumped'
    if (live.wire !== 'open') return 'connecting'
    if (sign.late) return 'late'
    return live.hello && !live.hello.ready ? 'starting' : 'silent'
  }
  function explain(): void {
    cause.value = why()
    attempts.value = live.attempts
  }
  function lower(): void {
    const target = el.value
    if (!run || !target) return
    const now = performance.now()
    if (!up.value && now - setAt < beatEvery) return
    setAt = now
    run.currentTime = 0
    run.play()
    if (up.value) target.animate([{ opacity: 1 }, { opacity: 0 }], 200)
    up.value = false
  }
  function hear(next: Sign): void {
    sign = next
    if (sign.alive) {
      truth.value = live.truth - (live.truth % 1000)
      lower()
    } else if (sign.late || sign.jumped) {
      run?.finish()
    }
    explain()
  }
  const ears = [live.onFrame(hear), live.onWire(explain)]
  const each = setInterval(explain, 1000)

  onMounted(() => {
    const target = el.value
    if (!target) return
    run = target.animate([{ opacity: 0 }, { opacity: 0, offset: 0.98 }, { opacity: 1 }], { duration: silence, fill: 'forwards' })
    run.onfinish = () => {
      explain()
      up.value = true
    }
  })
  onBeforeUnmount(() => {
    ears.forEach(off => off())
    clearInterval(each)
    run?.cancel()
  })
  return { up, cause, truth, attempts }
}

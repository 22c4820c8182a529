// A slow clock for words that age by themselves ("26 min"): one timer for all tiles of the page.
import { onBeforeUnmount, onMounted, shallowRef } from 'vue'

const tick = shallowRef(0)
let users = 0
let timer: ReturnType<typeof setInterval> | null = null

/** Counts up every five seconds while somebody looks; read it where an age is said. */
export function useTick() {
  onMounted(() => {
    users++
    timer ??= setInterval(() => tick.value++, 5000)
  })
  onBeforeUnmount(() => {
    users--
    if (users > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  })
  return tick
}

// The server's second: all clocks of a board turn together.
import { onBeforeUnmount, shallowRef, type ShallowRef } from 'vue'

export function useNow(now: () => number): ShallowRef<number> {
  const at = shallowRef(now())
  let timer: ReturnType<typeof setTimeout>
  const tick = () => {
    at.value = now()
    timer = setTimeout(tick, 1005 - (at.value % 1000))
  }
  tick()
  onBeforeUnmount(() => clearTimeout(timer))
  return at
}

// A clock for what counts down, twice a second, only while somebody looks.
import { onScopeDispose, shallowRef } from 'vue'

export function useNow() {
  const now = shallowRef(Date.now())
  const tick = setInterval(() => { now.value = Date.now() }, 500)
  onScopeDispose(() => { clearInterval(tick) })
  return now
}

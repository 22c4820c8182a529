// Against burn-in: the page walks through four places, a few units apart, every three minutes.
import { onBeforeUnmount, shallowRef } from 'vue'

const every = 45_000
const steps = [[0, 0], [4, 3], [-4, 3], [-2, -4]] as const

/** Offset of the page in u. */
export function useWalk() {
  const at = shallowRef<readonly [number, number]>(steps[0])
  let i = 0
  const timer = setInterval(() => {
    i = (i + 1) % steps.length
    at.value = steps[i] ?? steps[0]
  }, every)
  onBeforeUnmount(() => clearInterval(timer))
  return at
}

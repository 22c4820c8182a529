// Keeps a wall's screen on, where the browser lets it; it is asked again when the page comes back into sight.
import { onBeforeUnmount, shallowRef, type ShallowRef } from 'vue'

/** True once the screen could not be kept on. */
export function useWake(wanted: boolean): ShallowRef<boolean> {
  const failed = shallowRef(false)
  let lock: WakeLockSentinel | null = null
  let here = true

  async function keep(): Promise<void> {
    if (document.visibilityState !== 'visible') return
    try {
      const got = await navigator.wakeLock.request('screen')
      if (!here) return void got.release()
      lock = got
      failed.value = false
    } catch {
      failed.value = true // also where there is no navigator.wakeLock: the page isn't in a secure context
    }
  }
  const again = () => void keep()
  if (wanted) {
    void keep()
    document.addEventListener('visibilitychange', again)
  }
  onBeforeUnmount(() => {
    here = false
    document.removeEventListener('visibilitychange', again)
    void lock?.release()
  })
  return failed
}

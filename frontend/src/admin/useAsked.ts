// What a page asked for, asked again on request or every few seconds while the page is looked at.
import { onBeforeUnmount, ref, shallowRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { ask, Refused } from './ask'

export function useAsked<T>(path: string, first: T, every = 0) {
  const value = shallowRef<T>(first)
  const ready = ref(false)
  /** the last refusal; null after an answer */
  const refused = shallowRef<Refused | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let here = true
  const [route, router] = [useRoute(), useRouter()]

  async function load(): Promise<void> {
    clearTimeout(timer)
    if (document.visibilityState === 'visible' || !ready.value) await once()
    const shut = refused.value?.status === 401 || refused.value?.status === 403 // asking again would only fill the record
    if (every > 0 && here && !shut) timer = setTimeout(() => void load(), every)
  }
  async function once(): Promise<void> {
    try {
      value.value = await ask<T>('GET', path)
      refused.value = null
      ready.value = true
    } catch (e) {
      if (!(e instanceof Refused)) throw e
      refused.value = e
      if (e.status === 401 && here) void router.replace({ path: '/sign-in', query: { back: route.fullPath } })
    }
  }
  onBeforeUnmount(() => {
    here = false
    clearTimeout(timer)
  })
  void load()
  return { value, ready, refused, load }
}

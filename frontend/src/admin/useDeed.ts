// One deed at a time: what came of it, in words, and whether it is still on its way.
import { ref } from 'vue'
import type { AdminWords } from '../words/admin'
import { said } from './say'

export function useDeed() {
  const trouble = ref('')
  const good = ref('')
  const busy = ref(false)
  /** True when it was done. */
  async function run(words: AdminWords, deed: () => Promise<string | void>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    good.value = trouble.value = ''
    try {
      good.value = await deed() ?? ''
      return true
    } catch (e) {
      trouble.value = said(e, words)
      return false
    } finally {
      busy.value = false
    }
  }
  return { trouble, good, busy, run }
}

// Whether the record can be written: asked of the server all the time, so that commands go off and on by themselves.
import { onBeforeUnmount, shallowRef, type ShallowRef } from 'vue'

export type RecordState = 'ok' | 'away' | 'partial'

const every = 1500
const patience = 4000

/** What /readyz says; no answer at all says nothing of the record: the veil tells that. */
async function look(): Promise<RecordState | null> {
  const answer = await fetch('/readyz', { signal: AbortSignal.timeout(patience) }).catch(() => null)
  const is = await answer?.json().catch(() => null) as { database?: boolean; record?: unknown } | null | undefined
  if (!is || typeof is.database !== 'boolean') return null
  if (!is.database || is.record === false || is.record === 'away') return 'away'
  return is.record === 'incomplete' || is.record === 'unreadable' ? 'partial' : 'ok'
}

export function useRecord(): { record: ShallowRef<RecordState>; refused: () => void } {
  const record = shallowRef<RecordState>('ok')
  let timer: ReturnType<typeof setTimeout>
  let here = true
  async function again(): Promise<void> {
    clearTimeout(timer)
    if (document.visibilityState === 'visible') record.value = await look() ?? record.value
    if (here) timer = setTimeout(() => void again(), every)
  }
  timer = setTimeout(() => void again(), 0)
  onBeforeUnmount(() => {
    here = false
    clearTimeout(timer)
  })
  /** A deed was refused because of it: believed at once, until the server says otherwise. */
  return { record, refused: () => { record.value = 'away' } }
}

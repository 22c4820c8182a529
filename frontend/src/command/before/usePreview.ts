// What a press would do, asked a moment after the last change; with the time at which the list was counted.
import { onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'
import type { Preview, Zone } from './model'
import { Denied, talk } from './talk'

export interface Body { readonly plan: string; readonly zone: Zone; readonly exercise: boolean }
export interface Counted { readonly preview: Preview; readonly etag: string; readonly at: number; readonly body: Body }
export type PreviewStanding = 'none' | 'asking' | 'ready' | 'refused' | 'lost'

const pause = 250
const again = 3000

export function usePreview(body: Ref<Body | null>, now: () => number) {
  const counted = shallowRef<Counted | null>(null)
  const standing = shallowRef<PreviewStanding>('none')
  const why = shallowRef<Denied | null>(null)
  let round = 0
  let timer: ReturnType<typeof setTimeout> | null = null

  function later(ms: number): void {
    if (timer) clearTimeout(timer)
    const mine = ++round
    timer = setTimeout(() => void ask(mine), ms)
  }
  async function ask(mine: number): Promise<void> {
    const what = body.value
    if (!what) return
    try {
      const { body: preview, etag } = await talk<Preview>('POST', '/commands/preview', what)
      if (mine !== round) return
      counted.value = { preview, etag, at: now(), body: what }
      standing.value = 'ready'
      why.value = null
    } catch (e) {
      if (mine !== round || !(e instanceof Denied)) return
      counted.value = null
      why.value = e
      standing.value = e.status === 0 || e.status === 503 ? 'lost' : 'refused'
      if (standing.value === 'lost') later(again)
    }
  }
  watch(() => JSON.stringify(body.value), () => {
    counted.value = null
    why.value = null
    standing.value = body.value ? 'asking' : 'none'
    round++
    if (body.value) later(pause)
  }, { immediate: true })
  onBeforeUnmount(() => {
    round++
    if (timer) clearTimeout(timer)
  })
  /** Counts anew; what is shown stays until then. */
  const renew = () => { if (body.value) later(0) }
  return { counted, standing, why, renew }
}

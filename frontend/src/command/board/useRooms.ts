// How many people each shelter still takes; known to who commands.
import { onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'
import { ask, Refused } from '../../api/ask'
import type { CommandView } from './model'

export interface Room { readonly id: string; readonly name: string; readonly room: number }

const every = 30_000

/** The preview of the same zone says it, and nothing comes of asking. */
export function useRooms(command: Ref<CommandView | null>, leads: Ref<boolean>): Ref<readonly Room[]> {
  const rooms = shallowRef<readonly Room[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined
  let here = true
  async function look(): Promise<void> {
    clearTimeout(timer)
    const c = command.value
    if (!here || !leads.value || !c || c.state === 'closed') return
    const seen = await ask<{ shelters: Room[] }>('POST', '/commands/preview', { plan: c.plan, zone: c.zone, exercise: c.exercise }).catch((e: unknown) => {
      if (!(e instanceof Refused)) throw e
      return null
    })
    if (seen) rooms.value = seen.shelters
    if (here) timer = setTimeout(() => void look(), every)
  }
  watch([leads, () => command.value?.id], () => void look(), { immediate: true })
  onBeforeUnmount(() => {
    here = false
    clearTimeout(timer)
  })
  return rooms
}

// What is wrong with a draft: at once what this page sees by itself, soon after that what the server finds.
import { computed, onBeforeUnmount, shallowRef, watch } from 'vue'
import { check, save, standing, type Standing } from './ask'
import { lacking, type Fault } from './draft'
import type { DraftDesk } from './useDraft'

const pause = 600

export type State = 'idle' | 'checking' | 'good' | 'faulty' | 'lost' | 'saved' | 'refused'

export function useCheck(desk: DraftDesk, missing: () => string) {
  const state = shallowRef<State>('idle')
  const found = shallowRef<readonly Fault[]>([])
  const detail = shallowRef('')
  const folder = shallowRef<Standing | null>(null)
  const asked = shallowRef(false)
  const faults = computed(() => {
    const own = desk.draft.value ? lacking(desk.draft.value, missing()) : []
    return [...own, ...found.value.filter(f => !own.some(o => o.pointer === f.pointer))]
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  let round = 0

  async function look(): Promise<void> {
    folder.value = await standing()
    asked.value = true
  }
  void look()

  async function ask(saving: boolean): Promise<void> {
    const d = desk.draft.value
    if (!d || !folder.value) return
    clearTimeout(timer)
    const mine = ++round
    state.value = 'checking'
    const answer = saving ? await save(d, desk.layout.value) : await check(d)
    if (saving && answer.status === 200) desk.kept(answer.layout)
    if (mine !== round) return
    found.value = answer.faults
    detail.value = answer.detail
    state.value = answer.status === 200 ? (saving ? 'saved' : 'good') : answer.status === 0 ? 'lost' : answer.faults.length > 0 ? 'faulty' : 'refused'
    if (saving) void look()
  }
  watch(desk.draft, (now, before) => {
    if (!now || now === before || state.value === 'saved' && !desk.dirty.value) return
    found.value = []
    state.value = 'idle'
    clearTimeout(timer)
    if (before) timer = setTimeout(() => void ask(false), pause)
  })
  onBeforeUnmount(() => {
    round++
    clearTimeout(timer)
  })
  return { state, faults, detail, folder, asked, check: () => ask(false), save: () => ask(true) }
}

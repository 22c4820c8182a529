// One cockpit on this page: its definition, its live tiles, and whether there is such a cockpit at all.
import { computed, onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'
import { api } from '../api/client'
import type { Cockpit } from '../api/definitions'
import { persist } from './district'
import type { Station } from './station'
import { useBoards, type Watched } from './useBoards'

export type Standing = 'loading' | 'ready' | 'unknown_cockpit' | 'forbidden'

export function useCockpit({ live, district }: Station, id: Ref<string>) {
  const boards = useBoards(live)
  const definition = shallowRef<Cockpit | null>(null)
  const missing = shallowRef(false)
  const watched = shallowRef<Watched | null>(null)
  let round = 0

  async function define(): Promise<void> {
    const mine = ++round
    const found = await persist(() => api.cockpit(id.value), () => mine === round)
    if (mine !== round) return
    missing.value = found === null
    if (found) definition.value = found
  }
  watch(id, (now, before) => {
    if (before) boards.leave(before)
    definition.value = null
    missing.value = false
    watched.value = boards.watch(now)
    void define()
  }, { immediate: true })

  // The server has another definition than this page: fetch it, and the district with it.
  watch(() => watched.value?.seen.value.layout ?? '', layout => {
    if (layout === '' || !definition.value || definition.value.layout === layout) return
    void define()
    void district.load()
  })
  // A reload took the cockpit away, or brought it back.
  watch(() => (void watched.value?.seen.value, watched.value?.cursor.refused === 'unknown_cockpit'), gone => {
    if (gone) definition.value = null
    else void define()
  })
  onBeforeUnmount(() => { round++ })

  const standing = computed<Standing>(() => {
    if (definition.value) return 'ready'
    void watched.value?.seen.value
    const refused = watched.value?.cursor.refused
    if (refused === 'forbidden') return 'forbidden'
    return missing.value || refused === 'unknown_cockpit' ? 'unknown_cockpit' : 'loading'
  })
  return { definition, watched, standing, tileOf: (tile: string) => watched.value?.tile(tile) ?? null }
}

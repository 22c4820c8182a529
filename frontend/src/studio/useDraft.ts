// The draft of one cockpit on this page, with the way back.
import { computed, shallowRef, watch, type Ref } from 'vue'
import type { Cockpit, TileKind } from '../api/definitions'
import type { District } from '../cockpit/district'
import { added, changed, draftOf, fits, replaced, type Box, type Draft, type TileDraft } from './draft'

const deepest = 200

export function useDraft(definition: Ref<Cockpit | null>, district: District) {
  const draft = shallowRef<Draft | null>(null)
  const selected = shallowRef('')
  const past = shallowRef<readonly Draft[]>([])
  /** Layout that the draft began with, and what it was then. */
  const layout = shallowRef('')
  const clean = shallowRef<Draft | null>(null)
  const dirty = computed(() => draft.value !== clean.value)
  const elsewhere = computed(() => dirty.value && (definition.value?.layout ?? '') !== layout.value)

  function reset(): void {
    const d = definition.value
    if (!d || district.allIndicators().length === 0) return
    const watched = district.allIndicators().filter(i => i.direction !== 'neutral' && (i.warn !== null || i.alarm !== null)).map(i => i.id)
    clean.value = draft.value = draftOf(d, watched)
    layout.value = d.layout
    past.value = []
  }
  watch([definition, () => district.allIndicators().length], ([now], [before]) => {
    if (now && before && now.id !== before.id) clean.value = draft.value = null
    if (!dirty.value) reset()
  }, { immediate: true })

  function put(next: Draft): void {
    if (!draft.value) return
    past.value = [...past.value, draft.value].slice(-deepest)
    draft.value = next
  }
  function undo(): void {
    const before = past.value.at(-1)
    if (!before) return
    past.value = past.value.slice(0, -1)
    draft.value = before
  }
  const tile = computed<TileDraft | null>(() => draft.value?.tiles.find(t => t.id === selected.value) ?? null)
  function change(id: string, words: Record<string, unknown>): void {
    const d = draft.value
    const t = d?.tiles.find(x => x.id === id)
    if (d && t) put(replaced(d, id, changed(t, words)))
  }
  return {
    draft, selected, tile, past, layout, dirty, elsewhere, reset, undo, change,
    /** Other words or another place of the cockpit itself. */
    describe(words: Partial<Omit<Draft, 'id' | 'tiles'>>): void {
      if (draft.value) put({ ...draft.value, ...words })
    },
    select(id: string): void { selected.value = id },
    /** False where the box is off the grid or on another tile. */
    place(id: string, box: Box): boolean {
      const d = draft.value
      const t = d?.tiles.find(x => x.id === id)
      if (!d || !t || !fits(d.tiles, box, id)) return false
      if (t.x !== box.x || t.y !== box.y || t.w !== box.w || t.h !== box.h) change(id, { ...box })
      return true
    },
    add(kind: TileKind): boolean {
      const more = draft.value && added(draft.value, kind)
      if (!more) return false
      put(more.draft)
      selected.value = more.id
      return true
    },
    remove(id: string): void {
      if (draft.value) put(replaced(draft.value, id, null))
    },
    rename(id: string, to: string): void {
      const d = draft.value
      if (!d || to === id || !/^[a-z0-9][a-z0-9_-]{0,63}$/u.test(to) || d.tiles.some(t => t.id === to)) return
      change(id, { id: to })
      selected.value = to
    },
    /** The walls have this draft now, under this layout. */
    kept(is: string): void {
      layout.value = is
      clean.value = draft.value
    },
  }
}

export type DraftDesk = ReturnType<typeof useDraft>

// A tile under the pointer: it moves or grows by whole cells, and stands where it was until it is let go where it fits.
import { shallowRef } from 'vue'
import { fits, grid, type Box, type TileDraft } from './draft'
import type { DraftDesk } from './useDraft'

export interface Ghost extends Box { id: string; fits: boolean }

export function useDrag(desk: DraftDesk, cell: () => { width: number; height: number }) {
  const ghost = shallowRef<Ghost | null>(null)
  let drag: { id: string; from: Box; x: number; y: number; sizing: boolean } | null = null

  const clamp = (n: number, most: number) => Math.max(0, Math.min(most, n))
  function boxAt(event: PointerEvent): Box | null {
    if (!drag) return null
    const { width, height } = cell()
    const dx = Math.round((event.clientX - drag.x) / width)
    const dy = Math.round((event.clientY - drag.y) / height)
    const { x, y, w, h } = drag.from
    return drag.sizing
      ? { x, y, w: Math.max(1, Math.min(grid.columns - x, w + dx)), h: Math.max(1, Math.min(grid.rows - y, h + dy)) }
      : { x: clamp(x + dx, grid.columns - w), y: clamp(y + dy, grid.rows - h), w, h }
  }
  function begin(event: PointerEvent, t: TileDraft, sizing: boolean): void {
    if (event.button !== 0) return
    desk.select(t.id)
    drag = { id: t.id, from: { x: t.x, y: t.y, w: t.w, h: t.h }, x: event.clientX, y: event.clientY, sizing }
    ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
  }
  function move(event: PointerEvent): void {
    const box = boxAt(event)
    if (box && drag) ghost.value = { ...box, id: drag.id, fits: fits(desk.draft.value?.tiles ?? [], box, drag.id) }
  }
  function cancel(): boolean {
    const was = ghost.value !== null
    drag = ghost.value = null
    return was
  }
  function end(event: PointerEvent): void {
    const box = boxAt(event)
    if (drag && box && ghost.value) desk.place(drag.id, box)
    cancel()
  }
  return { ghost, begin, move, end, cancel }
}

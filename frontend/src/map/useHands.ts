// Moving a view by hand: drag, wheel, two fingers, keys. The view is a value; whoever owns it draws it.
import type { ShallowRef } from 'vue'
import { dragged, zoomed, type Size, type View } from './mercator'

const still = 5 // pixels that a touch may tremble
const step = 80

/** `keep` bounds a view; `touch` is told of a tap, in pixels. */
export function useHands(view: ShallowRef<View>, size: () => Size, least: () => number, keep: (v: View) => View, touch: (x: number, y: number) => void) {
  const fingers = new Map<number, { x: number; y: number }>()
  let moved = 0

  const set = (v: View) => { view.value = keep(v) }
  const by = (zoom: number, x = size().width / 2, y = size().height / 2) => set(zoomed(view.value, size(), zoom, x, y, least()))
  const gap = () => {
    const [a, b] = [...fingers.values()]
    return a && b ? { d: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : null
  }

  function down(e: PointerEvent): void {
    if (e.button !== 0) return
    if (fingers.size === 0) moved = 0
    fingers.set(e.pointerId, { x: e.offsetX, y: e.offsetY })
    ;(e.currentTarget as HTMLElement).setPointerCapture(e.pointerId)
  }
  function move(e: PointerEvent): void {
    const old = fingers.get(e.pointerId)
    if (!old) return
    const before = gap()
    const now = { x: e.offsetX, y: e.offsetY }
    moved += Math.hypot(now.x - old.x, now.y - old.y)
    fingers.set(e.pointerId, now)
    const after = gap()
    if (before && after) {
      set(dragged(view.value, after.x - before.x, after.y - before.y))
      by(Math.log2(after.d / Math.max(1, before.d)), after.x, after.y)
    } else if (moved > still) set(dragged(view.value, now.x - old.x, now.y - old.y))
  }
  function up(e: PointerEvent): void {
    const mine = fingers.delete(e.pointerId)
    if (mine && fingers.size === 0 && moved <= still && e.type === 'pointerup') touch(e.offsetX, e.offsetY)
  }
  function wheel(e: WheelEvent): void {
    const lines = e.deltaMode === 1 ? 30 : 1
    by(Math.max(-1, Math.min(1, (-e.deltaY * lines) / 400)), e.offsetX, e.offsetY)
  }
  /** True when the key was one of the map's. */
  function key(e: KeyboardEvent): boolean {
    const arrows: Record<string, [number, number]> = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }
    const arrow = arrows[e.key]
    if (arrow) set(dragged(view.value, ...arrow))
    else if (e.key === '+' || e.key === '=') by(0.5)
    else if (e.key === '-' || e.key === '_') by(-0.5)
    else if (e.key === 'Enter') touch(size().width / 2, size().height / 2)
    else return false
    return true
  }
  return { down, move, up, wheel, key, by }
}

// The real size of an element, from one ResizeObserver: charts are laid out for it, never stretched.
import { onBeforeUnmount, onMounted, shallowRef, type Ref, type ShallowRef } from 'vue'

/** Size in whole CSS pixels, and what a unit of the board (u) and of type (tu = u × k) measures there. */
export interface Box {
  readonly width: number
  readonly height: number
  readonly u: number
  readonly tu: number
}

const nothing: Box = { width: 0, height: 0, u: 1, tu: 1 }

/**
 * Size of `el`, kept up to date; zero until it is laid out. The element has the class `plot`, whose scroll
 * margins are 10 u and 10 tu: a custom property can't be asked what it measures, a length that uses it can.
 */
export function useBox(el: Ref<HTMLElement | null>): ShallowRef<Box> {
  const box = shallowRef<Box>(nothing)
  let observer: ResizeObserver | null = null
  onMounted(() => {
    const target = el.value
    if (!target) return
    observer = new ResizeObserver(entries => {
      const size = entries.at(-1)?.contentRect
      if (!size) return
      const style = getComputedStyle(target)
      const next: Box = {
        width: Math.floor(size.width),
        height: Math.floor(size.height),
        u: Number.parseFloat(style.scrollMarginTop) / 10 || 1,
        tu: Number.parseFloat(style.scrollMarginLeft) / 10 || 1,
      }
      const old = box.value
      if (next.width !== old.width || next.height !== old.height || next.u !== old.u || next.tu !== old.tu) box.value = next
    })
    observer.observe(target)
  })
  onBeforeUnmount(() => observer?.disconnect())
  return box
}

// How many rows of a given height fit into an element, by its real size.
import { computed, type Ref } from 'vue'
import { useBox } from '../charts/useBox'

/** Rows of `pitch` (in u × k) that fit into `el`; `unlaid` until it has a size. */
export function useRows(el: Ref<HTMLElement | null>, pitch: number, unlaid = 99) {
  const box = useBox(el)
  const fit = computed(() => (box.value.height > 0 ? Math.max(1, Math.floor(box.value.height / (pitch * box.value.tu))) : unlaid))
  return { box, fit }
}

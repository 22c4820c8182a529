// What the style sheet says of an element, asked once: asking has the whole page laid out first.
import type { Ref } from 'vue'

export function useStyles(el: Ref<HTMLElement | null>) {
  const told = new Map<string, string>()
  function styled(what: string, ask: (s: CSSStyleDeclaration) => string): string {
    let is = told.get(what)
    if (is === undefined) told.set(what, (is = el.value ? ask(getComputedStyle(el.value)) : ''))
    return is
  }
  return {
    /** To be asked anew. */
    forget: () => { told.clear() },
    face: () => styled('face', s => s.fontFamily) || 'sans-serif',
    /** A token's colour, or that of var(--token), as the canvas needs it. */
    colour(value: string): string {
      const name = /^(?:var\()?(--[\w-]+)\)?$/.exec(value)?.[1]
      return name ? styled(name, s => s.getPropertyValue(name).trim()) : value
    },
  }
}

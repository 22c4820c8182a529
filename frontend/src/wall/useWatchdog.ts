// Watches over the page for as long as it stands, and loads it anew when it is sick itself.
import { onBeforeUnmount } from 'vue'
import type { Live } from '../live/socket'
import { recall, remember, Watchdog } from './watchdog'

const often = 5000

interface Memory { readonly usedJSHeapSize: number; readonly jsHeapSizeLimit: number }

export function useWatchdog(live: Live): void {
  const dog = new Watchdog(recall())
  let healing = false

  /** A dead server would leave an empty screen behind: it is asked first. */
  async function heal(): Promise<void> {
    const next = dog.mayReload(Date.now())
    if (healing || !next) return
    healing = true
    const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => null)
    healing = answer?.ok ?? false
    if (!healing) return
    remember(next)
    location.reload()
  }
  const failed = (e: ErrorEvent) => { if (dog.fault(e.message, Date.now())) void heal() }
  const refused = (e: PromiseRejectionEvent) => { if (dog.fault(String(e.reason), Date.now())) void heal() }
  function look() {
    const memory = (performance as { memory?: Memory }).memory
    if (memory && dog.memory(memory.usedJSHeapSize, memory.jsHeapSizeLimit)) void heal()
    const page = document.querySelector<HTMLElement>('[data-page-state]')
    const cockpit = page?.dataset.cockpit
    if (!page?.dataset.seq || !cockpit || document.visibilityState !== 'visible') return
    const { cursor, leave } = live.watch(cockpit, () => undefined)
    const came = `${cursor.board.epoch} ${cursor.board.seq}`
    leave()
    if (dog.drawn(came, `${page.dataset.epoch ?? ''} ${page.dataset.seq}`, Date.now())) void heal()
  }
  addEventListener('error', failed)
  addEventListener('unhandledrejection', refused)
  const timer = setInterval(look, often)
  onBeforeUnmount(() => {
    clearInterval(timer)
    removeEventListener('error', failed)
    removeEventListener('unhandledrejection', refused)
  })
}

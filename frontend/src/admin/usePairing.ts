// Asks for a pairing code, asks whether it was taken, and asks for another when it is over; for ever.
import { ref, shallowRef } from 'vue'
import { pairedScreen, rememberScreen } from '../cockpit/signedIn'
import { ask, Refused, send } from './ask'

export interface Offer { readonly code: string; readonly poll: string; readonly expires_at: number }
export type Standing = 'asking' | 'waiting' | 'lost' | 'many' | 'done'

const pace = 2000

export function usePairing(done: () => void) {
  const offer = shallowRef<Offer | null>(null)
  const standing = ref<Standing>('asking')
  const retryAt = ref(0)
  let stopped = false
  const sleep = (ms: number) => new Promise(go => setTimeout(go, ms))

  /** True when this screen has its rights already. */
  async function known(): Promise<boolean> {
    if (pairedScreen() === '') return false
    try {
      await ask('GET', '/screens/self')
      return true
    } catch (e) {
      if (e instanceof Refused && e.status === 401) rememberScreen('')
      return false
    }
  }

  async function turn(): Promise<void> {
    if (!offer.value) {
      if (await known()) return finish()
      offer.value = await ask<Offer>('POST', '/screens/pair')
      standing.value = 'waiting'
      return
    }
    const answer = await send('POST', '/screens/claim', { poll: offer.value.poll })
    standing.value = 'waiting'
    if (answer.status !== 200) return
    const { id } = await answer.json() as { id: string } // its cookie came along; the token itself is for machines without
    rememberScreen(id)
    finish()
  }

  function finish(): void {
    standing.value = 'done'
    stopped = true
    done()
  }

  /** How long to wait after a refusal. */
  function refused(e: unknown): number {
    if (!(e instanceof Refused)) throw e
    if (e.status === 404 || e.status === 410 || e.status === 400) offer.value = null
    standing.value = e.status === 429 ? 'many' : e.status === 0 || e.status >= 500 ? 'lost' : 'asking'
    const ms = Math.max(pace, e.after)
    retryAt.value = Date.now() + ms
    return ms
  }

  async function run(): Promise<void> {
    while (!stopped) {
      const ms = await turn().then(() => pace, refused)
      if (!stopped) await sleep(ms)
    }
  }
  void run()
  return { offer, standing, retryAt, stop: () => { stopped = true } }
}

// The press itself: one key for one intent, the list that was shown as its precondition, and nothing believed before the
// server has said T0 and id.
import { onBeforeUnmount, shallowRef } from 'vue'
import type { CommandBrief } from './model'
import { Denied, part, talk } from './talk'
import type { Counted } from './usePreview'

export type Outcome =
  | { readonly kind: 'ready' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'launched' | 'waiting' | 'lapsed'; readonly command: CommandBrief }
  | { readonly kind: 'changed'; readonly what: readonly string[]; readonly before: Counted }
  | { readonly kind: 'overlap'; readonly id: string; readonly command: CommandBrief | null; readonly stuck: boolean }
  | { readonly kind: 'code'; readonly wrong: boolean }
  | { readonly kind: 'unsent'; readonly times: number; readonly away: boolean }
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string }

interface Intent { readonly key: string; readonly counted: Counted }

/** A key that nobody guesses, also where the page isn't served securely. */
function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('')
}

/** `launched` is told of a command that runs. */
export function usePress(launched: (c: CommandBrief) => void) {
  const outcome = shallowRef<Outcome>({ kind: 'ready' })
  let intent: Intent | null = null
  let times = 0
  let alive = true
  onBeforeUnmount(() => { alive = false })

  async function send(): Promise<void> {
    if (!intent || outcome.value.kind === 'sending') return
    const { key, counted } = intent
    outcome.value = { kind: 'sending' }
    try {
      const { body } = await talk<CommandBrief>('POST', '/commands', counted.body, { 'Idempotency-Key': key, 'If-Match': counted.etag })
      if (!body?.id) throw new Denied(0)
      intent = null
      await begun(body)
    } catch (e) {
      if (!(e instanceof Denied)) throw e
      await refused(e, counted)
    }
  }
  async function begun(c: CommandBrief): Promise<void> {
    if (c.state === 'waiting') {
      outcome.value = { kind: 'waiting', command: c }
      await follow(c)
      return
    }
    outcome.value = { kind: 'launched', command: c }
    launched(c)
  }
  /** A launch that waits for a second person, until it starts or lapses. */
  async function follow(c: CommandBrief): Promise<void> {
    while (alive && outcome.value.kind === 'waiting') {
      await new Promise(done => setTimeout(done, 1000))
      const now = await talk<CommandBrief>('GET', `/commands/${part(c.id)}`).then(a => a.body, () => null)
      if (!now || now.state === 'waiting' || !alive || outcome.value.kind !== 'waiting') continue
      if (now.milestones.T0) {
        outcome.value = { kind: 'launched', command: now }
        launched(now)
      } else outcome.value = { kind: 'lapsed', command: now }
    }
  }
  async function refused(e: Denied, counted: Counted): Promise<void> {
    if (e.status === 0 || e.status >= 500) {
      outcome.value = { kind: 'unsent', times: ++times, away: e.status !== 0 }
      return
    }
    if (e.status === 401 && e.kind === 'step_up') {
      outcome.value = { kind: 'code', wrong: false }
      return
    }
    intent = null
    if (e.status === 412 || e.status === 428) outcome.value = { kind: 'changed', what: e.problem.changed ?? [], before: counted }
    else if (e.status === 409 && e.problem.command) {
      const id = e.problem.command
      outcome.value = { kind: 'overlap', id, command: null, stuck: false }
      const command = await talk<CommandBrief>('GET', `/commands/${part(id)}`).then(a => a.body, () => null)
      if (outcome.value.kind === 'overlap') outcome.value = { kind: 'overlap', id, command, stuck: false }
    } else outcome.value = { kind: 'refused', status: e.status, detail: e.problem.detail ?? '' }
  }
  return {
    outcome,
    /** A new press of what was shown. */
    press(counted: Counted): void {
      intent = { key: freshKey(), counted }
      times = 0
      void send()
    },
    /** The same press again: with the same key it is the same command. */
    again: () => void send(),
    async code(code: string): Promise<void> {
      try {
        await talk('POST', '/session/step-up', { code })
      } catch {
        outcome.value = { kind: 'code', wrong: true }
        return
      }
      await send()
    },
    async join(reason: string): Promise<string | null> {
      const o = outcome.value
      if (o.kind !== 'overlap') return null
      const joined = await talk<CommandBrief>('POST', `/commands/${part(o.id)}/join`, { reason }).then(() => true, (e: unknown) => e instanceof Denied && e.status === 409)
      if (joined) return o.id
      outcome.value = { ...o, stuck: true }
      return null
    },
    /** Looked at again: the button is back. */
    ready: () => {
      intent = null
      outcome.value = { kind: 'ready' }
    },
  }
}

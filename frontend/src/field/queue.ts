// What was said here goes to the server in its order, as often as it takes, each under the id it was given at the door.
import { Refused } from '../api/ask'
import type { Said } from './model'
import type { Store } from './store'

/** How long an answer can be taken back before it leaves the phone. */
export const grace = 10_000
/** And a call for help, which must not wait longer than a wrong thumb needs. */
export const short = 3000
const waits = [1000, 2000, 4000, 8000, 15_000]

export type Send = (said: Said) => Promise<unknown>

export interface World { now(): number; later(run: () => void, ms: number): unknown; cancel(handle: unknown): void }

export interface Ears {
  changed(): void
  answered(said: Said, answer: unknown): void
  /** `status` 0: there was no answer at all */
  refused(said: Said, status: number, detail: string): void
}

export class Queue {
  list: readonly Said[] = []
  /** The command that the session of this phone is for: what was said in another one stays and waits. */
  command = ''
  private busy = false
  private over = false
  private tries = 0
  private timer: unknown = null

  constructor(private readonly store: Pick<Store, 'add' | 'change' | 'remove' | 'all'>, private readonly send: Send, private readonly ears: Ears, private readonly world: World) {}

  async load(): Promise<void> {
    this.list = await this.store.all()
    this.ears.changed()
  }

  /** Keeps it on the phone. What was said of the same door can't be taken back any more, so that it arrives first; before a signature, nothing can. */
  async add(said: Omit<Said, 'n' | 'refused'>): Promise<Said> {
    const kept = await this.store.add({ ...said, refused: 0 })
    const before = (s: Said) => said.kind === 'signature' || (s.kind === said.kind && s.about === said.about)
    this.list = [...this.list.map(s => (before(s) ? { ...s, hold: 0 } : s)), kept]
    this.ears.changed()
    void this.flush()
    return kept
  }

  /** Takes back what has not left the phone; false: it has. */
  async undo(id: string): Promise<boolean> {
    const said = this.list.find(s => s.id === id)
    if (!said || said.hold <= this.world.now()) return false
    await this.drop(said)
    return true
  }

  /** Nobody can take anything back when the page is put away: all of it goes, at once where there is a network. */
  release(online = true): void {
    this.list = this.list.map(s => ({ ...s, hold: 0 }))
    if (online) void this.flush()
  }

  /** Sends all that is due; called again, and after each failure by itself, it goes on where it stopped. */
  async flush(): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.over = false
    this.world.cancel(this.timer)
    try {
      for (let next = this.due(); next && await this.one(next); next = this.due());
    } finally {
      this.busy = false
    }
    this.wake()
  }

  /** Pictures are large: they go when nothing else is due. */
  private due(): Said | undefined {
    const due = this.list.filter(s => this.ours(s) && s.hold <= this.world.now())
    return due.find(s => s.kind !== 'photo') ?? due[0]
  }

  private ours(s: Said): boolean {
    return s.refused === 0 && s.command === this.command
  }

  /** Sends one; false when it makes no sense to go on now. */
  private async one(said: Said): Promise<boolean> {
    try {
      const answer = await this.send(said)
      this.tries = 0
      await this.drop(said)
      this.ears.answered(said, answer)
      return true
    } catch (e) {
      if (!(e instanceof Refused)) throw e
      return this.fail(said, e)
    }
  }

  private async fail(said: Said, e: Refused): Promise<boolean> {
    const passing = e.status === 0 || e.status === 408 || e.status === 429 || e.status >= 500
    this.over = e.status === 401
    if (passing) this.tries++
    else if (said.kind === 'signature' && e.status === 409) await this.drop(said)
    else if (!this.over) await this.keep({ ...said, refused: e.status })
    this.ears.refused(said, e.status, e.problem.detail ?? '')
    return !passing && !this.over
  }

  private async drop(said: Said): Promise<void> {
    await this.store.remove(said.n)
    this.list = this.list.filter(s => s.n !== said.n)
    this.ears.changed()
  }

  private async keep(said: Said): Promise<void> {
    await this.store.change(said)
    this.list = this.list.map(s => (s.n === said.n ? said : s))
    this.ears.changed()
  }

  /** Comes back when the next one is due, or when it makes sense to try again. */
  private wake(): void {
    const waiting = this.list.filter(s => this.ours(s))
    if (this.over || waiting.length === 0) return
    const now = this.world.now()
    const hold = Math.min(...waiting.map(s => s.hold)) - now
    const ms = this.tries > 0 ? waits[Math.min(this.tries, waits.length) - 1] ?? 1000 : Math.max(hold, 50)
    this.world.cancel(this.timer)
    this.timer = this.world.later(() => void this.flush(), ms)
  }
}

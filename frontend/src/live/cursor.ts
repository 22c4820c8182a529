// Where one subscription stands: what to ask for, and whether the answer is still awaited.
import { Board } from './board'
import type { Delta, Snapshot } from './tile'

export type Refusal = 'unknown_cockpit' | 'forbidden' | 'too_many'

export class Cursor {
  readonly board = new Board()
  /** True from asking until the answer: what is shown meanwhile proves nothing. */
  awaiting = false
  refused: Refusal | null = null

  constructor(readonly cockpit: string) {}

  /** The words that ask for this cockpit: from where this screen stands, or for all of it. */
  ask(anew = false): string {
    this.awaiting = true
    this.refused = null
    const { epoch, seq } = this.board
    return JSON.stringify(epoch === '' || anew ? { op: 'subscribe', cockpit: this.cockpit } : { op: 'subscribe', cockpit: this.cockpit, epoch, seq })
  }

  /** Takes a state or a change; false when it leaves a gap, so that it must be asked for anew. */
  take(m: Snapshot | Delta): boolean {
    if (m.op === 'snapshot') this.board.snapshot(m)
    else if (!this.board.apply(m)) return this.awaiting // an old delta still on its way is no second gap
    this.awaiting = false
    return true
  }

  refuse(why: Refusal): void {
    this.refused = why
    this.awaiting = false
  }
}

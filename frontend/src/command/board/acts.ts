// What a commander can do about a command: the state decides which buttons there are, so that no wrong one can be pressed.
import { ask, at, Refused } from '../../api/ask'
import type { BoardWords } from '../../words/board'
import type { CommandView } from './model'
import type { PlanView } from './plan'

export type Act = 'confirm' | 'broadcast' | 'correction' | 'widen' | 'reassign' | 'people' | 'step' | 'hand-over' | 'pause' | 'resume' | 'stand-down' | 'return' | 'close'

/** What one deed needs besides its reason. */
export interface Deed {
  readonly act: Act
  readonly reason: string
  readonly to?: string
  readonly task?: string
  readonly households?: readonly string[]
  readonly audience?: string
  readonly text?: string
  readonly areas?: readonly string[]
  readonly step?: string
}

const secondPerson = 60_000

/** The buttons that this state has, the grave ones last. */
export function actsOf(c: CommandView, plan: PlanView | null, me: string, now: number): readonly Act[] {
  const mine = c.started_by === `user:${me}`
  switch (c.state) {
    case 'waiting': return mine ? ['stand-down'] : ['confirm', 'stand-down']
    case 'running': {
      const second = plan?.second_person === 'residents' && !mine && now - c.launched_at < secondPerson
      return [...(second ? ['confirm' as const] : []), 'broadcast', 'reassign', 'people', 'widen', 'step', 'correction', 'hand-over', 'pause', 'stand-down']
    }
    case 'paused': return ['resume', 'broadcast', 'reassign', 'people', 'widen', 'step', 'correction', 'hand-over', 'stand-down']
    case 'stood_down': return [...((c.milestones.T10 ?? null) === null ? ['return' as const] : []), 'step', 'hand-over', 'close']
    case 'closed': return []
  }
}

/** What must be there before a deed can be sent. */
export function isReady(d: Deed): boolean {
  if (d.act === 'confirm') return true
  if (d.reason.trim() === '') return false
  switch (d.act) {
    case 'broadcast': return (d.text ?? '').trim() !== '' && d.audience !== undefined
    case 'correction': return d.audience !== undefined
    case 'widen': return (d.areas?.length ?? 0) > 0
    case 'hand-over': return (d.to ?? '').trim() !== ''
    case 'reassign':
    case 'people': return (d.to ?? '') !== '' && ((d.task ?? '') !== '' || (d.households?.length ?? 0) > 0)
    case 'step': return (d.step ?? '') !== ''
    default: return true
  }
}

function bodyOf(d: Deed): { path: string; body: unknown } {
  const reason = d.reason.trim()
  switch (d.act) {
    case 'confirm': return { path: '/confirmation', body: {} }
    case 'broadcast': return { path: '/broadcast', body: { reason, audience: d.audience, text: d.text?.trim() } }
    case 'correction': return { path: '/broadcast', body: { reason, audience: d.audience, correction: true, ...(d.text?.trim() ? { text: d.text.trim() } : {}) } }
    case 'widen': return { path: '/widen', body: { reason, zone: { areas: d.areas } } }
    case 'hand-over': return { path: '/hand-over', body: { reason, to: d.to?.trim() } }
    case 'reassign':
    case 'people': return { path: '/reassign', body: { reason, to: d.to, ...(d.task ? { task: d.task } : { households: d.households }) } }
    case 'step': return { path: `/steps${at(d.step ?? '')}`, body: { reason } }
    default: return { path: `/${d.act}`, body: { reason } }
  }
}

/** Carries a deed out; fails with Refused. */
export async function carry(command: string, d: Deed): Promise<void> {
  const { path, body } = bodyOf(d)
  await ask('POST', `/commands${at(command)}${path}`, body)
}

/** Why a deed was not done, in words; `record` when the record could not be written. */
export function whyNot(e: unknown, words: BoardWords): { text: string; record: boolean } {
  if (!(e instanceof Refused)) throw e
  if (e.status === 0) return { text: words.lost, record: false }
  const detail = [e.problem.detail ?? '', ...(e.problem.errors ?? []).map(x => `${x.pointer.slice(1)}: ${x.detail}`)].filter(x => x !== '').join(' · ')
  return { text: [words.problems[e.status] ?? String(e.status), detail].filter(x => x !== '').join(' — '), record: e.status === 503 }
}

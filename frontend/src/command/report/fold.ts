// Folds a command's ledger into the same board that its live tiles show, up to any line: a replay is the live board of that second.
import { tardy } from './say'
import { isOut, letterOf, milestoneIds, type Board, type CommandView, type HouseState, type Messages, type Milestone, type PaceMark, type Phase, type TaskMark, type TimeMark, type UnitMark } from '../board/model'
import type { LedgerLine } from './ledger'

/** What the ledger names by id alone, as the program gives it beside the ledger. */
export interface Frozen {
  readonly command: CommandView
  /** roles whose tasks have no doors */
  readonly doorless: ReadonlySet<string>
  /** number of the newest line */
  readonly last: number
  /** ms from T0 to when all should be out */
  readonly budget: number | null
  /** in walking order, ids in the order of the cells */
  readonly units: readonly { readonly unit: string; readonly homes: readonly string[] }[]
  readonly residents: ReadonlyMap<string, number>
  /** message → to whom */
  readonly to: ReadonlyMap<string, string>
  /** what a line says on the timeline; empty: nothing */
  readonly say: (line: LedgerLine) => readonly [zh: string, en: string]
}

interface Home { state: HouseState; contested: boolean; task: string; persons: Record<string, number>; here: boolean }
interface Charge { homes: readonly string[]; state: 'asked' | 'accepted' | 'passed' | 'stuck'; mute: boolean }
interface Task { id: string; responder: string; role: string; homes: Set<string>; answer: string; late: string; charges: Charge[]; letters: Set<string> }

const spoken = new Set(['acknowledged', 'reported', 'signed', 'checked_in', 'photo'])
const rank = ['cancelled', 'failed', 'queued', 'sent', 'delivered', 'seen']

export class Folded {
  n = 0
  at = 0
  private phase: Phase = 'waiting'
  private launched = 0
  private by = ''
  private leader = ''
  private readonly homes = new Map<string, Home>()
  private readonly unitOf = new Map<string, number>()
  private readonly signed = new Set<string>()
  private readonly tasks = new Map<string, Task>()
  private readonly letters = new Map<string, { audience: string; channel: string; state: string; task: string }>()
  private readonly milestones = new Map<Milestone, number>()
  /** who has answered, reported, signed or checked somebody in */
  private readonly spoke = new Set<string>()
  private readonly pace: { at: number; out: number }[] = []
  private readonly marks: TimeMark[] = []
  private out = 0

  /** `later`: households that a widening added, which aren't there from the start. */
  constructor(private readonly frozen: Frozen, private readonly later: ReadonlyMap<string, number>) {
    frozen.units.forEach((u, i) => u.homes.forEach(id => {
      this.unitOf.set(id, i)
      this.homes.set(id, { state: 'pending', contested: false, task: '', persons: {}, here: !later.has(id) })
    }))
  }

  apply(l: LedgerLine): void {
    this.n = l.n
    this.at = l.received_at
    const out = this.out
    this.fold(l)
    const t0 = this.milestones.get('T0')
    if (t0 !== undefined && this.pace.length === 0) this.pace.push({ at: t0, out: 0 })
    if (this.out !== out) this.pace.push({ at: l.received_at, out: this.out })
    const [zh, en] = this.frozen.say(l)
    const seen = l.kind === 'reported' && l.received_at - l.at >= tardy ? { seen_at: l.at } : {}
    if (zh !== '') this.marks.unshift({ id: String(l.n), at: l.received_at, ...seen, kind: l.kind, text: zh, text_en: en })
  }

  private fold(l: LedgerLine): void {
    if (spoken.has(l.kind)) this.spoke.add(l.kind === 'acknowledged' ? l.responder ?? '' : l.by.replace(/^responder:/u, ''))
    switch (l.kind) {
      case 'launched':
        this.phase = 'running'
        this.launched = l.received_at
        this.by = this.leader = l.by
        break
      case 'confirmed': if (this.phase === 'waiting') this.phase = 'running'; break
      case 'lapsed':
      case 'closed': this.phase = 'closed'; break
      case 'tasked': this.tasked(l); break
      case 'sent':
      case 'delivered':
      case 'seen':
      case 'failed': this.receipt(l); break
      case 'acknowledged': this.answered(l); break
      case 'escalated': this.escalated(l); break
      case 'reported': this.reported(l); break
      case 'signed': this.signed.add(l.unit ?? ''); break
      case 'checked_in': this.arrived(l); break
      case 'milestone': this.reached(l); break
      case 'paused': this.phase = 'paused'; break
      case 'resumed': this.phase = 'running'; break
      case 'handed_over': this.leader = l.to ?? this.leader; break
      case 'stood_down': this.phase = 'stood_down'; break
      case 'widened': this.widened(l); break
    }
  }

  private reached(l: LedgerLine): void {
    const id = l.milestone as Milestone
    if (l.void) this.milestones.delete(id)
    else this.milestones.set(id, l.received_at)
  }

  private widened(l: LedgerLine): void {
    for (const [id, n] of this.later) {
      const h = this.homes.get(id)
      if (n !== l.n || !h) continue
      h.here = true
      this.signed.delete(this.frozen.units[this.unitOf.get(id) ?? -1]?.unit ?? '') // nobody has seen the new door
    }
  }

  private tasked(l: LedgerLine): void {
    const id = l.task ?? ''
    const known = this.tasks.has(id)
    const t: Task = this.tasks.get(id) ?? { id, responder: l.responder ?? '', role: l.role ?? '', homes: new Set(), answer: '', late: '', charges: [], letters: new Set() }
    this.tasks.set(id, t)
    for (const home of l.households ?? []) {
      const h = this.homes.get(home)
      if (!h || h.task === id) continue
      this.tasks.get(h.task)?.homes.delete(home)
      h.task = id
      t.homes.add(home)
    }
    // Who only helps beside his own doors was not asked again.
    if (l.households || !known) t.charges.push({ homes: l.households ?? [], state: 'asked', mute: false })
  }

  private receipt(l: LedgerLine): void {
    const id = l.message ?? ''
    const m = { audience: l.audience ?? '', channel: l.channel ?? '', state: l.kind, task: l.task ?? '' }
    this.letters.set(id, m)
    this.tasks.get(m.task)?.letters.add(id)
    if (m.audience !== 'residents' || l.kind === 'sent' || l.kind === 'failed') return
    const h = this.homes.get(this.frozen.to.get(id) ?? '')
    if (h?.state === 'pending') h.state = 'notified'
  }

  private answered(l: LedgerLine): void {
    const t = this.tasks.get(l.task ?? '')
    if (!t) return
    for (const c of t.charges) c.mute = false
    if (l.late) {
      t.late = l.answer ?? ''
      return
    }
    t.answer = l.answer ?? ''
    t.late = ''
    for (const c of t.charges) if (t.answer === 'yes' && (c.state === 'asked' || c.state === 'stuck')) c.state = 'accepted'
  }

  private escalated(l: LedgerLine): void {
    const t = this.tasks.get(l.task ?? '')
    const c = t?.charges[(l.charge ?? 1) - 1]
    if (!t || !c) return
    c.mute = t.answer !== 'cannot'
    c.state = l.to ? 'passed' : 'stuck'
  }

  private reported(l: LedgerLine): void {
    const h = this.homes.get(l.household ?? '')
    if (!h) return
    if (l.counts) {
      this.out += Number(isOut(l.state ?? '')) - Number(isOut(h.state))
      h.state = l.state as HouseState
    }
    h.contested ||= l.contested ?? false
    if (l.voids) this.signed.delete(l.voids)
  }

  private arrived(l: LedgerLine): void {
    const h = this.homes.get(l.household ?? '')
    const most = this.frozen.residents.get(l.household ?? '') ?? 0
    if (!h || !l.state) return
    const p = { ...h.persons, [l.state]: Math.min((h.persons[l.state] ?? 0) + (l.persons ?? 0), most) }
    let over = Object.values(p).reduce((a, b) => a + b, 0) - most
    for (const other of ['missing', 'self_settled', 'checked_in']) {
      if (other === l.state || over <= 0) continue
      const take = Math.min(over, p[other] ?? 0)
      p[other] = (p[other] ?? 0) - take
      over -= take
    }
    h.persons = p
  }

  private taskState(t: Task): string {
    const over = this.phase === 'stood_down' || this.phase === 'closed'
    const homes = [...t.homes]
    if (homes.length > 0 && homes.every(id => isOut(this.homes.get(id)?.state ?? ''))) return 'done'
    if (over && homes.length === 0 && this.frozen.doorless.has(t.role)) return 'done'
    if (t.answer === 'yes') return 'acknowledged'
    if (t.answer === 'cannot') return 'cannot'
    if (t.charges.some(c => c.mute) || t.late !== '') return 'no_answer'
    return [...t.letters].map(id => this.letters.get(id)?.state ?? 'queued').reduce((best, s) => (rank.indexOf(s) > rank.indexOf(best) ? s : best), 'queued')
  }

  /** The board as it stood after the last line. */
  board(): Board {
    const units: UnitMark[] = this.frozen.units.flatMap(u => {
      const homes = u.homes.flatMap(id => { const h = this.homes.get(id); return h?.here ? [h] : [] })
      return homes.length > 0 ? [{ id: u.unit, households: homes.length, open: homes.filter(h => !isOut(h.state)).length, cells: homes.map(h => letterOf(h.state, h.contested)).join(''), signed: this.signed.has(u.unit), forecast: null, late: false }] : []
    })
    const tasks: TaskMark[] = [...this.tasks.values()].map(t => ({ id: t.responder, role: t.role, state: this.taskState(t), households: t.homes.size, done: [...t.homes].filter(id => isOut(this.homes.get(id)?.state ?? '')).length, due: null, unreachable: t.charges.some(c => c.mute) && !this.spoke.has(t.responder) }))
    return { command: this.command(units, tasks), units: this.slow(units), tasks, pace: this.pace.map((p): PaceMark => ({ id: String(p.at), at: p.at, out: p.out })).reverse(), timeline: [...this.marks] }
  }

  private slow(units: readonly UnitMark[]): UnitMark[] {
    const t0 = this.milestones.get('T0')
    const past = t0 !== undefined && this.frozen.budget !== null && this.at > t0 + this.frozen.budget
    return units.map(u => ({ ...u, late: past && u.open > 0 }))
  }

  private command(units: readonly UnitMark[], tasks: readonly TaskMark[]): CommandView {
    const households: Record<string, number> = Object.fromEntries(Object.keys(this.frozen.command.households).map(s => [s, 0]))
    const persons: Record<string, number> = { checked_in: 0, self_settled: 0, missing: 0 }
    let [total, contested, residents, unassigned] = [0, 0, 0, 0]
    for (const [id, h] of this.homes) {
      if (!h.here) continue
      total++
      households[h.state] = (households[h.state] ?? 0) + 1
      contested += Number(h.contested)
      unassigned += Number(h.task === '')
      residents += this.frozen.residents.get(id) ?? 0
      for (const [k, n] of Object.entries(h.persons)) persons[k] = (persons[k] ?? 0) + n
    }
    const counted: Record<string, number> = Object.fromEntries(Object.keys(this.frozen.command.tasks).map(s => [s, 0]))
    for (const t of tasks) counted[t.state] = (counted[t.state] ?? 0) + 1
    const t0 = this.milestones.get('T0') ?? null
    return {
      ...this.frozen.command, state: this.phase, started_by: this.by, leader: this.leader, launched_at: this.launched, total, households,
      residents: { total: residents, checked_in: persons['checked_in'] ?? 0, self_settled: persons['self_settled'] ?? 0, missing: persons['missing'] ?? 0 },
      tasks: counted, acknowledged: [...this.tasks.values()].filter(t => t.answer === 'yes' || t.late === 'yes').length, milestones: Object.fromEntries(milestoneIds.map(id => [id, this.milestones.get(id) ?? null])),
      all_out_by: t0 === null || this.frozen.budget === null ? null : t0 + this.frozen.budget, forecast_all_out: null, late_units: this.slow(units).filter(u => u.late).map(u => u.id),
      unreachable: tasks.filter(t => t.unreachable).map(t => t.id).sort(), unassigned, messages: this.mail(), contested, signed: units.filter(u => u.signed).length, units: units.length,
    }
  }

  /** What only waits is not in the ledger; at its end the program's own count is known. */
  private mail(): Messages {
    if (this.n >= this.frozen.last) return this.frozen.command.messages
    const out: Record<string, Record<string, Record<string, number>>> = {}
    for (const m of this.letters.values()) {
      const states = ((out[m.audience] ??= {})[m.channel] ??= {})
      states[m.state] = (states[m.state] ?? 0) + 1
    }
    return out
  }
}

/** Households that no line before a widening names, by the line of the widening that brought them. */
export function laterOf(lines: readonly LedgerLine[], all: Iterable<string>): ReadonlyMap<string, number> {
  const widened = lines.filter(l => l.kind === 'widened')
  const later = new Map<string, number>()
  if (widened.length === 0) return later
  const first = new Map<string, number>()
  for (const l of lines) for (const id of [...(l.households ?? []), ...(l.household ? [l.household] : [])]) if (!first.has(id)) first.set(id, l.n)
  for (const id of all) {
    const seen = first.get(id)
    const by = seen === undefined ? undefined : widened.filter(w => w.n < seen).at(-1)
    if (by) later.set(id, by.n)
  }
  return later
}

/** The board after every line up to an instant; jumps back begin anew, jumps on go on. */
export class Replay {
  private folded: Folded
  private next = 0
  private readonly later: ReadonlyMap<string, number>

  constructor(readonly lines: readonly LedgerLine[], private readonly frozen: Frozen) {
    this.later = laterOf(lines, frozen.units.flatMap(u => u.homes))
    this.folded = new Folded(frozen, this.later)
  }

  to(instant: number): Board {
    if (this.folded.at > instant) {
      this.folded = new Folded(this.frozen, this.later)
      this.next = 0
    }
    for (let l = this.lines[this.next]; l && l.received_at <= instant; l = this.lines[++this.next]) this.folded.apply(l)
    return this.folded.board()
  }
}

import { describe, expect, it } from 'vitest'
import type { CommandView } from '../board/model'
import { laterOf, Replay, type Frozen } from './fold'
import type { LedgerLine } from './ledger'
import { sayer } from './say'

const zero = (...keys: string[]) => Object.fromEntries(keys.map(k => [k, 0]))
const command: CommandView = {
  id: 'c', plan: 'p', version: 1, area: 'a', exercise: true, state: 'closed', started_by: '', leader: '', launched_at: 0, total: 4, households: zero('pending', 'notified', 'knocked', 'refused', 'need_help', 'no_answer', 'left', 'empty', 'helped'), residents: { total: 0, checked_in: 0, self_settled: 0, missing: 0 }, tasks: zero('queued', 'sent', 'delivered', 'seen', 'acknowledged', 'cannot', 'no_answer', 'done'), acknowledged: 0, milestones: {}, all_out_by: null, forecast_all_out: null, late_units: [], unreachable: [], unassigned: 0, messages: { residents: { sms: { sent: 3 } } }, contested: 0, signed: 0, units: 2,
}
const units = [{ unit: 'E/1/1', homes: ['a', 'b'] }, { unit: 'E/1/2', homes: ['c', 'd'] }]
let n = 0
const line = (ms: number, kind: string, more: Partial<LedgerLine> = {}): LedgerLine => ({ n: ++n, at: ms, received_at: ms, kind, by: 'system', hash: '', ...more })
const lines: LedgerLine[] = [
  line(1000, 'launched', { total: 3, by: 'user:li' }),
  line(1000, 'milestone', { milestone: 'T0' }),
  line(1000, 'tasked', { task: 't1', responder: 'r1', role: 'sweeper', households: ['a', 'b'] }),
  line(1000, 'tasked', { task: 't2', responder: 'r2', role: 'sweeper', households: ['c'] }),
  line(1100, 'sent', { task: 't1', message: 'm1', channel: 'app', audience: 'responders' }),
  line(1200, 'delivered', { message: 'm2', channel: 'sms', audience: 'residents' }),
  line(2000, 'acknowledged', { task: 't1', responder: 'r1', answer: 'yes' }),
  line(3000, 'reported', { household: 'a', state: 'left', counts: true, contested: false }),
  line(4000, 'escalated', { task: 't2', households: ['c'], charge: 1, round: 1, to: 'r1' }),
  line(4000, 'tasked', { task: 't1', responder: 'r1', role: 'sweeper', households: ['c'] }),
  line(5000, 'widened', {}),
  line(5000, 'tasked', { task: 't3', responder: 'r3', role: 'sweeper', households: ['d'] }),
  line(6000, 'reported', { household: 'b', state: 'left', counts: true, contested: false }),
  line(6100, 'signed', { unit: 'E/1/1' }),
  line(7000, 'reported', { household: 'b', state: 'need_help', counts: true, contested: true, voids: 'E/1/1' }),
  line(8000, 'checked_in', { household: 'a', state: 'checked_in', persons: 5 }),
  line(9000, 'stood_down', { by: 'user:li' }),
]
const frozen: Frozen = { command, budget: 600_000, units, doorless: new Set(), last: lines.length, residents: new Map([['a', 2], ['b', 1], ['c', 1], ['d', 3]]), to: new Map([['m2', 'c']]), say: sayer(() => 'E/1/1') }

describe('replay', () => {
  it('adds up to the frozen number at every line', () => {
    const replay = new Replay(lines, frozen)
    for (const l of lines) {
      const { command: c, units: u } = replay.to(l.received_at)
      expect(Object.values(c.households).reduce((a, b) => a + b, 0)).toBe(c.total)
      expect(u.reduce((a, x) => a + x.households, 0)).toBe(c.total)
    }
  })
  it('tells each second', () => {
    const replay = new Replay(lines, frozen)
    const early = replay.to(3500)
    expect([early.command.total, early.command.households['left'], early.command.households['notified'], early.units[1]?.cells]).toEqual([3, 1, 1, 'n'])
    expect(early.tasks.map(t => `${t.id} ${t.state} ${t.done}/${t.households}`)).toEqual(['r1 acknowledged 1/2', 'r2 queued 0/1'])
    const later = replay.to(6500)
    expect(later.command.total).toBe(4)
    expect(later.units.map(u => `${u.cells} ${u.open} ${u.signed}`)).toEqual(['ll 0 true', 'np 2 false'])
    expect(later.command.unreachable).toEqual(['r2'])
    expect([early.command.acknowledged, later.command.acknowledged]).toEqual([1, 1])
    expect(later.pace.map(p => p.out)).toEqual([2, 1, 0])
  })
  it('voids a signature, keeps what is contested, and goes back', () => {
    const replay = new Replay(lines, frozen)
    const end = replay.to(Infinity)
    expect([end.command.state, end.units[0]?.cells, end.units[0]?.signed, end.command.contested]).toEqual(['stood_down', 'lD', false, 1])
    expect(end.command.residents).toEqual({ total: 7, checked_in: 2, self_settled: 0, missing: 0 })
    expect(end.command.messages).toEqual(command.messages)
    expect(replay.to(3500).units[0]?.cells).toBe('lp')
    expect(replay.to(Infinity)).toEqual(end)
  })
  it('counts who said that he comes, and calls nobody unreachable who has reported', () => {
    const own: LedgerLine[] = [
      ...lines.slice(0, 9).map(l => (l.kind === 'escalated' ? { ...l, to: '' } : l)),
      line(9100, 'reported', { household: 'c', state: 'left', counts: true, contested: false, by: 'responder:r2' }),
      line(9200, 'stood_down', { by: 'user:li' }),
    ]
    const replay = new Replay(own, frozen)
    expect(replay.to(9000).command.unreachable).toEqual(['r2'])
    const end = replay.to(Infinity).command
    expect([end.unreachable, end.acknowledged, end.tasks['done']]).toEqual([[], 1, 1])
  })
  it('knows who came by widening', () => {
    expect([...laterOf(lines, ['a', 'b', 'c', 'd'])]).toEqual([['d', 11]])
  })
})

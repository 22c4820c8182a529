import { describe, expect, it } from 'vitest'
import { actsOf, isReady } from './acts'
import type { CommandView, Phase } from './model'

const command = (state: Phase, more: Partial<CommandView> = {}): CommandView => ({
  id: 'c', plan: 'p', version: 1, area: 'a', exercise: true, state, started_by: 'user:li', leader: 'user:li', launched_at: 0, total: 1, households: {}, residents: { total: 1, checked_in: 0, self_settled: 0, missing: 0 }, tasks: {}, milestones: {}, all_out_by: null, forecast_all_out: null, late_units: [], unreachable: [], unassigned: 0, messages: {}, acknowledged: 0, contested: 0, signed: 0, units: 1, ...more,
})

describe('acts', () => {
  it('has no button that the state refuses', () => {
    const all = (s: Phase) => actsOf(command(s), null, 'li', 1000)
    expect(all('waiting')).toEqual(['stand-down'])
    expect(all('running')).not.toContain('resume')
    expect(all('running')).not.toContain('close')
    expect(all('paused')).not.toContain('pause')
    expect(all('stood_down')).toEqual(['return', 'step', 'hand-over', 'close'])
    expect(all('closed')).toEqual([])
  })
  it('returns once', () => {
    expect(actsOf(command('stood_down', { milestones: { T10: 5 } }), null, 'li', 1)).not.toContain('return')
  })
  it('lets only another person be the second', () => {
    const plan = { id: 'p', name: '', name_en: '', acknowledge_within: '60s', all_out: '10m', second_person: 'residents' }
    expect(actsOf(command('waiting'), plan, 'wang', 1)).toContain('confirm')
    expect(actsOf(command('running'), plan, 'wang', 59_000)).toContain('confirm')
    expect(actsOf(command('running'), plan, 'wang', 61_000)).not.toContain('confirm')
    expect(actsOf(command('running'), plan, 'li', 1000)).not.toContain('confirm')
  })
  it('sends nothing that lacks a reason or a target', () => {
    expect(isReady({ act: 'pause', reason: ' ' })).toBe(false)
    expect(isReady({ act: 'pause', reason: 'x' })).toBe(true)
    expect(isReady({ act: 'reassign', reason: 'x', to: 'r' })).toBe(false)
    expect(isReady({ act: 'reassign', reason: 'x', to: 'r', task: 't' })).toBe(true)
    expect(isReady({ act: 'broadcast', reason: 'x', audience: 'residents', text: '' })).toBe(false)
  })
})

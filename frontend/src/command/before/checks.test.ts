import { describe, expect, it } from 'vitest'
import { pressZh } from '../../words/press.zh'
import { checksOf, mustType, unitNames } from './checks'
import type { Preview } from './model'

const preview = (more: Partial<Preview>): Preview => ({ households: 10, residents: 20, needs: {}, responders: 2, candidates: 2, units: 1, buildings: 1, uncovered: [], unmanned: [], unassigned: 0, messages: {}, not_configured: [], last_message_s: 0, last_door_s: 100, all_out_s: 600, over: false, shelters: [{ id: 's', name: 'S', room: 30, accessible: true, lon: 0, lat: 0, placed: false }], area: 'a', revision: 'r', ...more })
const levels = (p: Preview, exercise: boolean | null, drills = 0) => checksOf(p, exercise, drills, pressZh, String).map(c => `${c.key} ${c.level}`)

describe('checks before a press', () => {
  it('are calm when all is in order', () => {
    expect(levels(preview({}), true)).toEqual(['door normal', 'shelter normal'])
  })
  it('are loud when the last door is late, or nobody reaches any', () => {
    expect(levels(preview({ over: true, last_door_s: 700 }), true)[0]).toBe('door alarm')
    expect(levels(preview({ over: true, last_door_s: null }), true)[0]).toBe('door alarm')
  })
  it('name what is missing', () => {
    expect(levels(preview({ residents: 31, unmanned: ['E/1/1'], unassigned: 3, not_configured: ['sms'] }), false, 1)).toEqual(['door normal', 'shelter warn', 'unmanned warn', 'unassigned warn', 'channels warn', 'drills warn'])
  })
  it('name a few units of many', () => {
    expect(unitNames(['E/1/1', 'E/2/-'], pressZh)).toBe('E 1 幢 1 单元、E 2 幢')
    expect(unitNames(['E/1/1', 'E/1/2', 'E/1/3', 'E/1/4'], pressZh)).toContain('等 4 处')
  })
  it('ask for the number where it is real and more than twice what was ever drilled', () => {
    expect([mustType(101, false, 50), mustType(100, false, 50), mustType(101, true, 50), mustType(101, false, 0), mustType(101, null, 50)]).toEqual([true, false, false, false, false])
  })
})

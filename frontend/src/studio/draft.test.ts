import { describe, expect, it } from 'vitest'
import type { Cockpit } from '../api/definitions'
import { about, added, changed, draftOf, fits, lacking, placeFor, toml, type TileDraft } from './draft'

const tile = (id: string, x: number, y: number, w: number, h: number, more: object = {}): TileDraft => ({ id, kind: 'stat', indicator: 'boats', x, y, w, h, ...more })
const draft = (...tiles: TileDraft[]) => ({ id: 'gate', name: '闸口', name_en: 'Gate', kind: 'theme', area: 'gate', parent: 'valley', tiles })

describe('a tile of a draft', () => {
  const boxes: Record<string, { box: [number, number, number, number]; but?: string; fits: boolean }> = {
    'fits beside another': { box: [6, 0, 6, 4], fits: true },
    'does not fit over another': { box: [5, 3, 6, 4], fits: false },
    'may stand where it stands': { box: [1, 0, 6, 4], but: 'a', fits: true },
    'must not leave the grid to the right': { box: [19, 0, 6, 4], fits: false },
    'must not leave the grid below': { box: [8, 9, 6, 4], fits: false },
    'must not leave the grid to the left': { box: [-1, 6, 6, 4], fits: false },
    'must have a size': { box: [8, 0, 0, 4], fits: false },
  }
  for (const [name, c] of Object.entries(boxes)) {
    it(name, () => {
      const [x, y, w, h] = c.box
      expect(fits([tile('a', 0, 0, 6, 4)], { x, y, w, h }, c.but)).toBe(c.fits)
    })
  }

  it('goes to the first free place, smaller where there is none so large', () => {
    expect(placeFor([tile('a', 0, 0, 24, 10)], 6, 4)).toEqual({ x: 0, y: 10, w: 3, h: 2 })
    expect(placeFor([tile('a', 0, 0, 24, 12)], 6, 4)).toBeNull()
  })

  it('gets an id that nobody has', () => {
    const one = added(draft(tile('stat-1', 0, 0, 6, 4)), 'stat')
    expect([one?.id, one?.draft.tiles.length]).toEqual(['stat-2', 2])
  })

  it('loses what another kind does not have, and what is emptied', () => {
    const t = changed(tile('a', 0, 0, 6, 4, { compare: 'week', title: '船' }), { kind: 'ranking', title: '' })
    expect(t).toEqual({ id: 'a', kind: 'ranking', indicator: 'boats', x: 0, y: 0, w: 6, h: 4 })
  })

  it('says what it lacks', () => {
    const faults = lacking(draft(tile('a', 0, 0, 1, 1), { ...tile('b', 1, 0, 1, 1), kind: 'ranking' }), 'missing')
    expect(faults).toEqual([{ pointer: '/tiles/1/of', detail: 'missing' }])
    expect(about(faults[0] ?? { pointer: '', detail: '' })).toEqual({ index: 1, key: 'of' })
    expect(about({ pointer: '/id', detail: '' })).toEqual({ index: -1, key: 'id' })
  })
})

describe('a draft', () => {
  const shown = {
    id: 'gate', name: '闸口', name_en: 'Gate', kind: 'theme', area: 'gate', parent: 'valley', layout: 'l', state: { status: 'normal', alarms: 0, warns: 0, stale: 0 },
    tiles: [
      { ...tile('a', 0, 0, 6, 4), title: '船', title_en: '', area: 'gate', state: null },
      { id: 'b', kind: 'alerts', title: '告警', title_en: 'Alerts', area: 'sill', indicators: ['late', 'water'], limit: 20, x: 6, y: 0, w: 6, h: 4 },
    ],
  } as unknown as Cockpit

  it('leaves out what stands for itself', () => {
    expect(draftOf(shown, ['water', 'late']).tiles).toEqual([
      { id: 'a', kind: 'stat', title: '船', indicator: 'boats', x: 0, y: 0, w: 6, h: 4 },
      { id: 'b', kind: 'alerts', title: '告警', title_en: 'Alerts', area: 'sill', limit: 20, x: 6, y: 0, w: 6, h: 4 },
    ])
    expect(draftOf(shown, ['water']).tiles[1]?.indicators).toEqual(['late', 'water'])
  })

  it('becomes a file', () => {
    expect(toml(draft(tile('a', 0, 0, 6, 4, { title: '“船”\n"x"', layers: ['p', 'q'], target: 99.5 })))).toBe(
      'id = "gate"\nname = "闸口"\nname_en = "Gate"\nkind = "theme"\narea = "gate"\nparent = "valley"\n\n[[tile]]\n'
      + 'id = "a"\nkind = "stat"\nindicator = "boats"\nx = 0\ny = 0\nw = 6\nh = 4\ntitle = "“船”\\n\\"x\\""\nlayers = ["p", "q"]\ntarget = 99.5\n')
  })
})

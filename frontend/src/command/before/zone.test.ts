import { describe, expect, it } from 'vitest'
import type { Home, Plan } from './model'
import { apart, beside, blank, buildingsOf, holds, inPolygon, ringsOf, toggled, zoneOf } from './zone'

const plan = { zones: [{ id: 'a', name: 'A', name_en: '', areas: ['x'] }, { id: 'p', name: 'P', name_en: '', polygon: [[0, 0], [1, 0], [1, 1]] }] } as unknown as Plan
const home = (building: string, lon: number, placed = true): Home => ({ id: `${building}${lon}`, area: 'grid', estate: 'E', building, unit: '1', lon: placed ? lon : 0, lat: placed ? 30 : 0, placed })

describe('a zone that is drawn', () => {
  it('is nothing until it is whole', () => {
    expect([zoneOf(blank, plan), zoneOf({ ...blank, prepared: 'none' }, plan), zoneOf({ ...blank, tool: 'polygon', polygon: [[0, 0], [1, 1]] }, plan), zoneOf({ ...blank, tool: 'circle' }, plan), zoneOf({ ...blank, tool: 'areas' }, plan)]).toEqual([null, null, null, null, null])
  })
  it('is exactly one of the four', () => {
    expect(zoneOf({ ...blank, prepared: 'a' }, plan)).toEqual({ areas: ['x'] })
    expect(zoneOf({ ...blank, prepared: 'p' }, plan)).toEqual({ polygon: [[0, 0], [1, 0], [1, 1]] })
    expect(zoneOf({ ...blank, tool: 'circle', centre: [1, 2], radius: 50 }, plan)).toEqual({ circle: { centre: [1, 2], radius_m: 50 } })
    expect(zoneOf({ ...blank, tool: 'buildings', buildings: ['b', 'a'] }, plan)).toEqual({ buildings: ['a', 'b'] })
  })
  it('takes out what is touched again', () => {
    expect(toggled(toggled(['a'], 'b'), 'a')).toEqual(['b'])
  })
})

describe('buildings on the map', () => {
  it('count their households that have no place too, and are absent without any', () => {
    const [one, ...rest] = buildingsOf([home('1', 120), home('1', 120.001), home('1', 0, false), home('2', 0, false)])
    expect(rest).toEqual([])
    expect([one?.homes, one?.west, one?.east, one?.lat]).toEqual([3, 120, 120.001, 30])
  })
  it('lie in a zone by area, ring, distance or name', () => {
    const [b] = buildingsOf([home('1', 120)])
    if (!b) throw new Error('no building')
    const up = () => ['street', 'grid']
    expect([holds({ areas: ['street'] }, b, up), holds({ areas: ['other'] }, b, up), holds({ buildings: ['E/1'] }, b, up)]).toEqual([true, false, true])
    const centre = beside([120, 30], 100, 0)
    expect(apart([120, 30], centre)).toBeCloseTo(100, 1)
    expect([holds({ circle: { centre, radius_m: 101 } }, b, up), holds({ circle: { centre, radius_m: 99 } }, b, up)]).toEqual([true, false])
    expect([inPolygon([[119, 29], [121, 29], [121, 31], [119, 31]], [120, 30]), inPolygon([[119, 29], [121, 29], [121, 31], [119, 31]], [122, 30])]).toEqual([true, false])
  })
  it('stand in rings around the red, each once', () => {
    const at = (m: number) => home(String(m), beside([120, 30], m, 0)[0])
    const all = buildingsOf([at(0), at(60), at(150), at(500)])
    const rings = ringsOf({ circle: { centre: [120, 30], radius_m: 50 } }, all.slice(0, 1), all)
    expect([rings?.ready, rings?.told, rings?.yellow]).toEqual([1, 1, 130])
    expect(ringsOf({ buildings: ['none'] }, [], all)).toBeNull()
  })
})

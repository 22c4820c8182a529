import { describe, expect, it } from 'vitest'
import type { TileDefinition } from '../api/definitions'
import type { Item, Tile } from '../live/tile'
import { gather, type Source } from './wrong'

const state = (more: Partial<Tile>): Tile => ({ id: 't', value: 1, level: null, status: 'normal', since: null, as_of: null, counts_from: null, parts: null, coverage: null, disputed: null, change: null, spark: null, items: null, ...more })
const tile = (kind: TileDefinition['kind'], more: Partial<TileDefinition>, is: Partial<Tile>, cockpit = 'mine'): Source => ({
  cockpit, tile: state(is), definition: { id: more.id ?? kind, kind, title: '', title_en: '', x: 0, y: 0, w: 3, h: 3, area: 'street', ...more },
})
const alert = (indicator: string, area: string, level: 'warn' | 'alarm', since: number): Item => ({ id: `${indicator}/${area}`, indicator, area, level, since, value: 5 })
const under = (area: string) => area.startsWith('street') || area.startsWith('c')
const keys = (sources: Source[]) => gather(sources, 'mine', under).map(w => `${w.status} ${w.key}`)

describe('what is wrong in a street', () => {
  it('puts alarms before warnings before what is stale, the longest first', () => {
    expect(keys([
      tile('stat', { indicator: 'old' }, { status: 'stale' }),
      tile('alerts', {}, { items: [alert('late', 'c1', 'warn', 20), alert('early', 'c2', 'warn', 10), alert('fire', 'c3', 'alarm', 30)] }),
    ])).toEqual(['alarm fire@c3', 'warn early@c2', 'warn late@c1', 'stale old@street'])
  })
  it('names each figure once, with since when from whichever tile knows', () => {
    const found = gather([
      tile('table', { id: 'table' }, { items: [{ id: 'c1', cells: { rate: { value: 90, level: 'warn', status: 'warn' } } }] }),
      tile('alerts', { id: 'wrong' }, { items: [alert('rate', 'c1', 'warn', 7)] }),
    ], 'mine', under)
    expect(found.map(w => [w.key, w.since, w.tile, w.value])).toEqual([['rate@c1', 7, 'table', 90]])
  })
  it('takes from other cockpits only what lies in this street', () => {
    const found = gather([tile('alerts', {}, { items: [alert('fire', 'c1', 'alarm', 1), alert('fire', 'elsewhere', 'alarm', 1)] }, 'kitchen')], 'mine', under)
    expect(found.map(w => [w.key, w.cockpit, w.tile])).toEqual([['fire@c1', 'kitchen', '']])
  })
  it('reads rankings, maps, trends and breakdowns by what their rows are', () => {
    expect(keys([
      tile('ranking', { indicator: 'rank', of: 'community' }, { items: [{ id: 'c1', value: 1, status: 'warn' }] }),
      tile('map', { indicator: 'map', of: 'community' }, { items: [{ id: 'c2', value: 1, status: 'stale' }] }),
      tile('trend', { indicators: ['line'] }, { items: [{ id: 'line', value: 1, status: 'alarm' }] }),
      tile('breakdown', { indicators: ['part'] }, { items: [{ id: 'part', value: 1, level: 'warn' }] }),
    ])).toEqual(['alarm line@street', 'warn part@street', 'warn rank@c1', 'stale map@c2'])
  })
  it('leaves out what is normal, withheld or empty', () => {
    expect(keys([tile('stat', { indicator: 'a' }, { status: 'suppressed' }), tile('stat', { indicator: 'b' }, { status: 'empty' }), tile('stat', { indicator: 'c' }, {})])).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { Board } from './board'
import { mergeItems, mergeSpark, parseFrame } from './frames'
import type { Delta, Item, Snapshot, SparkPoint, Tile } from './tile'

const tile = (id: string, value: number | null = 1): Tile => ({ id, value, level: null, status: 'normal', since: null, as_of: null, counts_from: null, parts: null, coverage: null, disputed: null, change: null, spark: null, items: null })
const snapshot = (seq: number, ...tiles: Tile[]): Snapshot => ({ op: 'snapshot', cockpit: 'a', epoch: 'e', seq, at: 1, layout: 'l', tiles })
const delta = (from: number, seq: number, ...tiles: Delta['tiles']): Delta => ({ op: 'delta', cockpit: 'a', epoch: 'e', from, seq, at: 2, tiles })

function boardAt(seq: number): Board {
  const b = new Board()
  b.snapshot(snapshot(seq, tile('x'), tile('y')))
  b.take()
  return b
}

describe('a board', () => {
  const cases: Record<string, { delta: Delta; fits: boolean; value: number; seq: number }> = {
    'takes the next change': { delta: delta(5, 6, { id: 'x', value: 9 }), fits: true, value: 9, seq: 6 },
    'takes a change that reaches back further': { delta: delta(3, 6, { id: 'x', value: 9 }), fits: true, value: 9, seq: 6 },
    'passes over a change that it had': { delta: delta(3, 4, { id: 'x', value: 9 }), fits: true, value: 1, seq: 5 },
    'refuses one that begins later': { delta: delta(6, 7, { id: 'x', value: 9 }), fits: false, value: 1, seq: 5 },
    'refuses one of another epoch': { delta: { ...delta(5, 6, { id: 'x', value: 9 }), epoch: 'f' }, fits: false, value: 1, seq: 5 },
    'refuses a tile that it never saw': { delta: delta(5, 6, { id: 'x', value: 9 }, { id: 'z', value: 1 }), fits: false, value: 1, seq: 5 },
  }
  for (const [name, c] of Object.entries(cases)) {
    it(name, () => {
      const b = boardAt(5)
      expect(b.apply(c.delta)).toBe(c.fits)
      expect([b.tiles.get('x')?.value, b.seq]).toEqual([c.value, c.seq])
    })
  }

  it('tells once which tiles changed, and keeps the identity of the others', () => {
    const b = boardAt(5)
    const y = b.tiles.get('y')
    b.apply(delta(5, 6, { id: 'x', value: 2 }))
    b.apply(delta(6, 7, { id: 'x', value: 3 }))
    expect([...b.take()]).toEqual(['x'])
    expect([...b.take()]).toEqual([])
    expect(b.tiles.get('y')).toBe(y)
  })
})

describe('merging', () => {
  const p = (...at: number[]): SparkPoint[] => at.map(ms => [ms, ms])
  const sparks: Record<string, { old: SparkPoint[]; patch: SparkPoint[]; want: SparkPoint[] }> = {
    'adds behind': { old: p(1, 2), patch: p(3), want: p(1, 2, 3) },
    'replaces the last': { old: p(1, 2), patch: [[2, 9], [3, 1]], want: [[1, 1], [2, 9], [3, 1]] },
    'replaces one inside': { old: p(1, 2, 3), patch: [[2, null]], want: [[1, 1], [2, null], [3, 3]] },
    'drops the oldest beyond sixty': { old: p(...Array.from({ length: 60 }, (_, i) => i)), patch: p(60, 61), want: p(...Array.from({ length: 60 }, (_, i) => i + 2)) },
  }
  for (const [name, c] of Object.entries(sparks)) it(`of a spark ${name}`, () => expect(mergeSpark(c.old, c.patch)).toEqual(c.want))

  const items: Record<string, { old: Item[]; patch: Item[]; want: string[] }> = {
    'appends what is new': { old: [{ id: 'a' }], patch: [{ id: 'b' }], want: ['a', 'b'] },
    'puts the newest of a feed in front': { old: [{ id: 'a', at: 1 }], patch: [{ id: 'c', at: 3 }, { id: 'b', at: 2 }], want: ['c', 'b', 'a'] },
    'removes what is gone, and what it never had': { old: [{ id: 'a' }, { id: 'b' }], patch: [{ id: 'a', gone: true }, { id: 'z', gone: true }], want: ['b'] },
    'orders by rank': { old: [{ id: 'a', rank: 1 }, { id: 'b', rank: 2 }], patch: [{ id: 'a', rank: 2 }, { id: 'b', rank: 1 }], want: ['b', 'a'] },
  }
  for (const [name, c] of Object.entries(items)) it(`of items ${name}`, () => expect(mergeItems(c.old, c.patch).map(i => i.id)).toEqual(c.want))

  it('of an item keeps the keys that did not change', () => {
    expect(mergeItems([{ id: 'a', value: 1, level: 'warn', spark: p(1) }], [{ id: 'a', value: 2, spark: p(2) }])).toEqual([{ id: 'a', value: 2, level: 'warn', spark: p(1, 2) }])
  })
})

describe('a frame', () => {
  const frames: Record<string, { text: unknown; ops: string[] }> = {
    'may hold one message': { text: '{"op":"beat"}', ops: ['beat'] },
    'may hold several': { text: '[{"op":"delta"},{"op":"beat"}]', ops: ['delta', 'beat'] },
    'with an op of the future passes': { text: '{"op":"song"}', ops: ['song'] },
    'that is no JSON says nothing': { text: '{', ops: [] },
    'without op says nothing': { text: '[{"a":1},null,3]', ops: [] },
    'of bytes says nothing': { text: new ArrayBuffer(2), ops: [] },
  }
  for (const [name, c] of Object.entries(frames)) it(name, () => expect(parseFrame(c.text).map(m => m.op)).toEqual(c.ops))
})

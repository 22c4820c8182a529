import { expect, it } from 'vitest'
import { pointsOf } from './vectorTile'

const bytes = (...parts: (number | number[] | string)[]) => parts.flatMap(p => (typeof p === 'string' ? [...new TextEncoder().encode(p)] : p))
const field = (number: number, ...content: (number | number[] | string)[]) => {
  const raw = bytes(...content)
  return [number * 8 + 2, raw.length, ...raw]
}

/** A tile as the specification writes it, byte by byte: one layer, extent 4096, two points and a line. */
function tile(): Uint8Array {
  return new Uint8Array(field(3,
    [15 * 8, 2],
    field(1, 'points'),
    field(2, field(2, [0, 0, 1, 1]), [3 * 8, 1], field(4, [9, 0x80, 0x20, 0x82, 0x20])),
    field(2, field(2, [0, 2, 2, 3]), [3 * 8, 1], field(4, [9, 4, 6])),
    field(2, [3 * 8, 2], field(4, [9, 4, 6, 10, 2, 2])),
    field(3, 'name'), field(3, 'cluster'), field(3, 'point_count'),
    field(4, field(1, '路灯')), field(4, [7 * 8, 1]), field(4, field(1, 'b')), field(4, [6 * 8, 0xe0, 0xc5, 0x08]),
    [5 * 8, 0x80, 0x20],
  ))
}

it('points of a tile are read with their places and properties, other shapes are left out', () => {
  expect(pointsOf(tile())).toEqual([
    { x: 2048 / 4096, y: 2049 / 4096, properties: { name: '路灯', cluster: true } },
    { x: 2 / 4096, y: 3 / 4096, properties: { name: 'b', point_count: 70_000 } },
  ])
})

it('an empty tile has no points, and one that breaks off is a fault', () => {
  expect(pointsOf(new Uint8Array())).toEqual([])
  expect(() => pointsOf(tile().slice(0, -3))).toThrow('breaks off')
})

import { expect, it } from 'vitest'
import type { Shade } from './ask'
import { briefly, touchedOf } from './scene'
import { tilesOf } from './tilePoints'
import { merged } from './useShades'

const shade = (id: string, value: number | null): Shade => ({ id, value, level: 'normal', status: 'normal', since: 1, as_of: 2 })

it('an answer that changes nothing leaves everything as it was', () => {
  const first = merged(new Map(), [shade('a', 1), shade('b', 2)])
  expect(merged(first, [shade('a', 1), shade('b', 2)])).toBe(first)
  const second = merged(first, [shade('a', 1), shade('b', 3)])
  expect(second).not.toBe(first)
  expect(second.get('a')).toBe(first.get('a'))
  expect(second.get('b')?.value).toBe(3)
  expect([...merged(first, [shade('b', 2)]).keys()]).toEqual(['b'])
})

it('a view asks for the tiles that it shows, and for none beyond the deepest', () => {
  const size = { width: 1024, height: 512 }
  expect(tilesOf({ x: 0.5, y: 0.5, zoom: 0 }, size)).toEqual([[0, 0, 0]])
  expect(tilesOf({ x: 0.5, y: 0.5, zoom: 1.5 }, size)).toHaveLength(4)
  expect(tilesOf({ x: 0.3, y: 0.3, zoom: 18 }, size)[0]?.[0]).toBe(14)
})

it('a touched cluster says how many of each list it holds', () => {
  const t = touchedOf({ key: '3/1/1', cluster: true, point_count: 12, lists: 'a:2,b:10' }, 1, 2, 3)
  expect(t).toMatchObject({ count: 12, lists: [{ list: 'a', count: 2 }, { list: 'b', count: 10 }] })
  expect(touchedOf({ key: 'a/1', cluster: false, list: 'a', point: '1', name: 'n', area: 'x' }, 1, 2, 3)).toMatchObject({ count: 1, list: 'a', lists: [] })
})

it('counts are short', () => {
  expect([briefly(9999, 'zh'), briefly(200_000, 'zh'), briefly(12_345, 'zh'), briefly(200_000, 'en')]).toEqual(['9999', '20万', '1.2万', '200k'])
})

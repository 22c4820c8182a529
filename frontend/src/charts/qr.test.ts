import { expect, test } from 'vitest'
import { qr } from './qr'

// As an independent reader read it.
const known = [
  '#######.##..#.#######',
  '#.....#..#..#.#.....#',
  '#.###.#.#.#.#.#.###.#',
  '#.###.#.#..#..#.###.#',
  '#.###.#.###...#.###.#',
  '#.....#.......#.....#',
  '#######.#.#.#.#######',
  '.........##..........',
  '####..#.#.#..#..###.#',
  '##.....####.#.###...#',
  '.#.##.#.##..##.#...##',
  '..#....#..#.##.#.#..#',
  '#.#.###....#...#.#...',
  '........#.#..#..#....',
  '#######..##..####....',
  '#.....#..#.####..##..',
  '#.###.#...##..##..#..',
  '#.###.#.#....#....##.',
  '#.###.#.##.#.#...##..',
  '#.....#.#####.#.....#',
  '#######.#####..##.#..',
]

test('a text is drawn as readers read it', () => {
  expect(qr('citydeck')?.map(row => row.map(d => (d ? '#' : '.')).join(''))).toEqual(known)
})

test.each([
  ['a short text takes the smallest square', 17, 21],
  ['one byte more takes the next', 18, 25],
  ['the longest takes the ninth', 230, 53],
  ['a longer one takes none', 231, undefined],
])('%s', (_, bytes, size) => {
  expect(qr('x'.repeat(bytes))?.length).toBe(size)
})

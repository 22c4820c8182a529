import { expect, it } from 'vitest'
import { cellsOf, single, worstByKey, type Mark } from './cells'

it('a place has one cell at each zoom below the one at which points stand alone, each within the one before', () => {
  const keys = cellsOf(120.1755, 30.3055)
  expect(keys).toHaveLength(single)
  // Computed by hand from the formula: 8 · 2^z · x and y.
  expect(keys[0]).toBe('0/6/3')
  expect(keys[11]).toBe('11/13661/6743')
  for (let z = 1; z < single; z++) {
    const [, x = 0, y = 0] = (keys[z] ?? '').split('/').map(Number)
    expect(keys[z - 1]).toBe(`${z - 1}/${x >> 1}/${y >> 1}`)
  }
})

it('a cluster has the worst status of its points, a point its own', () => {
  const mark = (key: string, status: Mark['status'], lon: number): Mark => ({ key, list: 'a', lon, lat: 30, status })
  const worst = worstByKey([mark('a/1', 'stale', 120), mark('a/2', 'alarm', 120.0001), mark('a/3', 'warn', 120.0002), mark('a/4', 'normal', 120), mark('a/5', 'warn', -60)])
  expect(worst.get('a/1')).toBe('stale')
  expect(worst.get('a/4')).toBeUndefined()
  expect(worst.get(cellsOf(120, 30)[5] ?? '')).toBe('alarm')
  expect(worst.get(cellsOf(-60, 30)[5] ?? '')).toBe('warn')
})

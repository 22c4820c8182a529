import { expect, it } from 'vitest'
import { boundsOf, closest, dragged, fit, fromScreen, held, placeOf, spotOf, toScreen, zoomed } from './mercator'

const size = { width: 800, height: 600 }

it('places go into the square and back', () => {
  for (const [lon, lat] of [[0, 0], [120.1755, 30.3055], [-179.9, -80], [87.6, 43.8]] as const) {
    const [x, y] = placeOf(spotOf(lon, lat))
    expect(x).toBeCloseTo(lon, 9)
    expect(y).toBeCloseTo(lat, 9)
  }
  expect(spotOf(0, 0)).toEqual({ x: 0.5, y: 0.5 })
  expect(spotOf(-180, 90).y).toBeCloseTo(0, 6)
})

it('what is fitted lies inside the margin, and one place is not seen closer than asked', () => {
  const b = [120.1, 30.2, 120.25, 30.35] as const
  const v = fit(b, size, 50)
  const [left, bottom] = toScreen(v, size, spotOf(b[0], b[1]))
  const [right, top] = toScreen(v, size, spotOf(b[2], b[3]))
  expect(Math.min(left, top)).toBeGreaterThanOrEqual(50 - 1e-6)
  expect(right).toBeLessThanOrEqual(750 + 1e-6)
  expect(bottom).toBeLessThanOrEqual(550 + 1e-6)
  expect(Math.min(left - 50, top - 50)).toBeCloseTo(0, 6)
  expect(fit([120, 30, 120, 30], size, 50, 16).zoom).toBe(16)
})

it('the place under the pointer stays there while one zooms, and moves with a drag', () => {
  const v = { ...spotOf(120.17, 30.28), zoom: 12 }
  const under = fromScreen(v, size, 123, 456)
  for (const by of [0.7, -2, 30]) {
    const w = zoomed(v, size, by, 123, 456, 3)
    const [x, y] = toScreen(w, size, under)
    expect(x).toBeCloseTo(123, 4)
    expect(y).toBeCloseTo(456, 4)
    expect(w.zoom).toBeLessThanOrEqual(closest)
    expect(w.zoom).toBeGreaterThanOrEqual(3)
  }
  expect(toScreen(dragged(v, 10, -20), size, under).map(Math.round)).toEqual([133, 436])
})

it('a view that was dragged away is held at the edge', () => {
  const b = [120, 30, 121, 31] as const
  const away = held({ ...spotOf(130, 50), zoom: 10 }, b)
  expect(away).toEqual({ ...spotOf(121, 31), zoom: 10 })
  const inside = { ...spotOf(120.5, 30.5), zoom: 10 }
  expect(held(inside, b)).toEqual(inside)
})

it('bounds hold all geometries, and there are none of nothing', () => {
  expect(boundsOf([])).toBeNull()
  expect(boundsOf([
    { type: 'Point', coordinates: [120, 30] },
    { type: 'MultiPolygon', coordinates: [[[[119, 31], [122, 29], [121, 30], [119, 31]]]] },
  ])).toEqual([119, 29, 122, 31])
})

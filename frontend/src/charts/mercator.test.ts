import { describe, expect, it } from 'vitest'
import { fit } from './mercator'

const square = (lon: number, lat: number, size: number): GeoJSON.Geometry => ({ type: 'Polygon', coordinates: [[[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]] })
const inset = { left: 10, right: 20, top: 5, bottom: 15 }

describe('a map', () => {
  it('fills its box in one direction, stands in the middle of the other, north up', () => {
    const project = fit([square(120, 30, 0.1)], 330, 120, inset)
    const [left, bottom] = project([120, 30])
    const [right, top] = project([120.1, 30.1])
    expect([top, bottom].map(Math.round)).toEqual([5, 105])
    expect(Math.round((left + right) / 2)).toBe(10 + 300 / 2)
  })

  it('keeps angles: a degree of longitude is shorter than one of latitude, by the latitude', () => {
    const project = fit([square(120, 30, 0.01)], 500, 500, inset)
    const [x0, y0] = project([120, 30])
    const [x1] = project([120.01, 30])
    const [, y1] = project([120, 30.01])
    expect((x1 - x0) / (y0 - y1)).toBeCloseTo(Math.cos((30.005 * Math.PI) / 180), 5)
  })

  it('puts a single place in the middle', () => {
    expect(fit([{ type: 'Point', coordinates: [120, 30] }], 130, 120, inset)([120, 30]).map(Math.round)).toEqual([60, 55])
  })

  it('of nothing projects somewhere', () => {
    expect(fit([], 100, 100, inset)([120, 30]).length).toBe(2)
  })
})

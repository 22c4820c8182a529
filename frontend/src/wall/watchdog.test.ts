import { describe, expect, it } from 'vitest'
import { Watchdog } from './watchdog'

const minute = 60_000

describe('the watchdog', () => {
  it('finds a page sick that fails again and again, not one that failed once in many places', () => {
    const dog = new Watchdog()
    expect([0, 1, 2, 3, 4, 5].map(t => dog.fault('x is undefined', t))).not.toContain(true)
    expect(dog.fault('x is undefined', 4000)).toBe(true)
    const calm = new Watchdog()
    expect([1, 2, 3, 4, 5, 6].map(t => calm.fault('x is undefined', t * 20_000))).not.toContain(true)
  })

  it('never takes an absent server for an illness', () => {
    const dog = new Watchdog()
    const said = ['TypeError: Failed to fetch', 'Failed to fetch dynamically imported module: http://x/y.js', 'ResizeObserver loop completed']
    for (let t = 0; t < 100; t++) for (const s of said) expect(dog.fault(s, t * 1000)).toBe(false)
  })

  it('sees that drawing stopped although states come; not that nothing comes', () => {
    const dog = new Watchdog()
    expect(dog.drawn('5', '5', 1)).toBe(false)
    expect(dog.drawn('6', '5', 1000)).toBe(false)
    expect(dog.drawn('90', '5', 20_000)).toBe(false)
    expect(dog.drawn('99', '5', 21_001)).toBe(true)
    const quiet = new Watchdog()
    for (let t = 1; t < 50; t++) expect(quiet.drawn('5', '5', t * 10_000)).toBe(false)
    const slow = new Watchdog()
    for (let t = 1; t < 50; t++) expect(slow.drawn(String(t + 1), String(t), t * 10_000)).toBe(false)
  })

  it('takes memory for full when it stays so', () => {
    const dog = new Watchdog()
    expect([95, 95, 10, 95, 95, 95].map(n => dog.memory(n, 100))).toEqual([false, false, false, false, false, true])
  })

  it('loads anew ever more rarely, and forgets after a calm while', () => {
    expect(new Watchdog().mayReload(5)).toEqual({ at: 5, times: 1 })
    const again = (times: number, after: number) => new Watchdog({ at: 1000, times }).mayReload(1000 + after)
    expect(again(1, minute - 1)).toBeNull()
    expect(again(1, minute)).toEqual({ at: 1000 + minute, times: 2 })
    expect(again(3, 4 * minute - 1)).toBeNull()
    expect(again(3, 4 * minute)?.times).toBe(4)
    expect(again(30, 60 * minute - 1)).toBeNull()
    expect(again(30, 60 * minute)?.times).toBe(31)
    expect(again(30, 7 * 60 * minute)?.times).toBe(1)
  })
})

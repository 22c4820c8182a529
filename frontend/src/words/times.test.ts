import { afterEach, describe, expect, it } from 'vitest'
import { formatAge, formatClock, formatDay, formatDuration, formatSeconds, formatStopwatch, windowWord } from './times'
import { setZone } from './zone'

const at = Date.UTC(2024, 7, 28, 6, 32, 7) // 14:32:07 in Shanghai
const minute = 60_000
const hour = 60 * minute

afterEach(() => setZone('Asia/Shanghai'))

describe('a time', () => {
  it('is said on the district\'s clock, wherever the screen hangs', () => {
    expect([formatClock(at, 'zh'), formatSeconds(at), formatDay(at, 'zh'), formatDay(at, 'en')]).toEqual(['14:32', '14:32:07', '8月28日 周三', 'Wed 28 Aug'])
    setZone('Europe/London')
    expect(formatClock(at, 'zh')).toBe('07:32')
    setZone('America/St_Johns') // half an hour off the full hour
    expect([formatClock(at, 'zh'), formatDay(at, 'zh')]).toEqual(['04:02', '8月28日 周三'])
    setZone('Europe/London')
    setZone('Nowhere/Land')
    expect(formatClock(at, 'zh')).toBe('07:32')
  })

  it('of another day carries its date', () => {
    expect(formatClock(at - 24 * hour, 'zh', at)).toBe('8月27日 14:32')
    expect(formatClock(at - 14 * hour, 'zh', at)).toBe('00:32')
    expect(formatClock(at - 15 * hour, 'en', at)).toBe('27 Aug 23:32')
    expect(formatClock(at - 366 * 24 * hour, 'zh', at)).toBe('2023年8月28日 14:32')
  })
})

describe('an age', () => {
  const cases: Record<string, { age: number; zh: string; en: string }> = {
    'of seconds': { age: 12_000, zh: '12 秒前', en: '12 s ago' },
    'of minutes': { age: 26 * minute, zh: '26 分前', en: '26 min ago' },
    'of an hour is the clock where it stopped': { age: hour, zh: '停在 13:32', en: 'stopped 13:32' },
    'of a day has its date': { age: 25 * hour, zh: '停在 8月27日 13:32', en: 'stopped 27 Aug 13:32' },
    'from the future is none': { age: -5000, zh: '0 秒前', en: '0 s ago' },
  }
  for (const [name, c] of Object.entries(cases)) it(name, () => expect([formatAge(at - c.age, at, 'zh'), formatAge(at - c.age, at, 'en')]).toEqual([c.zh, c.en]))
})

describe('a duration', () => {
  const cases: Record<string, { ms: number; zh: string; en: string }> = {
    'under a minute': { ms: 59_999, zh: '1 分内', en: '<1 min' },
    'of minutes': { ms: 26 * minute, zh: '26 分', en: '26 min' },
    'of hours and minutes': { ms: 3 * hour + 27 * minute, zh: '3 小时 27 分', en: '3 h 27 min' },
    'of whole hours': { ms: 3 * hour, zh: '3 小时', en: '3 h' },
    'of days': { ms: 50 * hour, zh: '2 天', en: '2 d' },
  }
  for (const [name, c] of Object.entries(cases)) it(name, () => expect([formatDuration(c.ms, 'zh'), formatDuration(c.ms, 'en')]).toEqual([c.zh, c.en]))

  it('on a stopwatch', () => expect([formatStopwatch(25_900), formatStopwatch(3_725_000), formatStopwatch(-1)]).toEqual(['00:25', '1:02:05', '00:00']))
})

it('windows have words', () => {
  expect(['day', 'month', 'year', '15m', '1h', '24h', '90m'].map(w => windowWord(w, 'zh'))).toEqual(['今日', '本月', '今年', '近 15 分', '近 1 小时', '近 24 小时', '近 90 分'])
})

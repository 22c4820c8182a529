import { afterEach, describe, expect, it } from 'vitest'
import { formatClock } from '../words/times'
import { setZone } from '../words/zone'
import { hourSplits } from './hours'

const hour = 3_600_000
const clock = (ms: number) => formatClock(ms, 'zh')

afterEach(() => setZone('Asia/Shanghai'))

describe('words of a time axis', () => {
  it('stand at whole hours of the district, also where they are half an hour off', () => {
    setZone('America/St_Johns')
    const from = Date.UTC(2024, 0, 10, 12, 10)
    expect(hourSplits(from, from + 12 * hour, 6, clock).words).toEqual(['10:00', '12:00', '14:00', '16:00', '18:00', '20:00'])
  })

  it('are its dates over many days, also far east of Greenwich', () => {
    setZone('Pacific/Auckland')
    const from = Date.UTC(2024, 0, 10, 11) // midnight there
    expect(hourSplits(from, from + 7 * 24 * hour, 7, clock).words).toEqual(['1/11', '1/12', '1/13', '1/14', '1/15', '1/16', '1/17'])
  })
})

import { describe, expect, it } from 'vitest'
import { onWall, timeWord, valueAxis, type Detail } from './detail'

const hour = 3_600_000
const detail: Detail = {
  line: [], ghost: [], marks: [], from: 0, to: hour, warn: 95, alarm: 90, warnWord: '', alarmWord: '', fromZero: false, top: 100, label: '', ghostName: '', name: '',
  figure: String, tick: v => String(v), weekdays: ['日', '一', '二', '三', '四', '五', '六'], lang: 'zh',
}

describe('the drill-down chart', () => {
  it('has days that begin on the clock of the district', () => {
    expect(onWall(Date.UTC(2025, 7, 27, 16)) % (24 * hour)).toBe(0)
  })
  it('says hours, weekdays or dates, by how far it reaches', () => {
    const noon = Date.UTC(2025, 7, 28, 12)
    const midnight = Date.UTC(2025, 7, 28)
    const words = [[noon, 24], [midnight, 7 * 24], [noon, 7 * 24], [midnight, 30 * 24]] as const
    expect(words.map(([at, h]) => timeWord(at, h * hour, detail.weekdays, 'zh'))).toEqual(['12:00', '四', '', '8月28日'])
  })
  it('ends at 100 for a share, and takes in a limit that is near', () => {
    expect(valueAxis({ ...detail, line: [[0, 94], [1, 99.5]] }).range).toEqual([94, 100])
    expect(valueAxis({ ...detail, line: [[0, 95.5], [1, 99.5]] }).range).toEqual([94, 100])
  })
  it('lets counts stand on zero', () => {
    expect(valueAxis({ ...detail, fromZero: true, warn: null, top: null, line: [[0, 12], [1, 47]] }).range).toEqual([0, 60])
  })
  it('draws an empty axis where nothing is known', () => {
    expect(valueAxis({ ...detail, warn: null }).range[1]).toBeGreaterThan(0)
  })
})

// The clock of the district: all times are said in its time zone, wherever the screen hangs.

const settled = { name: 'Asia/Shanghai' }
const formats = new Map<string, Intl.DateTimeFormat>()

/** Says times in this zone from now on; an unknown name changes nothing. */
export function setZone(name: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    return
  }
  if (name === settled.name) return
  settled.name = name
  formats.clear()
}

/** Parts of an instant on the district's clock, as numbers. */
export interface Wall {
  readonly year: number
  readonly month: number
  readonly day: number
  /** 0 Sunday … 6 Saturday */
  readonly weekday: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** What the district's clock shows at an instant. */
export function wallClock(ms: number): Wall {
  let format = formats.get('parts')
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: settled.name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', weekday: 'short', hour: 'numeric', minute: 'numeric', second: 'numeric' })
    formats.set('parts', format)
  }
  const found = new Map(format.formatToParts(ms).map(p => [p.type, p.value]))
  const n = (type: Intl.DateTimeFormatPartTypes) => Number(found.get(type) ?? 0)
  return { year: n('year'), month: n('month'), day: n('day'), weekday: Math.max(0, weekdays.indexOf(found.get('weekday') ?? '')), hour: n('hour'), minute: n('minute'), second: n('second') }
}

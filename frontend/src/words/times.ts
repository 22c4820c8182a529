// Times as they are said: a clock today, a date on other days, ages and durations in whole steps.
import { wallClock } from './zone'

type Lang = 'zh' | 'en'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const weekdays = { zh: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'], en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] } as const
const two = (n: number) => String(n).padStart(2, '0')

/** Hours and minutes; with `now` given and another day than today, the date stands before them. */
export function formatClock(ms: number, lang: Lang, now?: number): string {
  const at = wallClock(ms)
  const clock = `${two(at.hour)}:${two(at.minute)}`
  if (now === undefined) return clock
  const today = wallClock(now)
  if (at.day === today.day && at.month === today.month && at.year === today.year) return clock
  const date = formatDate(ms, lang)
  return `${at.year === today.year ? date : `${at.year}${lang === 'zh' ? '年' : ' '}${date}`} ${clock}`
}

/** Hours, minutes and seconds. */
export function formatSeconds(ms: number): string {
  const at = wallClock(ms)
  return `${two(at.hour)}:${two(at.minute)}:${two(at.second)}`
}

/** Month and day. */
export function formatDate(ms: number, lang: Lang): string {
  const at = wallClock(ms)
  return lang === 'zh' ? `${at.month}月${at.day}日` : `${at.day} ${months[at.month - 1] ?? ''}`
}

/** Month, day and weekday. */
export function formatDay(ms: number, lang: Lang): string {
  const name = weekdays[lang][wallClock(ms).weekday] ?? ''
  return lang === 'zh' ? `${formatDate(ms, lang)} ${name}` : `${name} ${formatDate(ms, lang)}`
}

/** How long something lasts: minutes under an hour, hours and minutes under a day (or two), then days. */
export function formatDuration(ms: number, lang: Lang): string {
  const zh = lang === 'zh'
  if (ms < minute) return zh ? '1 分内' : '<1 min'
  if (ms < hour) return `${Math.floor(ms / minute)} ${zh ? '分' : 'min'}`
  if (ms >= 2 * day) return `${Math.floor(ms / day)} ${zh ? '天' : 'd'}`
  const h = Math.floor(ms / hour)
  const m = Math.floor((ms % hour) / minute)
  const hours = zh ? `${h} 小时` : `${h} h`
  return m === 0 ? hours : `${hours} ${m} ${zh ? '分' : 'min'}`
}

/** Minutes and seconds that have passed; hours before them when there are any. */
export function formatStopwatch(ms: number): string {
  const s = Math.max(0, Math.floor(ms / second))
  const clock = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
  return s < 3600 ? clock : `${Math.floor(s / 3600)}:${clock}`
}

/** How old something is; from an hour on, the clock at which it stopped. */
export function formatAge(at: number, now: number, lang: Lang): string {
  const age = Math.max(0, now - at)
  const zh = lang === 'zh'
  if (age < minute) return zh ? `${Math.floor(age / second)} 秒前` : `${Math.floor(age / second)} s ago`
  if (age < hour) return zh ? `${Math.floor(age / minute)} 分前` : `${Math.floor(age / minute)} min ago`
  return zh ? `停在 ${formatClock(at, lang, now)}` : `stopped ${formatClock(at, lang, now)}`
}

const windows: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  latest: ['当前', 'now'],
  day: ['今日', 'today'],
  month: ['本月', 'month'],
  year: ['今年', 'year'],
  total: ['累计', 'total'],
}

/** The window of an indicator in a word. */
export function windowWord(window: string, lang: Lang): string {
  const known = windows[window]
  if (known) return known[lang === 'zh' ? 0 : 1]
  const found = /^(?:(\d+)h)?(?:(\d+)m)?$/u.exec(window)
  const minutes = found ? Number(found[1] ?? 0) * 60 + Number(found[2] ?? 0) : 0
  if (minutes === 0) return window
  const whole = minutes % 60 === 0
  if (lang === 'zh') return whole ? `近 ${minutes / 60} 小时` : `近 ${minutes} 分`
  return whole ? `last ${minutes / 60} h` : `last ${minutes} min`
}

const overs: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  hour: ['较一小时前', 'vs an hour ago'],
  day: ['较昨日同刻', 'vs yesterday'],
  week: ['较上周同刻', 'vs last week'],
  month: ['较上月同期', 'vs last month'],
  year: ['较去年同期', 'vs last year'],
}

/** What a change is measured against. */
export function changeOver(over: string, lang: Lang): string {
  const known = overs[over]
  return known ? known[lang === 'zh' ? 0 : 1] : over
}

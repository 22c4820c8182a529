// What a commander should know before the press, each with its shape: in order, to be watched, not met. Nothing here forbids it.
import type { PressWords } from '../../words/press'
import type { Preview } from './model'

export interface Check { readonly key: string; readonly level: 'normal' | 'warn' | 'alarm'; readonly text: readonly string[] }

/** Units named, a few of many. */
export function unitNames(units: readonly string[], words: PressWords, most = 3): string {
  const named = units.slice(0, most).map(u => {
    const [estate = '', building = '', unit = ''] = u.split('/')
    return words.unit(estate, building, unit)
  }).join(words.sep)
  return units.length > most ? `${named} ${words.more(units.length)}` : named
}

export function checksOf(p: Preview, exercise: boolean | null, drills: number, words: PressWords, number: (n: number) => string): Check[] {
  const room = p.shelters.reduce((n, s) => n + s.room, 0)
  const off = [...new Set(p.not_configured)].map(k => words.channels[k] ?? k).join(words.sep)
  const checks: Check[] = [
    p.last_door_s === null
      ? { key: 'door', level: 'alarm', text: [words.noDoor] }
      : { key: 'door', level: p.over ? 'alarm' : 'normal', text: words.door(words.seconds(p.last_door_s), words.seconds(p.all_out_s)) },
    room >= p.residents
      ? { key: 'shelter', level: 'normal', text: words.shelter(number(room)) }
      : { key: 'shelter', level: 'warn', text: words.shelterShort(number(room), number(p.residents - room)) },
  ]
  if (p.unmanned.length > 0) checks.push({ key: 'unmanned', level: 'warn', text: words.unmanned(unitNames(p.unmanned, words)) })
  if (p.unassigned > 0) checks.push({ key: 'unassigned', level: 'warn', text: words.unassigned(number(p.unassigned)) })
  if (off && exercise !== true) checks.push({ key: 'channels', level: 'warn', text: words.notConfigured(off) })
  if (exercise === false && drills > 0) checks.push({ key: 'drills', level: 'warn', text: [words.drillRuns(drills)] })
  return checks
}

/** Far more homes than ever drilled, for real: the number is typed before the button can be held. */
export function mustType(households: number, exercise: boolean | null, largestDrill: number): boolean {
  return exercise === false && largestDrill > 0 && households > 2 * largestDrill
}

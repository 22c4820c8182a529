// What waits for somebody, the most pressing first: help, no answer, refusals, differing reports, slow units.
import { isContested, placeOf, stateOf, type Board, type UnitDoors } from './model'
import type { BoardWords } from '../../words/board'

export interface Waiting {
  readonly key: string
  readonly kind: 'help' | 'silent' | 'refused' | 'contested' | 'late'
  readonly unit: string
  /** floors or rooms, where known */
  readonly where: readonly string[]
  readonly n: number
  readonly forecast: number | null
}

/** A unit in words; the estate only where there are several. */
export function unitName(unit: string, words: BoardWords, estates: number): string {
  const p = placeOf(unit)
  return [estates > 1 ? p.estate : '', words.building(p.building), words.unit(p.unit)].filter(x => x !== '').join(' ') || p.estate
}

export function estatesOf(units: readonly { readonly id: string }[]): readonly string[] {
  return [...new Set(units.map(u => placeOf(u.id).estate))]
}

const kinds = { need_help: 'help', no_answer: 'silent', refused: 'refused' } as const
const order: readonly Waiting['kind'][] = ['help', 'silent', 'refused', 'contested', 'late']

export function waitingOf(board: Board, doors: ReadonlyMap<string, UnitDoors>, words: BoardWords): Waiting[] {
  const out: Waiting[] = []
  for (const u of board.units) {
    const found = new Map<Waiting['kind'], string[]>()
    for (let i = 0; i < u.cells.length; i++) {
      const letter = u.cells[i] ?? ''
      const state = stateOf(letter)
      const kind = isContested(letter) ? 'contested' : state === 'need_help' || state === 'no_answer' || state === 'refused' ? kinds[state] : null
      if (!kind) continue
      const d = doors.get(u.id)
      const floor = d?.floors[i]
      const where = d?.rooms?.[i] ?? (floor ? words.floor(floor) : '')
      found.set(kind, [...(found.get(kind) ?? []), where])
    }
    for (const [kind, where] of found) out.push({ key: `${kind} ${u.id}`, kind, unit: u.id, where: where.filter(x => x !== ''), n: where.length, forecast: null })
    if (u.late && u.open > 0) out.push({ key: `late ${u.id}`, kind: 'late', unit: u.id, where: [], n: u.open, forecast: u.forecast })
  }
  return out.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.kind === 'late' ? b.n - a.n : 0))
}

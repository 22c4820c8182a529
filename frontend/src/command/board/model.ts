// What a board shows of a command: the same model whether it comes live or is folded from the ledger.
import type { Tile } from '../../live/tile'

/** States of a household, in the order in which a board lists them. */
export const outStates = ['left', 'helped', 'empty'] as const
export const openStates = ['knocked', 'notified', 'pending'] as const
export const hardStates = ['need_help', 'no_answer', 'refused'] as const
export type HouseState = (typeof outStates)[number] | (typeof openStates)[number] | (typeof hardStates)[number]
export const houseStates: readonly HouseState[] = ['pending', 'notified', 'knocked', 'refused', 'need_help', 'no_answer', 'left', 'empty', 'helped']

const letters: Readonly<Record<string, HouseState>> = { p: 'pending', n: 'notified', k: 'knocked', l: 'left', e: 'empty', h: 'helped', r: 'refused', d: 'need_help', a: 'no_answer' }
const written: Readonly<Record<HouseState, string>> = { pending: 'p', notified: 'n', knocked: 'k', left: 'l', empty: 'e', helped: 'h', refused: 'r', need_help: 'd', no_answer: 'a' }

/** The state that a letter of a unit's cells stands for. */
export function stateOf(letter: string): HouseState {
  return letters[letter.toLowerCase()] ?? 'pending'
}
export function letterOf(state: HouseState, contested: boolean): string {
  return contested ? written[state].toUpperCase() : written[state]
}
export function isContested(letter: string): boolean {
  return letter !== letter.toLowerCase()
}
export function isOut(state: string): boolean {
  return state === 'left' || state === 'helped' || state === 'empty'
}

export type Phase = 'waiting' | 'running' | 'paused' | 'stood_down' | 'closed'
export type Milestone = `T${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10}`
export const milestoneIds: readonly Milestone[] = ['T0', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9', 'T10']
export type Messages = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>

/** The command as everybody sees it (GET /commands/{id}). */
export interface CommandView {
  readonly id: string
  readonly plan: string
  readonly version: number
  readonly area: string
  readonly zone?: unknown
  readonly exercise: boolean
  readonly state: Phase
  readonly started_by: string
  readonly leader: string
  readonly launched_at: number
  readonly total: number
  readonly households: Readonly<Record<string, number>>
  readonly residents: { readonly total: number; readonly checked_in: number; readonly self_settled: number; readonly missing: number }
  readonly tasks: Readonly<Record<string, number>>
  /** tasks whose responder said that he comes */
  readonly acknowledged: number
  readonly milestones: Readonly<Partial<Record<Milestone, number | null>>>
  readonly all_out_by: number | null
  readonly forecast_all_out: number | null
  readonly late_units: readonly string[]
  readonly unreachable: readonly string[]
  readonly unassigned: number
  readonly messages: Messages
  readonly contested: number
  readonly signed: number
  readonly units: number
}

export interface UnitMark {
  readonly id: string
  readonly households: number
  readonly open: number
  readonly cells: string
  readonly signed: boolean
  readonly forecast: number | null
  readonly late: boolean
}

export interface TaskMark {
  readonly id: string
  readonly role: string
  readonly state: string
  readonly households: number
  readonly done: number
  readonly due: number | null
  readonly unreachable: boolean
}

export interface PaceMark { readonly id: string; readonly at: number; readonly out: number }
export interface TimeMark { readonly id: string; readonly at: number; readonly seen_at?: number; readonly kind: string; readonly text: string; readonly text_en: string }

export interface Board {
  readonly command: CommandView
  readonly units: readonly UnitMark[]
  /** of a responder each */
  readonly tasks: readonly TaskMark[]
  /** newest first, as the timeline */
  readonly pace: readonly PaceMark[]
  readonly timeline: readonly TimeMark[]
}

/** What doesn't change with every report: floors of the cells, and for who may follow rooms and ids. */
export interface UnitDoors {
  readonly unit: string
  readonly floors: readonly number[]
  readonly homes?: readonly string[]
  readonly rooms?: readonly string[]
}

function itemsOf<T>(tile: Tile | null): readonly T[] {
  return (tile?.items ?? []) as unknown as readonly T[]
}

/** The board that live tiles make; null before the command itself is heard. */
export function boardOf(tile: (id: string) => Tile | null): Board | null {
  const [command] = itemsOf<CommandView>(tile('command'))
  if (!command) return null
  return { command, units: itemsOf<UnitMark>(tile('units')), tasks: itemsOf<TaskMark>(tile('tasks')), pace: itemsOf<PaceMark>(tile('pace')), timeline: itemsOf<TimeMark>(tile('timeline')) }
}

/** Households that are out. */
export function outOf(households: Readonly<Record<string, number>>): number {
  return outStates.reduce((n, s) => n + (households[s] ?? 0), 0)
}

/** Estate, building and unit of a unit's id. */
export function placeOf(unit: string): { estate: string; building: string; unit: string } {
  const [estate = '', building = '', name = ''] = unit.split('/')
  return { estate, building, unit: name }
}

/** T0; before a second person has agreed, null. */
export function startOf(c: CommandView): number | null {
  return c.milestones.T0 ?? null
}

/** When the clock of the board stops: all out, or the end; null while it runs. */
export function endOf(c: CommandView): number | null {
  return c.milestones.T6 ?? c.milestones.T9 ?? null
}

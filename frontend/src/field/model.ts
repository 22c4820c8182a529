// What a phone knows of its task: doors in walking order, what was said of them, what is still to be said.

export const states = ['pending', 'notified', 'knocked', 'left', 'empty', 'helped', 'refused', 'need_help', 'no_answer'] as const
export type State = (typeof states)[number]

const terminal: ReadonlySet<State> = new Set<State>(['left', 'empty', 'helped'])
const second: ReadonlySet<State> = new Set<State>(['no_answer', 'refused', 'need_help'])

/** True when nobody has to go to this door any more. */
export function isOut(state: State): boolean {
  return terminal.has(state)
}

export interface House {
  readonly id: string
  readonly estate: string
  readonly building: string
  readonly unit: string
  readonly floor: string
  readonly room: string
  readonly residents: number
  readonly needs: readonly string[]
  readonly contact_name: string
  readonly contact_phone: string
  readonly state: State
  readonly at: number | null
  readonly contested: boolean
  readonly task: string | null
  readonly helper: string | null
  readonly persons: Readonly<Record<string, number>>
  /** ids of pictures of this door */
  readonly photos?: readonly string[]
}

/** A household as who stands at a shelter's door sees it: where it lives, how many, and what became of them. */
export type Expected = Pick<House, 'id' | 'estate' | 'building' | 'unit' | 'room' | 'residents' | 'persons'>

export interface Told { readonly id: string; readonly kind: string; readonly at: number; readonly text: string; readonly text_en: string }

export interface Task {
  readonly id: string
  readonly responder: string
  readonly role: string
  readonly households: readonly string[]
  readonly helping: readonly string[]
  readonly state: string
  readonly answer: string | null
  readonly answer_by: number | null
  readonly told?: readonly Told[]
}

export interface Command {
  readonly id: string
  readonly exercise: boolean
  readonly state: 'waiting' | 'running' | 'paused' | 'stood_down' | 'closed'
  readonly launched_at: number
  readonly all_out_by: number | null
  readonly milestones: Readonly<Record<string, number | null>>
}

/** The last that was heard from the server; it is all that there is without a network. */
export interface Heard {
  readonly command: Command
  readonly task: Task
  readonly houses: readonly House[]
  readonly at: number
}

export type Kind = 'report' | 'acknowledgement' | 'signature' | 'check_in' | 'photo'

/** One thing said on this phone; it stays here until the server has answered it. */
export interface Said {
  readonly n: number
  readonly id: string
  readonly command: string
  readonly kind: Kind
  readonly path: string
  readonly body: Readonly<Record<string, unknown>> | null
  /** the phone's clock, Unix ms */
  readonly at: number
  /** household, task or unit */
  readonly about: string
  readonly state: string
  /** not sent before: until then it can be taken back */
  readonly hold: number
  /** the status with which the server wouldn't have it; 0: not asked, or no answer yet */
  readonly refused: number
}

export interface Door extends House {
  /** said here, and not yet with the server */
  readonly waiting: boolean
  readonly mine: boolean
}

/** The doors of a task as this phone sees them: what was said last and is still here lies over what the server knows. */
export function doorsOf(heard: Heard, said: readonly Said[]): Door[] {
  const own = new Set(heard.task.households)
  const all = new Set([...heard.task.households, ...heard.task.helping])
  return heard.houses.filter(h => all.has(h.id)).map(h => {
    const last = said.findLast(s => s.kind === 'report' && s.about === h.id && s.refused === 0)
    const over = last && !isOut(h.state) ? { state: last.state as State, at: last.at } : {}
    return { ...h, ...over, waiting: last !== undefined, mine: own.has(h.id) }
  })
}

/** Where to go: own doors as one walks, then those where a hand is wanted, then the second time round, longest ago first. */
export function toGo(doors: readonly Door[]): Door[] {
  const open = doors.filter(d => !isOut(d.state))
  const fresh = open.filter(d => !second.has(d.state))
  const again = open.filter(d => second.has(d.state)).sort((a, b) => (a.at ?? 0) - (b.at ?? 0))
  return [...fresh.filter(d => d.mine), ...fresh.filter(d => !d.mine), ...again]
}

export interface Unit { readonly key: string; readonly estate: string; readonly building: string; readonly unit: string; readonly open: number; readonly all: number }

/** The units of one's own doors, with how many of them are open. */
export function unitsOf(doors: readonly Door[]): Unit[] {
  const out = new Map<string, Unit>()
  for (const d of doors.filter(x => x.mine)) {
    const key = `${d.estate}/${d.building}/${d.unit}`
    const u = out.get(key) ?? { key, estate: d.estate, building: d.building, unit: d.unit, open: 0, all: 0 }
    out.set(key, { ...u, all: u.all + 1, open: u.open + (isOut(d.state) ? 0 : 1) })
  }
  return [...out.values()]
}

// What the map asks of the server beside what every page asks.
import { Unanswered } from '../api/problem'
import type { Level, Status } from '../live/tile'

/** What colours an area. */
export interface Shade {
  readonly id: string
  readonly value: number | null
  readonly level: Level
  readonly status: Status
  readonly since: number | null
  readonly as_of: number | null
}

/** A list of points: a layer. */
export interface Layer {
  readonly id: string
  readonly name: string
  readonly name_en: string
  readonly owner: string
  readonly size: number
  /** how many of its points have a position */
  readonly placed: number
}

/** An area, a point or an address that was found. */
export interface Found {
  readonly kind: 'area' | 'point' | 'address'
  readonly id: string
  readonly name: string
  readonly name_en: string
  readonly area: string
  readonly list: string
  readonly lon: number | null
  readonly lat: number | null
}

export type Addresses = 'none' | 'building' | 'failed' | 'ready'

/** A server that was stopped keeps the line open and says nothing. */
const patience = 4000

async function ask(path: string): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(`/api/v1/${path}`, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(patience) })
  } catch {
    throw new Unanswered(0, 'no answer')
  }
  if (!answer.ok) throw new Unanswered(answer.status, answer.statusText)
  return answer
}

async function read<T>(answer: Response): Promise<T> {
  try {
    return await answer.json() as T
  } catch {
    throw new Unanswered(0, 'broke off')
  }
}

export async function shades(area: string, indicator: string, of: string): Promise<readonly Shade[]> {
  return await read<readonly Shade[]>(await ask(`areas/${area}/values?${new URLSearchParams({ indicator, of })}`))
}

export async function layers(): Promise<readonly Layer[]> {
  return await read<readonly Layer[]>(await ask('lists'))
}

export async function search(q: string, limit: number): Promise<{ found: readonly Found[]; addresses: Addresses }> {
  const answer = await ask(`search?${new URLSearchParams({ q, limit: String(limit) })}`)
  return { found: await read<readonly Found[]>(answer), addresses: (answer.headers.get('citydeck-addresses') ?? 'none') as Addresses }
}

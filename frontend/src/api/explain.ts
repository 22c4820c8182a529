// Where a number comes from, what it was, and what was changed afterwards (contracts §5).
import type { Coverage, Level, Status } from '../live/tile'
import type { Indicator } from './definitions'
import { Unanswered } from './problem'
import type { components } from './schema'

/** A point's newest reading. */
export interface Newest {
  readonly value: number | null
  readonly at: number
  readonly source: string
  /** id of the Redis entry that brought it */
  readonly entry: string
}

/** What a direct child area, or a point at the area itself, brings in. */
export interface Contribution {
  readonly area?: string
  /** empty: readings without a point */
  readonly point?: string
  readonly value: number | null
  readonly count: number | null
  readonly share: number | null
  readonly as_of: number | null
  readonly stale: boolean
  readonly source?: string | null
  readonly newest?: Newest | null
  /** of a point: how many readings there were */
  readonly readings?: number
}

export interface ExplainedPart {
  readonly measure: string
  readonly value: number | null
  readonly contributions: readonly Contribution[] | null
}

export interface Claim { readonly source: string; readonly value: number; readonly at: number }
export interface Dispute { readonly measure: string; readonly area: string; readonly point: string; readonly values: readonly Claim[] }
export interface Gap { readonly stream: string; readonly kind: string; readonly from: number | null; readonly to: number | null; readonly count: number | null }
/** `source` empty: none was said; `*`: many that are not told apart. */
export interface SourceUse { readonly source: string; readonly readings: number | null; readonly last_at: number | null }
/** A later caliber: the day from which it holds, and the keys that change. The oldest has no day. */
export type CaliberVersion = { readonly valid_from: string } & Partial<Omit<Indicator, 'id'>>

export interface Explanation {
  readonly indicator: Indicator & { readonly versions?: readonly CaliberVersion[] }
  readonly area: string
  readonly value: number | null
  readonly level: Level
  readonly status: Status
  readonly as_of: number | null
  readonly counts_from: number | null
  readonly coverage: Coverage | null
  readonly sources: readonly SourceUse[]
  readonly parts: readonly ExplainedPart[]
  readonly disputes: readonly Dispute[]
  readonly gaps: readonly Gap[]
  readonly marks: readonly Mark[]
  readonly rejected: number
  readonly reconciles: boolean
}

export interface Mark { readonly at: number; readonly kind: string; readonly text: string }
export interface Series { readonly points: readonly (readonly [ms: number, value: number | null])[]; readonly marks: readonly Mark[] }
export interface Restatement { readonly indicator: string; readonly area: string; readonly window: string; readonly was: number | null; readonly is: number | null; readonly at: number; readonly reason: string }

/** A server that stands still answers nothing, and says nothing either. */
const patience = 5000

async function ask<T>(path: string, words: Record<string, string>): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(`/api/v1/${path}?${new URLSearchParams(words)}`, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(patience) })
  } catch {
    throw new Unanswered(0, 'no answer')
  }
  if (!answer.ok) throw new Unanswered(answer.status, answer.statusText)
  return await answer.json().catch(() => { throw new Unanswered(0, 'half an answer') }) as T
}

export const figure = (indicator: string, area: string) => ask<components['schemas']['Value']>('values', { indicator, area })
export const explain = (indicator: string, area: string) => ask<Explanation>('explain', { indicator, area })
/** `from` and `to` in Unix milliseconds; `step` from 1m to 1d. */
export const series = (indicator: string, area: string, from: number, to: number, step: string) =>
  ask<Series>('series', { indicator, area, from: String(Math.round(from)), to: String(Math.round(to)), step })
export const restatements = (indicator: string, area: string, from: number, to: number) =>
  ask<readonly Restatement[]>('restatements', { indicator, area, from: String(Math.round(from)), to: String(Math.round(to)) })

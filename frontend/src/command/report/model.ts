// The after-action report as the program gives it (GET /commands/{id}/report).
import type { Messages, Milestone, Phase } from '../board/model'
import type { Step } from '../board/useSteps'

export interface UnitTime { readonly unit: string; readonly all_out_ms: number | null }
export interface Moment { readonly n: number; readonly at: number; readonly kind: string; readonly by: string; readonly milestone?: string; readonly unit?: string; readonly to?: string; readonly step?: string; readonly reason?: string }
export interface Lesson { readonly id: string; readonly kind: string; readonly text: string; readonly owner: string; readonly due: string; readonly by: string; readonly at: number }

export interface Report {
  readonly id: string
  readonly plan: string
  readonly version: number
  readonly area: string
  readonly exercise: boolean
  readonly state: Phase
  readonly launched_at: number
  readonly milestones: Readonly<Partial<Record<Milestone, number | null>>>
  readonly all_out_ms: number | null
  readonly budget_ms: number
  readonly total: number
  readonly households: Readonly<Record<string, number>>
  readonly residents: { readonly total: number; readonly checked_in: number; readonly self_settled: number; readonly missing: number }
  readonly tasks: Readonly<Record<string, number>>
  /** tasks whose responder said that he comes */
  readonly acknowledged: number
  readonly acknowledgement_ms: { readonly p50: number | null; readonly p90: number | null; readonly max: number | null }
  readonly messages: Messages
  readonly units: readonly UnitTime[]
  readonly late_units: readonly UnitTime[]
  readonly unreachable: readonly string[]
  readonly escalations: number
  readonly unassigned: number
  readonly contested: number
  readonly signed: number
  readonly steps: readonly Step[]
  readonly widened: number
  readonly reassigned: number
  readonly timeline: readonly Moment[]
  readonly lessons: readonly Lesson[]
  readonly ledger: { readonly lines: number; readonly head: string }
}

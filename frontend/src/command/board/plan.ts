// What a board needs of a plan: its name, its deadlines, its steps.
import { ask, at, Refused } from '../../api/ask'

export interface PlanView {
  readonly id: string
  readonly name: string
  readonly name_en: string
  readonly acknowledge_within: string
  readonly all_out: string
  readonly second_person: string
  readonly roles?: readonly { readonly id: string; readonly per: string }[]
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** "1m30s" in ms; what can't be read is null. */
export function durationOf(text: unknown): number | null {
  if (typeof text === 'number') return text
  if (typeof text !== 'string') return null
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/gu)]
  return parts.length > 0 && parts.map(p => p[0]).join('') === text ? parts.reduce((n, p) => n + Number(p[1]) * (units[p[2] ?? ''] ?? 0), 0) : null
}

/** Null when it can't be had: a board lives without it. */
export async function readPlan(id: string): Promise<PlanView | null> {
  return ask<PlanView>('GET', `/plans${at(id)}`).catch((e: unknown) => {
    if (e instanceof Refused) return null
    throw e
  })
}

export function planName(plan: PlanView | null, id: string, lang: 'zh' | 'en'): string {
  return (lang === 'en' ? plan?.name_en || plan?.name : plan?.name) ?? id
}

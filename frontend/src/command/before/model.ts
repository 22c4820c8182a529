// What the server says before a press: a plan, who lives where, what a press would do, a command in short.

export type LonLat = readonly [lon: number, lat: number]

/** Exactly one of the four. */
export interface Zone {
  readonly areas?: readonly string[]
  readonly polygon?: readonly LonLat[]
  readonly circle?: { readonly centre: LonLat; readonly radius_m: number }
  readonly buildings?: readonly string[]
}

export interface PreparedZone { readonly id: string; readonly name: string; readonly name_en: string; readonly areas?: readonly string[]; readonly polygon?: readonly LonLat[] }
export interface Text { readonly zh: string; readonly en: string }
export interface Reach {
  readonly last_rung_s: number
  readonly last_deputy_s: number
  readonly doors: number
  readonly per_responder: number
  readonly last_door_s: number
  readonly over: boolean
  readonly households_in_60_s: Readonly<Record<string, number>>
  readonly not_configured: readonly string[]
  readonly sms_parts: Readonly<Record<string, number>>
}
export interface Plan {
  readonly id: string
  readonly name: string
  readonly name_en: string
  readonly version: number
  readonly event: string
  readonly hazard: string
  readonly level: string
  readonly all_out: string
  readonly acknowledge_within: string
  readonly second_person: 'none' | 'residents' | 'all'
  readonly retention: string
  readonly households_per_responder: number
  readonly closing: readonly string[] | null
  readonly zones: readonly PreparedZone[] | null
  readonly roles: readonly { readonly id: string; readonly name: string; readonly name_en: string; readonly per: string; readonly count: number; readonly deputies: number }[]
  readonly channels: readonly { readonly audience: string; readonly kind: string; readonly after: string }[] | null
  readonly steps: readonly { readonly id: string; readonly name: string; readonly name_en: string; readonly role: string; readonly due: string }[] | null
  readonly template: Readonly<Record<string, Text | undefined>>
  readonly reach: Reach
}

export interface Home {
  readonly id: string
  readonly area: string
  readonly estate: string
  readonly building: string
  readonly unit: string
  readonly lon: number
  readonly lat: number
  readonly placed: boolean
}
export interface Responder { readonly id: string; readonly roles: readonly string[]; readonly areas: readonly string[]; readonly on_duty: boolean }

export interface Shelter { readonly id: string; readonly name: string; readonly room: number; readonly accessible: boolean; readonly lon: number; readonly lat: number; readonly placed: boolean }
export interface Preview {
  readonly households: number
  readonly residents: number
  readonly needs: Readonly<Record<string, number>>
  readonly responders: number
  readonly candidates: number
  readonly units: number
  readonly buildings: number
  readonly uncovered: readonly string[]
  readonly unmanned: readonly string[]
  readonly unassigned: number
  readonly messages: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly not_configured: readonly string[]
  readonly last_message_s: number | null
  readonly last_door_s: number | null
  readonly all_out_s: number
  readonly over: boolean
  readonly shelters: readonly Shelter[]
  readonly area: string
  readonly revision: string
}

export interface CommandBrief {
  readonly id: string
  readonly plan: string
  readonly version: number
  readonly area: string
  readonly exercise: boolean
  readonly state: 'waiting' | 'running' | 'paused' | 'stood_down' | 'closed'
  readonly started_by: string
  readonly leader: string
  readonly launched_at: number
  readonly total: number
  readonly households: Readonly<Record<string, number>>
  readonly milestones: Readonly<Record<string, number | null>>
  readonly all_out_by: number | null
}

/** Households that are out for good. */
export function outOf(c: CommandBrief): number {
  return (c.households.left ?? 0) + (c.households.empty ?? 0) + (c.households.helped ?? 0)
}
export function isOver(c: CommandBrief): boolean {
  return c.state === 'stood_down' || c.state === 'closed'
}

/** A duration as plans say it ("1m30s") in seconds. */
export function secondsOf(text: string): number {
  const unit: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, d: 86_400 }
  return [...text.matchAll(/(\d+(?:\.\d+)?)([hmsd])/gu)].reduce((n, p) => n + Number(p[1]) * (unit[p[2] ?? ''] ?? 0), 0)
}

export const nameOf = (x: { readonly name: string; readonly name_en: string }, lang: 'zh' | 'en'): string => (lang === 'en' && x.name_en ? x.name_en : x.name)

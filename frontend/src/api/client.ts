// The HTTP of the program, asked with types that come from its own description.
import type { Area, Cockpit, CockpitSummary, Indicator, Measure, Outlines, PointList } from './definitions'
import { Unanswered } from './problem'
import type { components, paths } from './schema'

export type Value = components['schemas']['Value']
/** A plan by its names. */
export interface PlanName { readonly id: string; readonly name: string; readonly name_en: string }

/** What GET answers at a path when all is well. */
type Answer<P extends keyof paths> = paths[P] extends { get: { responses: { 200: { content: infer C } } } } ? C[keyof C] : never

/** Asks once; fails with Unanswered, which says whether asking again makes sense. */
async function get<P extends keyof paths>(path: P, id = '', query: Record<string, string> = {}): Promise<Answer<P>> {
  const words = new URLSearchParams(query).toString()
  const answer = await fetch(path.replace('{id}', encodeURIComponent(id)) + (words ? `?${words}` : '')).catch(() => null)
  if (!answer) throw new Unanswered(0, 'no answer')
  if (!answer.ok) throw new Unanswered(answer.status, answer.statusText)
  try {
    return await answer.json() as Answer<P>
  } catch {
    throw new Unanswered(0, 'half an answer')
  }
}

/** Everything that the screens ask; each call asks anew. */
export const api = {
  district: () => get('/api/v1/district'),
  cockpits: () => get('/api/v1/cockpits') as Promise<CockpitSummary[]>,
  self: () => get('/api/v1/screens/self'),
  cockpit: (id: string) => get('/api/v1/cockpits/{id}', id) as Promise<Cockpit>,
  areas: () => get('/api/v1/areas') as Promise<Area[]>,
  indicators: () => get('/api/v1/indicators') as Promise<Indicator[]>,
  measures: () => get('/api/v1/measures') as Promise<Measure[]>,
  list: (id: string) => get('/api/v1/lists/{id}', id) as Promise<PointList>,
  plans: () => get('/api/v1/plans') as unknown as Promise<PlanName[]>,
  outlines: (id: string, of: string) => get('/api/v1/areas/{id}/outlines', id, { of }) as unknown as Promise<Outlines>,
  value: (indicator: string, area: string): Promise<Value> => get('/api/v1/values', '', { indicator, area }),
}

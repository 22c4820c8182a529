// The HTTP of the program, asked with types that come from its own description.
import createClient from 'openapi-fetch'
import type { Area, Cockpit, CockpitSummary, Indicator, Measure, Outlines, PointList } from './definitions'
import { Unanswered } from './problem'
import type { components, paths } from './schema'

export type Value = components['schemas']['Value']

const http = createClient<paths>()

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** The answer's body; fails with Unanswered, which says whether asking again makes sense. */
async function body<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await asked
  } catch {
    throw new Unanswered(0, 'no answer')
  }
  if (answer.data === undefined) throw new Unanswered(answer.response.status, answer.response.statusText)
  return answer.data
}

/** Everything that the screens ask; each call asks anew. */
export const api = {
  cockpits: () => body(http.GET('/api/v1/cockpits')) as Promise<CockpitSummary[]>,
  cockpit: (id: string) => body(http.GET('/api/v1/cockpits/{id}', { params: { path: { id } } })) as Promise<Cockpit>,
  areas: () => body(http.GET('/api/v1/areas')) as Promise<Area[]>,
  indicators: () => body(http.GET('/api/v1/indicators')) as Promise<Indicator[]>,
  measures: () => body(http.GET('/api/v1/measures')) as Promise<Measure[]>,
  list: (id: string) => body(http.GET('/api/v1/lists/{id}', { params: { path: { id } } })) as Promise<PointList>,
  outlines: (id: string, of: string) => body(http.GET('/api/v1/areas/{id}/outlines', { params: { path: { id }, query: { of } } })) as unknown as Promise<Outlines>,
  value: (indicator: string, area: string) => body(http.GET('/api/v1/values', { params: { query: { indicator, area } } })) as Promise<Value>,
}

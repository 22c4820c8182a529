// What the studio asks of the server.
import type { components } from '../api/schema'
import type { Draft, Fault } from './draft'

export type Standing = components['schemas']['Standing']
export interface Answer { status: number; layout: string; faults: Fault[]; detail: string }
export interface ListHead { id: string; name: string; name_en: string }

const at = (id: string) => `/api/v1/cockpits/${encodeURIComponent(id)}`

/** How the district's folder stands; null: not for these eyes, or nobody answered. */
export async function standing(): Promise<Standing | null> {
  const answer = await fetch('/api/v1/studio').catch(() => null)
  return answer?.ok ? await answer.json() as Standing : null
}

/** The lists of points that this person may see. */
export async function lists(): Promise<ListHead[]> {
  const answer = await fetch('/api/v1/lists').catch(() => null)
  return answer?.ok ? await answer.json() as ListHead[] : []
}

async function send(method: string, path: string, draft: Draft, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(path, { method, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(draft) }).catch(() => null)
  if (!answer) return { status: 0, layout: '', faults: [], detail: '' }
  const told = await answer.json().catch(() => ({})) as { layout?: string; errors?: Fault[]; detail?: string }
  return { status: answer.status, layout: told.layout ?? '', faults: told.errors ?? [], detail: told.detail ?? '' }
}

export const check = (draft: Draft) => send('POST', `${at(draft.id)}/check`, draft)
export const save = (draft: Draft, layout: string) => send('PUT', at(draft.id), draft, { 'If-Match': `"${layout}"` })

/** A cockpit that wasn't there. */
export const create = (draft: Draft) => send('POST', '/api/v1/cockpits', draft)

export async function removeCockpit(id: string, layout: string): Promise<Answer> {
  const answer = await fetch(at(id), { method: 'DELETE', headers: { 'If-Match': `"${layout}"` } }).catch(() => null)
  if (!answer) return { status: 0, layout: '', faults: [], detail: '' }
  const told = answer.status === 204 ? {} : await answer.json().catch(() => ({})) as { errors?: Fault[]; detail?: string }
  return { status: answer.status, layout: '', faults: told.errors ?? [], detail: told.detail ?? '' }
}

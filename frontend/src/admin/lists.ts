// Lists of people and places: which there are, their columns, and how a file is sent.
import type { components } from '../api/schema'
import { listFaultsZh } from '../words/listFaults'
import { Refused, type Problem } from './ask'

export type Preview = components['schemas']['ListPreview']
export type Change = components['schemas']['ListChange']
export type Fault = components['schemas']['ListFault']
export type Kind = 'households' | 'responders' | 'shelters'

export const columns: Readonly<Record<Kind, string>> = {
  households: 'id,area,estate,building,unit,floor,room,residents,needs,contact_name,contact_phone,lon,lat',
  responders: 'id,name,roles,areas,phone,channels,on_duty',
  shelters: 'id,name,area,capacity,accessible,lon,lat',
}

/** The path that a file is sent to. */
export function path(kind: Kind, name: string, replace: boolean, preview: boolean): string {
  return `/api/v1/lists/${kind}${preview ? '/preview' : ''}?name=${encodeURIComponent(name)}${replace ? '&replace=true' : ''}`
}

/** Sends a file as it is; with the digest of a preview it counts. Fails with Refused. */
export async function sendList<T>(to: string, file: Blob, digest = ''): Promise<T> {
  const headers = { 'Content-Type': 'application/octet-stream', ...(digest ? { 'If-Match': `"${digest}"` } : {}) }
  const answer = await fetch(to, { method: 'POST', headers, body: file }).catch(() => null)
  if (!answer) throw new Refused(0, {}, 0)
  const body: unknown = await answer.json().catch(() => { if (answer.ok) throw new Refused(0, {}, 0) })
  if (!answer.ok) throw new Refused(answer.status, (body ?? {}) as Partial<Problem>, 0)
  return body as T
}

/** Why a place in a list is wrong or odd, in the words of the page. */
export function why(f: Fault, lang: 'zh' | 'en'): string {
  return (lang === 'zh' ? listFaultsZh[f.code]?.(f.words) : undefined) ?? f.reason
}

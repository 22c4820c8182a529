// Questions and deeds over HTTP; a refusal comes with what the server says of it.
import type { components } from './schema'

export type Problem = components['schemas']['Problem']
export type Session = components['schemas']['Session']

/** The server said no, or nothing at all (status 0). */
export class Refused extends Error {
  /** `after`: ms after which trying again makes sense */
  constructor(readonly status: number, readonly problem: Partial<Problem>, readonly after: number) {
    super(`${status} ${problem.detail ?? ''}`)
  }

  /** The last word of the problem's type. */
  get kind(): string {
    return this.problem.type?.split('/').at(-1) ?? ''
  }

  /** What is wrong with one field; empty when nothing is. */
  at(pointer: string): string {
    return this.problem.errors?.find(e => e.pointer === pointer)?.detail ?? ''
  }
}

/** Asks once, same origin, with the cookie; fails with Refused. */
export async function send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Response> {
  const answer = await fetch(`/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => null)
  if (!answer) throw new Refused(0, {}, 0)
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({})) as Partial<Problem>
    throw new Refused(answer.status, problem, Number(answer.headers.get('Retry-After') ?? 0) * 1000)
  }
  return answer
}

export async function ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const answer = await send(method, path, body)
  return (answer.status === 204 ? undefined : await answer.json().catch(() => { throw new Refused(0, {}, 0) })) as T
}

/** A path of words that may hold anything. */
export function at(...words: string[]): string {
  return words.map(w => `/${encodeURIComponent(w)}`).join('')
}

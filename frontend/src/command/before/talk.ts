// Asking and telling: what comes back is an answer, or a refusal that says why; status 0 is no answer at all.

export interface Problem { readonly type?: string; readonly detail?: string; readonly errors?: readonly { readonly pointer: string; readonly detail: string }[]; readonly command?: string; readonly changed?: readonly string[] }

export class Denied extends Error {
  constructor(readonly status: number, readonly problem: Problem = {}) {
    super(`${status} ${problem.detail ?? ''}`)
  }

  get kind(): string {
    return this.problem.type?.split('/').at(-1) ?? ''
  }
}

export interface Answer<T> { readonly status: number; readonly body: T; readonly etag: string }

/** A server that was stopped keeps the line open and says nothing. */
const patience = 5000

/** Says something once; an answer that broke off is no answer. */
export async function talk<T>(method: 'GET' | 'POST', path: string, body?: unknown, headers: Record<string, string> = {}, within = patience): Promise<Answer<T>> {
  try {
    const answer = await fetch(`/api/v1${path}`, {
      method, signal: AbortSignal.timeout(within),
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Denied(answer.status, await answer.json().catch(() => ({})) as Problem)
    const said = answer.status === 204 ? undefined : await answer.json()
    return { status: answer.status, body: said as T, etag: answer.headers.get('ETag') ?? '' }
  } catch (e) {
    throw e instanceof Denied ? e : new Denied(0)
  }
}

export const part = (id: string): string => encodeURIComponent(id)

// Who uses this page, and which pages are his.
import { shallowRef } from 'vue'
import { rememberName } from '../cockpit/signedIn'
import { ask, Refused, type Role, type Session } from './ask'

/** The pages that run the program, each with the roles that may open it. */
export const pages: readonly { readonly id: string; readonly roles: readonly Role['role'][] }[] = [
  { id: 'screens', roles: ['operator', 'admin'] },
  { id: 'sources', roles: ['operator', 'admin'] },
  { id: 'people', roles: ['security'] },
  { id: 'tokens', roles: ['admin'] },
  { id: 'lists', roles: ['admin'] },
  { id: 'audit', roles: ['auditor'] },
]

export function holds(session: Session | null, ...roles: Role['role'][]): boolean {
  return session?.roles.some(r => roles.includes(r.role)) ?? false
}

/** Asks who this is; whoever isn't anybody is told so. */
export function useMe(nobody: () => void) {
  const me = shallowRef<Session | null>(null)
  const lost = shallowRef(false)
  async function load(): Promise<void> {
    try {
      me.value = await ask<Session>('GET', '/session')
      rememberName(me.value.name)
      lost.value = false
    } catch (e) {
      if (!(e instanceof Refused)) throw e
      if (e.status === 401) {
        rememberName('')
        nobody()
      } else {
        lost.value = true
      }
    }
  }
  void load()
  return { me, lost, load }
}

/** Signs out here, or everywhere, and leaves nothing of it in the page. */
export async function signOut(everywhere: boolean): Promise<void> {
  await ask<void>('DELETE', everywhere ? '/sessions' : '/session').catch((e: unknown) => {
    if (!(e instanceof Refused) || e.status !== 401) throw e
  })
  rememberName('')
  location.assign('/sign-in')
}

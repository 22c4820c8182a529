// The way out for who uses a page held in the hands.
import { rememberName } from './signedIn'

/** Signs out here and goes where one signs in; where the server doesn't answer, nothing changes. */
export async function leave(): Promise<void> {
  const answer = await fetch('/api/v1/session', { method: 'DELETE' }).catch(() => null)
  if (!answer || (!answer.ok && answer.status !== 401)) return
  rememberName('')
  location.assign('/sign-in')
}

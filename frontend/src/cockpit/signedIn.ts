// What this browser remembers of who uses it. Only a hint for what to draw: rights are the server's, from its cookie.

const person = 'citydeck.name'
const wall = 'citydeck.screen'

/** Who signed in here last and hasn't signed out; empty: nobody. */
export function signedInName(): string {
  return localStorage.getItem(person) ?? ''
}

export function rememberName(name: string): void {
  if (name === '') localStorage.removeItem(person)
  else localStorage.setItem(person, name)
}

/** The id under which this screen was paired; empty: it is no wall. */
export function pairedScreen(): string {
  return localStorage.getItem(wall) ?? ''
}

export function rememberScreen(id: string): void {
  if (id === '') localStorage.removeItem(wall)
  else localStorage.setItem(wall, id)
}

/** Whether nobody sits before this page: a paired wall, a kiosk, a page that plays. */
export function isKiosk(at: { readonly path: string; readonly query: Readonly<Record<string, unknown>> }): boolean {
  return pairedScreen() !== '' || at.query.kiosk !== undefined || at.path.startsWith('/play')
}

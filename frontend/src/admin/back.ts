// Where somebody goes on after signing in: pages of this program, and nowhere else.

/** The way back, if it is a path of our own; else the front page. */
export function ownPath(given: unknown): string {
  if (typeof given !== 'string' || !given.startsWith('/')) return '/'
  // What a browser would read as another host: //x, /\x, and either behind tabs or line ends.
  const url = URL.canParse(given, location.origin) ? new URL(given, location.origin) : null
  if (!url || url.origin !== location.origin || url.pathname === '/sign-in' || url.pathname.startsWith('//')) return '/'
  return url.pathname + url.search + url.hash
}

/** The page to go on to: whoever is a responder and nothing else may see no cockpit, his front page is his tasks. */
export function onward(back: string, roles: readonly { readonly role: string }[]): string {
  return back === '/' && roles.length > 0 && roles.every(r => r.role === 'responder') ? '/field' : back
}

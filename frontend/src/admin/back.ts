// Where somebody goes on after signing in: pages of this program, and nowhere else.

/** The way back, if it is a path of our own; else the front page. */
export function ownPath(given: unknown): string {
  if (typeof given !== 'string' || !given.startsWith('/')) return '/'
  // What a browser would read as another host: //x, /\x, and either behind tabs or line ends.
  const url = URL.canParse(given, location.origin) ? new URL(given, location.origin) : null
  if (!url || url.origin !== location.origin || url.pathname === '/sign-in' || url.pathname.startsWith('//')) return '/'
  return url.pathname + url.search + url.hash
}

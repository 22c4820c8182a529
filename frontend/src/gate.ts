// Where a screen goes that the server doesn't know: a wall shows its pairing code, everybody else signs in.
import type { Router } from 'vue-router'
import { pairedScreen, rememberName } from './cockpit/signedIn'

const open = ['/sign-in', '/screens/pair']

export async function turnAway(router: Router): Promise<void> {
  await router.isReady()
  const { path, fullPath, query } = router.currentRoute.value
  if (open.includes(path)) return
  const wall = pairedScreen() !== '' || path.startsWith('/wall/') || path.startsWith('/play')
  const lang = typeof query.lang === 'string' ? { lang: query.lang } : {}
  rememberName('')
  await router.replace(wall ? { path: '/screens/pair', query: { ...lang, back: fullPath } } : { path: '/sign-in', query: { ...lang, back: fullPath } })
}

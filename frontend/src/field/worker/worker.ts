// Keeps the phone's pages on the phone, so that they open in a cellar. It minds /field/ and the files of those pages, and nothing else:
// what is asked of the server always goes there. The build puts `version`, `shell` and `files` in front of it.
interface Stoppable { waitUntil(done: Promise<unknown>): void }
interface Asked { readonly request: Request; respondWith(answer: Promise<Response>): void }
interface Scope {
  addEventListener(of: 'install' | 'activate', run: (e: Stoppable) => void): void
  addEventListener(of: 'fetch', run: (e: Asked) => void): void
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void> }
  readonly location: { readonly origin: string }
}
declare const version: string
declare const shell: string
declare const files: readonly string[]
const scope = globalThis as unknown as Scope
const faces = 'field-faces'

scope.addEventListener('install', e => {
  e.waitUntil(caches.open(version).then(c => c.addAll([shell, ...files])).then(() => scope.skipWaiting()))
})

scope.addEventListener('activate', e => {
  const old = caches.keys().then(all => Promise.all(all.filter(k => k.startsWith('field-') && k !== version && k !== faces).map(k => caches.delete(k))))
  e.waitUntil(old.then(() => scope.clients.claim()))
})

/** The page is the same for all its paths; a newer one is fetched when the browser asks for this worker again. */
async function page(request: Request): Promise<Response> {
  return await caches.match(shell) ?? fetch(request)
}

/** Names change with contents, so what is here is right; of the many faces those that were needed once stay. */
async function file(request: Request): Promise<Response> {
  const kept = await caches.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok && request.url.endsWith('.woff2')) await (await caches.open(faces)).put(request, answer.clone()).catch(() => undefined)
  return answer
}

scope.addEventListener('fetch', e => {
  const url = new URL(e.request.url)
  if (e.request.method !== 'GET' || url.origin !== scope.location.origin) return
  if (e.request.mode === 'navigate' && url.pathname.startsWith('/field/')) e.respondWith(page(e.request))
  else if (url.pathname.startsWith('/assets/') || (url.pathname.startsWith('/field/') && !url.pathname.endsWith('/worker.js') && e.request.mode !== 'navigate')) e.respondWith(file(e.request))
})

// The faces that the first page fetched before its worker was there: they are put where the worker looks.

export async function keepFaces(): Promise<void> {
  await navigator.serviceWorker.ready
  await document.fonts.ready
  const faces = await caches.open('field-faces')
  const had = new Set((await faces.keys()).map(r => r.url))
  const used = performance.getEntriesByType('resource').map(e => e.name).filter(n => n.endsWith('.woff2') && !had.has(n))
  await faces.addAll([...new Set(used)])
}

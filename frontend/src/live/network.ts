// The one way of this page to its server.
import type { Wire } from './events'
import { Fallback, type Clock } from './fallback'
import { browser } from './socket'

/** Event streams, whose code is fetched when WebSockets fail: few pages ever need it. */
function streams(clock: Clock): Wire {
  let inner: Wire | null = null
  let over = false
  const wire: Wire = {
    onopen: null, onmessage: null, onclose: null,
    send: text => { inner?.send(text) },
    close: () => {
      over = true
      inner?.close()
    },
  }
  import('./events').then(({ EventWire, eventStreams }) => {
    if (over) return
    inner = new EventWire('/api/v1/live', { ...eventStreams, ...clock })
    inner.onopen = () => wire.onopen?.()
    inner.onmessage = event => wire.onmessage?.(event)
    inner.onclose = event => wire.onclose?.(event)
  }, () => { if (!over) wire.onclose?.({ code: 1006 }) })
  return wire
}

export const network = new Fallback(browser, streams)

// Which way the live connection takes: a WebSocket, or event streams where WebSockets fail again and again. While the
// server can't be reached at all both are tried in turn; from events it goes back as soon as a WebSocket is heard.
import type { EventWorld, Wire } from './events'
import type { World } from './socket'

/** So many WebSockets in a row that were never heard. */
export const vain = 3
/** When a WebSocket is tried again beside the events: soon, since the server may only have been away; then later each time. */
export const firstProbe = 15_000
const lastProbe = 10 * 60_000
/** How long such a try waits for the first message. */
const probeFor = 10_000

/** What event streams need of the world besides themselves. */
export type Clock = Pick<EventWorld, 'later' | 'ticks'>

export class Fallback implements World {
  /** True while the screen is kept up to date by events. */
  events = false
  private failures = 0
  private turn = false
  private wait = firstProbe

  constructor(private readonly world: World, private readonly streams: (clock: Clock) => Wire) {}

  now = () => this.world.now()
  ticks = () => this.world.ticks()
  random = () => this.world.random()
  later = (run: () => void, ms: number) => this.world.later(run, ms)
  cancel = (handle: unknown) => { this.world.cancel(handle) }

  open = (url: string): WebSocket => {
    this.events = false
    const events = this.failures >= vain && (this.turn = !this.turn)
    return (events ? this.byEvents(url) : this.bySocket(url)) as unknown as WebSocket
  }

  /** A WebSocket under watch: one that ends unheard has failed. */
  private bySocket(url: string): Wire {
    const socket = this.world.open(url) as unknown as Wire
    let heard = false
    const lost = () => { if (!heard) this.failures++ }
    const wire: Wire = {
      onopen: null, onmessage: null, onclose: null,
      send: text => { socket.send(text) },
      close: () => {
        lost()
        heard = true
        socket.onopen = socket.onmessage = socket.onclose = null
        socket.close()
      },
    }
    socket.onopen = () => wire.onopen?.()
    socket.onmessage = event => {
      heard = true
      this.failures = 0
      wire.onmessage?.(event)
    }
    socket.onclose = event => {
      lost()
      heard = true
      wire.onclose?.(event)
    }
    return wire
  }

  private byEvents(url: string): Wire {
    const inner = this.streams({ later: this.later, ticks: this.ticks })
    let over = false
    const wire: Wire = {
      onopen: null, onmessage: null, onclose: null,
      send: text => { inner.send(text) },
      close: () => {
        over = true
        inner.close()
      },
    }
    inner.onopen = () => wire.onopen?.()
    inner.onmessage = event => {
      this.events = true
      wire.onmessage?.(event)
    }
    inner.onclose = event => {
      over = true
      wire.onclose?.(event)
    }
    const back = () => {
      over = true
      inner.close()
      this.failures = 0
      this.wait = firstProbe
      wire.onclose?.({ code: 1000 })
    }
    this.probe(url, () => over, back)
    return wire
  }

  /** Tries a WebSocket now and then beside the events, until one is heard. */
  private probe(url: string, over: () => boolean, back: () => void): void {
    this.later(() => {
      if (over()) return
      const socket = this.world.open(url) as unknown as Wire
      const end = (heard: boolean) => {
        this.cancel(limit)
        socket.onopen = socket.onmessage = socket.onclose = null
        socket.close()
        if (over()) return
        if (heard) {
          back()
          return
        }
        this.wait = Math.min(lastProbe, this.wait * 2)
        this.probe(url, over, back)
      }
      const limit = this.later(() => { end(false) }, probeFor)
      socket.onmessage = () => { end(true) }
      socket.onclose = () => { end(false) }
    }, this.wait)
  }
}

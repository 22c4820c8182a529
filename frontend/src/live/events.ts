// Server-sent events in a socket's clothes, for networks that break WebSockets: one stream a cockpit, the same
// messages, the same board and cursor behind. What one stream says proves nothing for another, so a beat is passed on
// only while all of them are heard.
import { parseFrame } from './frames'

/** What the live connection needs of its line. */
export interface Wire {
  onopen: (() => void) | null
  onmessage: ((event: { data: string }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  send(text: string): void
  close(): void
}

/** The browser's EventSource, as far as it is used. */
export interface Source {
  onopen: (() => void) | null
  onmessage: ((event: { data: string }) => void) | null
  onerror: (() => void) | null
  close(): void
}

export interface EventWorld {
  listen(path: string): Source
  /** status with which a path answers; 0: not at all */
  status(path: string): Promise<number>
  later(run: () => void, ms: number): unknown
  /** monotonic clock, ms */
  ticks(): number
}

/** A browser has six connections to a host; the page needs some for itself. */
export const mostStreams = 4
/** A stream that says nothing for this long proves nothing. */
const silence = 4500

interface Stream { source: Source; heard: number; open: boolean }

export class EventWire implements Wire {
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  private readonly streams = new Map<string, Stream>()
  private greeted = false
  private over = false

  constructor(private readonly base: string, private readonly world: EventWorld) {
    world.later(() => { if (!this.over) this.onopen?.() }, 0)
  }

  send(text: string): void {
    const asked = JSON.parse(text) as { op: string; cockpit: string }
    if (asked.op === 'subscribe') this.begin(asked.cockpit)
    else if (asked.op === 'unsubscribe') this.end(asked.cockpit)
  }

  close(): void {
    this.over = true
    for (const id of [...this.streams.keys()]) this.end(id)
  }

  private path(cockpit: string): string {
    return `${this.base}/${encodeURIComponent(cockpit)}/events`
  }

  private begin(cockpit: string): void {
    this.end(cockpit)
    if (this.streams.size >= mostStreams) {
      this.say({ op: 'error', code: 'too_many', detail: 'no more event streams', cockpit })
      return
    }
    const stream: Stream = { source: this.world.listen(this.path(cockpit)), heard: this.world.ticks(), open: false }
    this.streams.set(cockpit, stream)
    stream.source.onopen = () => { stream.open = true }
    stream.source.onmessage = event => this.hear(stream, event.data)
    stream.source.onerror = () => void this.fail(cockpit, stream)
  }

  private end(cockpit: string): void {
    const stream = this.streams.get(cockpit)
    if (!stream) return
    this.streams.delete(cockpit)
    stream.source.onopen = stream.source.onmessage = stream.source.onerror = null
    stream.source.close()
  }

  private hear(stream: Stream, data: string): void {
    const now = this.world.ticks()
    stream.heard = now
    const told = parseFrame(data).filter(m => {
      if (m.op === 'hello') return !this.greeted && (this.greeted = true)
      if (m.op !== 'beat') return true
      const all = [...this.streams.values()]
      return stream === all[0] && all.every(s => now - s.heard < silence)
    })
    if (told.length > 0) this.onmessage?.({ data: JSON.stringify(told) })
  }

  private say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  /** A stream that broke ends the line, which opens itself again; one that was refused tells why. */
  private async fail(cockpit: string, stream: Stream): Promise<void> {
    stream.source.onerror = null
    stream.source.close()
    const status = stream.open ? 0 : await this.world.status(this.path(cockpit))
    if (this.over || this.streams.get(cockpit) !== stream) return
    if (status === 404 || status === 403) {
      this.end(cockpit)
      this.say({ op: 'error', code: status === 404 ? 'unknown_cockpit' : 'forbidden', detail: '', cockpit })
      return
    }
    if (status === 401) this.say({ op: 'error', code: 'unauthenticated', detail: '' })
    this.close()
    this.onclose?.({ code: status === 401 ? 4401 : 1006 })
  }
}

/** The browser's own event streams. */
export const eventStreams = {
  listen: (path: string) => new EventSource(path) as unknown as Source,
  status: async (path: string) => {
    const asking = new AbortController()
    const answer = await fetch(path, { signal: asking.signal }).catch(() => null)
    asking.abort() // a stream that does answer has no end
    return answer?.status ?? 0
  },
}

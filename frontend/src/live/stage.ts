// A stage for tests of the connection: sockets whose other end is the test, and time that passes when it is told to.
import type { World } from './socket'

export class Line {
  onopen: (() => void) | null = null
  onmessage: ((e: { data: string }) => void) | null = null
  onclose: ((e: { code: number }) => void) | null = null
  readonly sent: Record<string, unknown>[] = []
  closed = false
  send(text: string) { this.sent.push(JSON.parse(text) as Record<string, unknown>) }
  close() { this.closed = true }
  say(...messages: object[]) { this.onmessage?.({ data: JSON.stringify(messages.length === 1 ? messages[0] : messages) }) }
}

export class Stage implements World {
  clock = 1_000_000
  tick = 5000
  readonly lines: Line[] = []
  private timers: { at: number; run: () => void }[] = []
  open = () => {
    const line = new Line()
    this.lines.push(line)
    return line as unknown as WebSocket
  }
  now = () => this.clock
  ticks = () => this.tick
  random = () => 1
  later = (run: () => void, ms: number) => {
    const t = { at: this.tick + ms, run }
    this.timers.push(t)
    return t
  }
  cancel = (t: unknown) => { this.timers = this.timers.filter(x => x !== t) }
  pass(ms: number) {
    const end = this.tick + ms
    for (;;) {
      const next = this.timers.filter(t => t.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.clock += next.at - this.tick
      this.tick = next.at
      this.cancel(next)
      next.run()
    }
    this.clock += end - this.tick
    this.tick = end
  }
  get line(): Line { return this.lines.at(-1) ?? new Line() }
}

export const hello = { op: 'hello', build: 'b', now: 9_000_000, ready: true, demo: false }
export const snapshot = (cockpit = 'a', seq = 5) => ({ op: 'snapshot', cockpit, epoch: 'e', seq, at: 1, layout: 'l', tiles: [{ id: 'x', value: 1 }] })

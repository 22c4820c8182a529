// The live connection of a screen: one socket for all its cockpits. It opens itself again for ever, resumes where
// it stood, and tells after every frame whether that frame proves that what is shown is true now.
import { Cursor, type Refusal } from './cursor'
import { parseFrame } from './frames'
import { Retry } from './retry'
import type { Beat, Hello, LiveError, Message, Order } from './tile'

/** A screen that hears nothing for this long can't prove that it is live. */
export const silence = 4500
/** After this long without a frame the connection itself is given up. */
const giveUp = 12_000
/** Local clock and monotonic clock that drift apart by more than this have jumped. */
const jump = 2000

/** What the world must give: tests give their own. */
export interface World {
  open(url: string): WebSocket
  /** wall clock, ms */
  now(): number
  /** monotonic clock, ms */
  ticks(): number
  random(): number
  later(run: () => void, ms: number): unknown
  cancel(handle: unknown): void
}

export const browser: World = {
  open: url => new WebSocket(url, 'cockpit.v1'),
  now: () => Date.now(),
  ticks: () => performance.now(),
  random: () => Math.random(),
  later: (run, ms) => setTimeout(run, ms),
  cancel: handle => clearTimeout(handle as ReturnType<typeof setTimeout>),
}

/** What one frame means for the whole screen. */
export interface Sign {
  /** all that is shown is true now */
  alive: boolean
  /** the server says itself that its engine stands still */
  late: boolean
  /** this computer's clock jumped: nothing shown is proven until the next frame */
  jumped: boolean
}

type Wire = 'connecting' | 'open' | 'closed'

export class Live {
  hello: Hello | null = null
  beat: Beat | null = null
  wire: Wire = 'closed'
  /** Connections tried since the last frame was heard. */
  attempts = 0
  /** Server time of the last frame that proved life; 0 before the first. */
  truth = 0
  /** The last error that concerns the whole connection. */
  trouble: LiveError | null = null

  private socket: WebSocket | null = null
  private readonly cursors = new Map<string, { cursor: Cursor; users: Set<() => void> }>()
  private readonly listeners = new Set<(sign: Sign) => void>()
  private readonly changes = new Set<() => void>()
  private readonly obeyed = new Set<(order: Order) => void>()
  private readonly retry: Retry
  private watchdog: unknown = null
  private base = { server: 0, ticks: 0, clock: 0, skew: 0 }

  constructor(private readonly url: string, private readonly world: World = browser) {
    this.retry = new Retry(world, () => this.connect())
  }

  /** Server time, carried on by the monotonic clock between frames; this computer's before the first. */
  now(): number {
    return this.base.server === 0 ? this.world.now() : this.base.server + (this.world.ticks() - this.base.ticks)
  }

  start(): void {
    if (!this.socket) this.connect()
  }

  stop(): void {
    this.retry.stop()
    this.world.cancel(this.watchdog)
    this.drop()
    this.set('closed')
  }

  /** Tries at once instead of waiting: the network is back, or somebody looks again. */
  nudge(): void {
    if (this.wire === 'closed') this.retry.now()
  }

  /** Called after every frame. */
  onFrame(listener: (sign: Sign) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Called when the connection's own state changed. */
  onWire(listener: () => void): () => void {
    this.changes.add(listener)
    return () => this.changes.delete(listener)
  }

  /** Called when somebody tells this screen what to do. */
  onOrder(listener: (order: Order) => void): () => void {
    this.obeyed.add(listener)
    return () => this.obeyed.delete(listener)
  }

  /** Says what this screen shows, and which tiles don't fit; nothing while there is no connection. */
  shown(cockpit: string, seq: number, overflow: readonly string[] = []): void {
    this.send(JSON.stringify({ op: 'shown', cockpit, seq, overflow }))
  }

  /** Keeps a cockpit up to date; `changed` is called after each frame that concerned it. */
  watch(cockpit: string, changed: () => void): { cursor: Cursor; leave: () => void } {
    let entry = this.cursors.get(cockpit)
    if (!entry) {
      entry = { cursor: new Cursor(cockpit), users: new Set() }
      this.cursors.set(cockpit, entry)
      this.send(entry.cursor.ask())
    }
    const { cursor, users } = entry
    users.add(changed)
    const leave = () => {
      if (!users.delete(changed) || users.size > 0) return
      this.cursors.delete(cockpit)
      this.send(JSON.stringify({ op: 'unsubscribe', cockpit }))
    }
    return { cursor, leave }
  }

  private send(text: string): void {
    if (this.socket && this.wire === 'open') this.socket.send(text)
  }

  private set(wire: Wire): void {
    if (this.wire === wire) return
    this.wire = wire
    this.changes.forEach(f => f())
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  private connect(): void {
    this.drop()
    this.attempts++
    this.set('connecting')
    for (const { cursor } of this.cursors.values()) cursor.awaiting = true
    const socket = this.world.open(this.url)
    this.socket = socket
    this.listenForSilence()
    socket.onopen = () => {
      this.set('open')
      for (const { cursor } of this.cursors.values()) this.send(cursor.ask())
    }
    socket.onmessage = event => this.frame(parseFrame(event.data))
    socket.onclose = event => {
      this.socket = null
      this.world.cancel(this.watchdog)
      this.set('closed')
      this.retry.after(event.code)
    }
  }

  /** A connection that says nothing is as dead as one that was cut, only more polite. */
  private listenForSilence(): void {
    this.world.cancel(this.watchdog)
    this.watchdog = this.world.later(() => {
      this.drop()
      this.set('closed')
      this.retry.now()
    }, giveUp)
  }

  private frame(messages: readonly Message[]): void {
    this.listenForSilence()
    this.attempts = 0
    const jumped = this.jumped()
    const told = new Set<string>()
    let proof = false
    for (const m of messages) proof = this.take(m, told) || proof
    for (const id of told) this.cursors.get(id)?.users.forEach(f => f())
    const late = this.beat !== null && this.beat.now - this.beat.tick > silence
    if (jumped) for (const { cursor } of this.cursors.values()) this.send(cursor.ask())
    const waiting = [...this.cursors.values()].some(e => e.cursor.awaiting)
    const alive = proof && !late && !waiting && !jumped
    if (alive) {
      this.truth = this.now()
      this.retry.reset()
    }
    this.listeners.forEach(f => f({ alive, late, jumped }))
  }

  /** Takes one message; true when it proves that the server works. */
  private take(m: Message, told: Set<string>): boolean {
    switch (m.op) {
      case 'hello':
        this.hello = m
        this.trouble = null
        this.beat = null
        this.keepTime(m.now)
        return false
      case 'beat':
        this.beat = m
        this.keepTime(m.now)
        return true
      case 'snapshot':
      case 'delta': {
        const entry = this.cursors.get(m.cockpit)
        if (!entry) return false
        told.add(m.cockpit)
        if (this.hello && !this.hello.ready) this.hello = { ...this.hello, ready: true }
        if (entry.cursor.take(m)) return true
        this.send(entry.cursor.ask())
        return false
      }
      case 'error':
        this.fail(m, told)
        return false
      case 'show':
      case 'reload':
        this.obeyed.forEach(f => f(m))
        return false
      default:
        return false
    }
  }

  private fail(e: LiveError, told: Set<string>): void {
    if (e.code === 'busy') this.retry.atLeast(e.retry_ms ?? 0)
    const entry = e.cockpit === undefined ? undefined : this.cursors.get(e.cockpit)
    if (entry && isRefusal(e.code)) {
      entry.cursor.refuse(e.code)
      told.add(entry.cursor.cockpit)
    } else {
      this.trouble = e
    }
  }

  private keepTime(server: number): void {
    this.base = { ...this.base, server, ticks: this.world.ticks() }
  }

  /** True when the wall clock moved otherwise than time did since the last frame. */
  private jumped(): boolean {
    const skew = this.world.now() - this.world.ticks()
    const moved = this.base.clock !== 0 && Math.abs(skew - this.base.skew) > jump
    this.base = { ...this.base, clock: this.world.now(), skew }
    return moved
  }
}

function isRefusal(code: string): code is Refusal {
  return code === 'unknown_cockpit' || code === 'forbidden' || code === 'too_many'
}

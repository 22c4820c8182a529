// When to try again: soon at first, later each time, never all screens at once, and never giving up.
import type { World } from './socket'

const first = 300
const most = 8000
const growth = 1.8
/** Not signed in, or signed out: asking often helps nobody. */
const unauthenticated = 4401

export class Retry {
  private wait = first
  private floor = 0
  private timer: unknown = null

  constructor(private readonly world: Pick<World, 'later' | 'cancel' | 'random'>, private readonly run: () => void) {}

  /** Waits, with jitter, after a connection that closed with this code. */
  after(code: number): void {
    const ceiling = code === unauthenticated ? most : this.wait
    const ms = Math.max(this.floor, ceiling * (0.5 + this.world.random() / 2))
    this.floor = 0
    this.wait = Math.min(most, this.wait * growth)
    this.schedule(ms)
  }

  /** The server said how long to stay away. */
  atLeast(ms: number): void {
    this.floor = Math.min(60_000, Math.max(0, ms)) * (1 + this.world.random() / 4)
  }

  now(): void {
    this.schedule(0)
  }

  reset(): void {
    this.wait = first
  }

  stop(): void {
    this.world.cancel(this.timer)
    this.timer = null
  }

  private schedule(ms: number): void {
    this.world.cancel(this.timer)
    this.timer = this.world.later(this.run, ms)
  }
}

// When a page is sick enough to be loaded anew: never because the server is away, and ever more rarely when it doesn't help.

/** Faults of the page itself within `within` ms that make it sick, not all at once. */
const faults = { most: 5, within: 60_000, spread: 3000 }
/** States that came and weren't drawn for this long, ms. */
const undrawn = 20_000
/** Share of the memory that the browser grants. */
const full = 0.9
const fullTimes = 3
/** From one reload to the next at least this long, twice as long each time, at most so long; forgotten after a calm while. */
const wait = { first: 60_000, most: 3_600_000, calm: 6 * 3_600_000 }

export interface Past { readonly at: number; readonly times: number }

/** What a healthy page says by the way, or what only a network says. */
const harmless = /ResizeObserver loop|dynamically imported module|module script failed|Failed to fetch|NetworkError|Load failed|no answer|AbortError/u

export class Watchdog {
  private seen: number[] = []
  private fullFor = 0
  private since = 0
  private lastDrawn = ''

  constructor(private past: Past = { at: 0, times: 0 }) {}

  /** A fault that nobody caught. True: the page is sick. */
  fault(what: string, now: number): boolean {
    if (harmless.test(what)) return false
    this.seen = [...this.seen.filter(t => now - t < faults.within), now]
    return this.seen.length >= faults.most && now - (this.seen[0] ?? now) >= faults.spread
  }

  /** What came last and what is drawn, while the page can be seen. True: drawing has stopped. */
  drawn(came: string, drawn: string, now: number): boolean {
    if (came === drawn || drawn !== this.lastDrawn || this.since === 0) {
      this.since = now
      this.lastDrawn = drawn
      return false
    }
    return now - this.since >= undrawn
  }

  /** Memory in use and granted. True: full, again and again. */
  memory(used: number, granted: number): boolean {
    this.fullFor = used > granted * full ? this.fullFor + 1 : 0
    return this.fullFor >= fullTimes
  }

  /** Whether it may be loaded anew now; what is to be remembered then. */
  mayReload(now: number): Past | null {
    const { at, times } = this.past
    if (at === 0 || now - at > wait.calm) return { at: now, times: 1 }
    return now - at >= Math.min(wait.most, wait.first * 2 ** (times - 1)) ? { at: now, times: times + 1 } : null
  }
}

const kept = 'citydeck.reloads'

/** What is remembered of reloads in this tab. */
export function recall(): Past {
  try {
    const read = JSON.parse(sessionStorage.getItem(kept) ?? 'null') as Partial<Past> | null
    return read && typeof read.at === 'number' && typeof read.times === 'number' ? { at: read.at, times: read.times } : { at: 0, times: 0 }
  } catch {
    return { at: 0, times: 0 }
  }
}

export function remember(past: Past): void {
  sessionStorage.setItem(kept, JSON.stringify(past))
}

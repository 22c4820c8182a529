// A wall without a program behind it: the built screens, a district that exists only on the story page, and frames made
// beforehand, so that nothing but the page itself is measured.
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Page } from '@playwright/test'
import type { TileDefinition } from '../src/api/definitions'
import type { Patch, Tile } from '../src/live/tile'
import { byHand } from './benchHand'
import { storyDistrict } from '../src/stories/district'

/** A wall and what its tiles go through: `frames` are repeated from the first when they are used up. */
export interface Played {
  readonly tiles: readonly { definition: TileDefinition; tile: Tile }[]
  readonly frames: readonly (readonly Patch[])[]
}

const dist = process.env.CITYDECK_DIST ?? join(import.meta.dirname, '../dist')
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.json': 'application/json' }
const stand = { status: 'normal', alarms: 0, warns: 0, stale: 0 }
const head = { id: 'bench', name: '示例区', name_en: 'Sample District', kind: 'district', area: 'district', parent: '', state: stand }

/** Answers the screens' files and what a wall asks of the API. */
export class Bench {
  url = ''
  private server: Server | null = null
  private readonly answers = new Map<string, unknown>()
  private copy = ''

  constructor(private readonly played: Played) {
    const { areas, indicators, measures, list, outlines } = storyDistrict()
    const definitions = played.tiles.map(t => ({ ...t.definition, state: t.tile }))
    for (const [path, answer] of Object.entries({
      '/cockpits': [head], '/cockpits/bench': { ...head, layout: 'l', tiles: definitions }, '/areas': [...areas.values()], '/plans': [], '/district': { id: 'bench', name: '示例区', name_en: 'Sample District', timezone: 'Asia/Shanghai', demo: false }, '/indicators': indicators, '/measures': measures,
      '/lists/kitchens': list, '/areas/district/outlines': outlines, '/played': { snapshot: played.tiles.map(t => t.tile), frames: played.frames.map(f => JSON.stringify(f)) },
    })) this.answers.set(`/api/v1${path}`, answer)
  }

  async open(): Promise<void> {
    const server = createServer((ask, answer) => {
      const { pathname } = new URL(ask.url ?? '/', 'http://bench')
      const told = this.answers.get(pathname)
      if (pathname.startsWith('/api/')) {
        answer.writeHead(told === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(told ?? {}))
        return
      }
      if (pathname === '/copy') {
        answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(this.copy)
        return
      }
      const file = pathname.startsWith('/assets/') ? join(dist, pathname) : join(dist, 'index.html')
      if (!existsSync(file)) answer.writeHead(404).end()
      else answer.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file))
    })
    this.server = server
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  close(): void {
    this.server?.closeAllConnections()
    this.server?.close()
  }

  /** Shows the wall with its first state, in its own faces. */
  async show(page: Page, quick = false): Promise<void> {
    await page.addInitScript(feed, quick)
    await page.goto(`${this.url}/wall/bench`)
    await page.waitForFunction(n => document.querySelectorAll('.grid .tile:not([aria-busy])').length === n, this.played.tiles.length, { polling: 100 })
    await page.evaluate(() => document.fonts.ready)
  }

  /** Shows the same picture as another page, without any of its scripts. */
  async showCopy(of: Page, page: Page): Promise<void> {
    this.copy = await of.evaluate(() => {
      const whole = document.documentElement.cloneNode(true) as HTMLElement
      for (const e of whole.querySelectorAll('script, link:not([rel="stylesheet"])')) e.remove()
      return `<!doctype html>${whole.outerHTML}`
    })
    await page.addInitScript(feed, false)
    await page.goto(`${this.url}/copy`)
    await page.evaluate(() => document.fonts.ready)
    await page.evaluate(byHand)
  }
}

/** What the page's script gives to the test. */
export interface Feed {
  /** One frame each so many milliseconds. */
  play(frames: number, every: number): Promise<void>
  /** Frames as fast as the page draws their changes; each is a tenth of a second of its time. */
  rush(frames: number): Promise<void>
  /** Hand page: who takes the frames instead of a socket. */
  hear: ((text: string) => void) | null
  /** Changes whenever a frame is applied to the page. */
  readonly seq: number
}
declare global { interface Window { feed: Feed } }

/**
 * Runs in the page before its scripts: a WebSocket that answers as the server does and is fed from frames made before.
 * Quick: the page's clocks go on by a tenth of a second a frame, and what is to be drawn is drawn at once instead of with
 * the next picture, so that every frame is drawn although they come faster than pictures.
 */
export function feed(quick: boolean): void {
  const [bare, later] = [performance.now.bind(performance), new MessageChannel()]
  const begin = Date.now()
  let [ahead, seq, seen] = [0, 1, 0]
  let cut: string[] = []
  let line: { say(text: string): void } | null = null
  const waiting = new Map<number, FrameRequestCallback>()
  let ticket = 0
  later.port1.onmessage = () => {
    const due = [...waiting.values()]
    waiting.clear()
    for (const run of due) run(performance.now())
  }
  if (quick) {
    performance.now = () => bare() + ahead
    Date.now = () => Math.round(begin + performance.now())
    window.requestAnimationFrame = run => {
      waiting.set(++ticket, run)
      later.port2.postMessage(0)
      return ticket
    }
    window.cancelAnimationFrame = id => { waiting.delete(id) }
  }
  const beat = () => ({ op: 'beat', now: Date.now(), tick: Date.now(), behind: 0, rate: 600, points: { fresh: 60, expected: 60 }, sources: { fresh: 3, all: 3, silent: [] } })

  const take = (l: Line) => { line = l }
  class Line {
    onopen: (() => void) | null = null
    onmessage: ((e: { data: string }) => void) | null = null
    onclose: (() => void) | null = null
    readyState = 1
    constructor() {
      setTimeout(() => {
        this.onopen?.()
        this.say(JSON.stringify({ op: 'hello', build: 'b', now: Date.now(), ready: true, demo: false }))
      })
    }
    say(text: string) { this.onmessage?.({ data: text }) }
    send(text: string) {
      const { op, cockpit } = JSON.parse(text) as { op: string; cockpit: string }
      if (op !== 'subscribe') return
      if (cockpit === 'bench') take(this)
      void played().then(p => {
        const tiles = cockpit === 'bench' ? p.snapshot : [{ ...(p.snapshot[0] as object), id: 'bench', value: 0, status: 'normal' }]
        this.say(JSON.stringify([{ op: 'snapshot', cockpit, epoch: 'e', seq: 1, at: Date.now(), layout: 'l', tiles }, beat()]))
      })
    }
    close() { this.onclose = null }
  }
  let got: Promise<{ snapshot: unknown[]; frames: string[] }> | null = null
  const played = () => (got ??= fetch('/api/v1/played').then(a => a.json() as Promise<{ snapshot: unknown[]; frames: string[] }>).then(p => {
    cut = p.frames
    return p
  }))
  function next() {
    const patches = cut[seq % cut.length] ?? '[]'
    const delta = `{"op":"delta","cockpit":"bench","epoch":"e","from":${seq},"seq":${seq + 1},"at":${Date.now()},"tiles":${patches}}`
    seq++
    const text = seq % 20 === 0 ? `[${delta},${JSON.stringify(beat())}]` : delta
    if (api.hear) api.hear(text)
    else line?.say(text)
  }
  const api: Feed = {
    hear: null,
    get seq() { return seq },
    play: async (frames, every) => {
      await played()
      await new Promise<void>(done => {
        let n = 0
        const timer = setInterval(() => {
          next()
          if (++n < frames) return
          clearInterval(timer)
          setTimeout(done, every)
        }, every)
      })
    },
    rush: async frames => {
      await played()
      for (let i = 0; i < frames; i++) {
        ahead += 100
        next()
        seen = seq
        // One turn for what is drawn "with the next picture", one for what follows from it.
        for (let turn = 0; turn < 2; turn++) {
          await new Promise<void>(done => {
            const c = new MessageChannel()
            c.port1.onmessage = () => done()
            c.port2.postMessage(0)
          })
        }
      }
      if (seen !== seq) throw new Error('frames were lost')
    },
  }
  Object.assign(window, { feed: api, WebSocket: Object.assign(Line, { OPEN: 1, CONNECTING: 0, CLOSING: 2, CLOSED: 3 }) })
}

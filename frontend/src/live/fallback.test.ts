import { beforeEach, describe, expect, it } from 'vitest'
import type { Source } from './events'
import { EventWire, mostStreams } from './events'
import { Fallback, firstProbe, vain } from './fallback'
import { Live, type Sign } from './socket'
import { hello, snapshot, Stage as Bare } from './stage'

class Stream implements Source {
  onopen: Source['onopen'] = null
  onmessage: Source['onmessage'] = null
  onerror: Source['onerror'] = null
  closed = false
  constructor(readonly path: string) {}
  close() { this.closed = true }
  say(m: object) { this.onmessage?.({ data: JSON.stringify(m) }) }
}
class Stage extends Bare {
  readonly streams: Stream[] = []
  status = 200
  stream(cockpit: string): Stream { return this.streams.filter(s => s.path.endsWith(`/${cockpit}/events`)).at(-1) ?? new Stream('none') }
}

const beat = (now = 9_000_000) => ({ op: 'beat', now, tick: now, behind: 0, rate: 1, points: { fresh: 1, expected: 1 }, sources: { fresh: 1, all: 1, silent: [] } })

let stage: Stage
let way: Fallback
let live: Live
let signs: Sign[]
beforeEach(() => {
  stage = new Stage()
  way = new Fallback(stage, clock => new EventWire('/live', { ...clock, listen: path => { const s = new Stream(path); stage.streams.push(s); return s }, status: () => Promise.resolve(stage.status) }))
  live = new Live('ws://x', way)
  signs = []
  live.onFrame(s => signs.push(s))
})

/** The network refuses every WebSocket. */
function refuse(times: number) {
  for (let i = 0; i < times; i++) {
    const before = stage.lines.length
    stage.line.onclose?.({ code: 1006 })
    for (let n = 0; n < 200 && stage.lines.length === before && stage.streams.length === 0; n++) stage.pass(100)
  }
}
function fallen() {
  live.watch('a', () => {})
  live.watch('*', () => {})
  live.start()
  refuse(vain)
  stage.pass(1)
  for (const id of ['a', '*']) {
    stage.stream(id).onopen?.()
    stage.stream(id).say(hello)
  }
  stage.stream('a').say(snapshot())
  stage.stream('*').say(snapshot('*'))
}

describe('the way to the server', () => {
  it('stays a WebSocket while WebSockets are heard', () => {
    live.start()
    for (let i = 0; i < 5; i++) {
      stage.line.onopen?.()
      stage.line.say(hello)
      stage.line.onclose?.({ code: 1006 })
      stage.pass(9000)
    }
    expect([stage.streams.length, way.events]).toEqual([0, false])
  })

  it('becomes events after several WebSockets that were never heard, a stream a cockpit', () => {
    fallen()
    expect(stage.streams.map(s => s.path)).toEqual(['/live/a/events', '/live/*/events'])
    expect([way.events, live.wire, live.hello?.build]).toEqual([true, 'open', 'b'])
    stage.stream('a').say(beat())
    expect(signs.at(-1)?.alive).toBe(true)
    stage.stream('a').say({ op: 'delta', cockpit: 'a', epoch: 'e', from: 5, seq: 6, at: 2, tiles: [{ id: 'x', value: 7 }] })
    expect(live.watch('a', () => {}).cursor.board.tiles.get('x')?.value).toBe(7)
  })

  it('counts a WebSocket that opens and says nothing as failed', () => {
    live.watch('a', () => {})
    live.start()
    for (let i = 0; i < vain; i++) {
      stage.line.onopen?.()
      stage.pass(12_001)
    }
    expect(stage.streams.length).toBe(1)
  })

  it('takes turns while nothing answers at all', () => {
    live.watch('a', () => {})
    live.start()
    refuse(vain)
    stage.status = 0
    expect([stage.lines.length, stage.streams.length]).toEqual([vain, 1])
    stage.pass(13_000)
    expect(stage.lines.length).toBe(vain + 1)
  })

  it('believes no beat while one of the streams is silent', () => {
    fallen()
    for (let i = 0; i < 3; i++) {
      stage.pass(2000)
      stage.stream('a').say(beat(9_000_000 + i))
    }
    expect(live.beat?.now).toBe(9_000_001)
    stage.stream('*').say(beat())
    stage.stream('a').say(beat(9_000_009))
    expect(live.beat?.now).toBe(9_000_009)
  })

  it('ends as a whole when one stream breaks, and opens again', () => {
    fallen()
    stage.stream('a').onerror?.()
    return Promise.resolve().then(() => {
      expect([live.wire, stage.stream('*').closed]).toEqual(['closed', true])
    })
  })

  it('tells a refused cockpit from a broken network', async () => {
    live.watch('a', () => {})
    const { cursor } = live.watch('nowhere', () => {})
    live.start()
    refuse(vain)
    stage.pass(1)
    stage.status = 404
    stage.stream('nowhere').onerror?.()
    await Promise.resolve().then(() => {}).then(() => {})
    expect([cursor.refused, stage.stream('a').closed]).toEqual(['unknown_cockpit', false])
  })

  it('leaves connections for the page itself', () => {
    const refused = Array.from({ length: mostStreams + 1 }, (_, i) => live.watch(`c${i}`, () => {}).cursor)
    live.start()
    refuse(vain)
    stage.pass(1)
    expect([stage.streams.length, refused.at(-1)?.refused]).toEqual([mostStreams, 'too_many'])
  })

  it('goes back to a WebSocket once one is heard', () => {
    fallen()
    const lines = stage.lines.length
    const talk = (ms: number) => {
      for (let i = 0; i < ms; i += 1000) {
        stage.pass(1000)
        if (way.events) for (const id of ['a', '*']) stage.stream(id).say(beat())
      }
    }
    talk(firstProbe + 1000)
    expect(stage.lines.length).toBe(lines + 1)
    stage.line.onclose?.({ code: 1006 })
    expect(way.events).toBe(true)
    talk(2 * firstProbe + 1000)
    stage.line.say(hello)
    stage.pass(400)
    expect([way.events, stage.stream('a').closed, stage.lines.length]).toEqual([false, true, lines + 3])
  })
})

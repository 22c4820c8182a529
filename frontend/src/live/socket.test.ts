import { beforeEach, describe, expect, it } from 'vitest'
import { Live, type Sign } from './socket'
import { hello, snapshot, Stage } from './stage'

const delta = (from: number, seq: number, cockpit = 'a') => ({ op: 'delta', cockpit, epoch: 'e', from, seq, at: 2, tiles: [{ id: 'x', value: seq }] })
const beat = (late = 0) => ({ op: 'beat', now: 9_000_000, tick: 9_000_000 - late, behind: 0, rate: 1, points: { fresh: 1, expected: 1 }, sources: { fresh: 1, all: 1, silent: [] } })

let stage: Stage
let live: Live
let signs: Sign[]
beforeEach(() => {
  stage = new Stage()
  live = new Live('ws://x', stage)
  signs = []
  live.onFrame(s => signs.push(s))
})

function connect() {
  live.start()
  stage.line.onopen?.()
  stage.line.say(hello)
}
const alive = () => signs.at(-1)?.alive

describe('a live connection', () => {
  it('asks for every cockpit when it opens, and for later ones at once', () => {
    live.watch('a', () => {})
    connect()
    live.watch('*', () => {})
    expect(stage.line.sent).toEqual([{ op: 'subscribe', cockpit: 'a' }, { op: 'subscribe', cockpit: '*' }])
  })

  it('asks once for a cockpit that two look at, and leaves with the last of them', () => {
    connect()
    const one = live.watch('a', () => {})
    const two = live.watch('a', () => {})
    one.leave()
    one.leave()
    expect(stage.line.sent).toEqual([{ op: 'subscribe', cockpit: 'a' }])
    two.leave()
    expect(stage.line.sent.at(-1)).toEqual({ op: 'unsubscribe', cockpit: 'a' })
  })

  it('is alive once all it asked for was answered, and not before', () => {
    live.watch('a', () => {})
    live.watch('b', () => {})
    connect()
    expect(alive()).toBe(false)
    stage.line.say(snapshot('a'))
    expect(alive()).toBe(false)
    stage.line.say(snapshot('b'))
    expect(alive()).toBe(true)
  })

  it('resumes where it stood after the connection was cut', () => {
    const { cursor } = live.watch('a', () => {})
    connect()
    stage.line.say(snapshot())
    stage.line.say(delta(5, 8))
    stage.line.onclose?.({ code: 1006 })
    stage.pass(1000)
    expect(stage.lines.length).toBe(2)
    connect()
    expect(stage.line.sent).toEqual([{ op: 'subscribe', cockpit: 'a', epoch: 'e', seq: 8 }])
    stage.line.say(beat())
    expect(alive()).toBe(false)
    stage.line.say({ ...delta(8, 8), tiles: [] })
    expect(alive()).toBe(true)
    expect(cursor.board.tiles.get('x')?.value).toBe(8)
  })

  it('asks anew once after a gap, and is not alive until the answer', () => {
    const { cursor } = live.watch('a', () => {})
    connect()
    stage.line.say(snapshot())
    stage.line.say(delta(7, 8))
    stage.line.say(delta(8, 9))
    expect(stage.line.sent.slice(1)).toEqual([{ op: 'subscribe', cockpit: 'a', epoch: 'e', seq: 5 }])
    expect(alive()).toBe(false)
    stage.line.say(delta(5, 9))
    expect([alive(), cursor.board.tiles.get('x')?.value]).toEqual([true, 9])
  })

  it('takes several messages of one frame, and tells each looker once', () => {
    let told = 0
    live.watch('a', () => told++)
    connect()
    stage.line.say(snapshot('a', 5))
    stage.line.say(delta(5, 6), delta(6, 7), beat())
    expect(told).toBe(2)
  })

  it('is not alive while the engine of the server stands still', () => {
    connect()
    stage.line.say(beat(4501))
    expect(signs.at(-1)).toEqual({ alive: false, late: true, jumped: false })
    stage.line.say(beat(4500))
    expect(alive()).toBe(true)
  })

  it('keeps server time by its own monotonic clock', () => {
    connect()
    stage.pass(700)
    stage.clock += 86_400_000
    expect(live.now()).toBe(9_000_700)
  })

  it('believes nothing when the clock jumped, and asks anew', () => {
    live.watch('a', () => {})
    connect()
    stage.line.say(snapshot())
    stage.clock += 60_000
    stage.line.say(beat())
    expect(signs.at(-1)).toEqual({ alive: false, late: false, jumped: true })
    stage.line.say({ ...delta(5, 5), tiles: [] })
    expect(alive()).toBe(true)
  })

  it('gives up a connection that says nothing, and opens another', () => {
    connect()
    stage.pass(11_999)
    expect(stage.lines.length).toBe(1)
    stage.pass(2)
    expect([stage.lines[0]?.closed, stage.lines.length]).toEqual([true, 2])
  })

  it('waits longer after each failure, never more than eight seconds, and soon again after success', () => {
    live.start()
    const waits: number[] = []
    for (let i = 0; i < 10; i++) {
      const before = stage.tick
      stage.line.onclose?.({ code: 1006 })
      const n = stage.lines.length
      while (stage.lines.length === n) stage.pass(10)
      waits.push(stage.tick - before)
    }
    expect(waits.every((w, i) => i === 0 || w >= (waits[i - 1] ?? 0))).toBe(true)
    expect([waits[0], waits.at(-1)]).toEqual([300, 8000])
    connect()
    stage.line.say(beat())
    stage.line.onclose?.({ code: 1001 })
    const n = stage.lines.length
    stage.pass(310)
    expect(stage.lines.length).toBe(n + 1)
  })

  it('stays away as long as a busy server asks for', () => {
    connect()
    stage.line.say({ op: 'error', code: 'busy', detail: '', retry_ms: 5000 })
    stage.line.onclose?.({ code: 4429 })
    stage.pass(4900)
    expect(stage.lines.length).toBe(1)
    stage.pass(1500)
    expect(stage.lines.length).toBe(2)
  })

  it('knows a refused cockpit, and lives on with the others', () => {
    const { cursor } = live.watch('nowhere', () => {})
    live.watch('a', () => {})
    connect()
    stage.line.say(snapshot())
    stage.line.say({ op: 'error', code: 'unknown_cockpit', detail: '', cockpit: 'nowhere' })
    stage.line.say(beat())
    expect([cursor.refused, alive()]).toEqual(['unknown_cockpit', true])
  })

  it('takes a changed definition as it comes', () => {
    const { cursor } = live.watch('a', () => {})
    connect()
    stage.line.say(snapshot())
    stage.line.say({ ...snapshot(), epoch: 'f', seq: 1, layout: 'm' })
    expect([cursor.board.epoch, cursor.board.layout, alive()]).toEqual(['f', 'm', true])
  })
})

// What is said is kept, sent once in effect, in its order, and given up by nobody.
import { describe, expect, it } from 'vitest'
import { Refused } from '../api/ask'
import type { Said } from './model'
import { grace, Queue, type Send } from './queue'

function desk(send: Send) {
  const disk = new Map<number, Said>()
  let n = 0
  let clock = 1000
  let timer: (() => void) | null = null
  const heard: string[] = []
  const store = {
    add: (s: Omit<Said, 'n'>) => { disk.set(++n, { ...s, n }); return Promise.resolve({ ...s, n }) },
    change: (s: Said) => { disk.set(s.n, s); return Promise.resolve() },
    remove: (k: number) => { disk.delete(k); return Promise.resolve() },
    all: () => Promise.resolve([...disk.values()]),
  }
  const world = { now: () => clock, later: (run: () => void) => { timer = run; return 1 }, cancel: () => { timer = null } }
  const ears = { changed: () => undefined, answered: (s: Said) => heard.push(`ok ${s.id}`), refused: (s: Said, status: number) => heard.push(`${status} ${s.id}`) }
  const make = () => Object.assign(new Queue(store, send, ears, world), { command: 'c' })
  return { disk, heard, make, pass: (ms: number) => { clock += ms; timer?.() }, now: () => clock }
}
const said = (id: string, hold = 0, kind: Said['kind'] = 'report') => ({ id, command: 'c', kind, path: '/x', body: { id }, at: 1, about: 'h', state: 'left', hold })
const settle = () => new Promise(done => setTimeout(done, 0))

describe('the queue of a phone', () => {
  it('keeps what finds no network, and sends it in its order when there is one, after a reload too', async () => {
    const sent: string[] = []
    let up = false
    const d = desk(s => (up ? Promise.resolve(sent.push(s.id)) : Promise.reject(new Refused(0, {}, 0))))
    const before = d.make()
    for (const id of ['a', 'b', 'c']) await before.add(said(id))
    await settle()
    expect(sent).toEqual([])
    expect(d.disk.size).toBe(3)
    up = true
    const after = d.make()
    await after.load()
    await after.flush()
    expect(sent).toEqual(['a', 'b', 'c'])
    expect(d.disk.size).toBe(0)
  })

  it('holds an answer until it can\'t be taken back any more', async () => {
    const sent: string[] = []
    const d = desk(s => Promise.resolve(sent.push(s.id)))
    const q = d.make()
    await q.add(said('wrong', d.now() + grace))
    expect(await q.undo('wrong')).toBe(true)
    await q.add(said('right', d.now() + grace))
    await settle()
    expect(sent).toEqual([])
    d.pass(grace)
    await settle()
    expect(sent).toEqual(['right'])
    expect(await q.undo('right')).toBe(false)
  })

  it('holds each door by itself, and lets all go when the page is put away', async () => {
    const sent: string[] = []
    const d = desk(s => Promise.resolve(sent.push(s.id)))
    const q = d.make()
    for (const door of ['603', '501', '402']) await q.add({ ...said(door, d.now() + grace), about: door })
    await settle()
    expect(sent).toEqual([])
    expect(await q.undo('603')).toBe(true)
    expect(q.list.map(s => s.id)).toEqual(['501', '402'])
    q.release()
    await settle()
    expect(sent).toEqual(['501', '402'])
    expect(await q.undo('501')).toBe(false)
  })

  it('sends what was held of a door before what is said of it next, and all of it before a signature', async () => {
    const sent: string[] = []
    const d = desk(s => Promise.resolve(sent.push(s.id)))
    const q = d.make()
    await q.add({ ...said('left', d.now() + grace), about: '603' })
    await q.add({ ...said('other', d.now() + grace), about: '501' })
    await q.add({ ...said('knocked'), about: '603' })
    await settle()
    expect(sent).toEqual(['left', 'knocked'])
    await q.add({ ...said('signed', 0, 'signature'), about: 'e/1/1' })
    await settle()
    expect(sent).toEqual(['left', 'knocked', 'other', 'signed'])
  })

  it('keeps and names what the server won\'t have, and goes on with the rest; a signature too early is only told', async () => {
    const d = desk(s => (s.id === 'ok' ? Promise.resolve(null) : Promise.reject(new Refused(s.id === 'gone' ? 404 : 409, {}, 0))))
    const q = d.make()
    await q.add(said('gone'))
    await q.add(said('early', 0, 'signature'))
    await q.add(said('ok'))
    await settle()
    expect(d.heard).toEqual(['404 gone', '409 early', 'ok ok'])
    expect(q.list.map(s => [s.id, s.refused])).toEqual([['gone', 404]])
  })

  it('leaves alone what was said in another command', async () => {
    const d = desk(() => Promise.resolve(null))
    const q = d.make()
    await q.add({ ...said('old'), command: 'b' })
    await q.add(said('new'))
    await settle()
    expect(d.heard).toEqual(['ok new'])
    expect(q.list.map(s => s.id)).toEqual(['old'])
  })

  it('stops at the end of the link with everything still on the phone', async () => {
    const d = desk(() => Promise.reject(new Refused(401, {}, 0)))
    const q = d.make()
    await q.add(said('late'))
    await settle()
    expect(q.list.map(s => [s.id, s.refused])).toEqual([['late', 0]])
    expect(d.disk.size).toBe(1)
  })
})

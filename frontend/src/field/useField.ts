// A task as this phone has it: what was heard last, what was said since, and whether anybody can be reached.
import { computed, onScopeDispose, shallowRef } from 'vue'
import { ask, at as path, Refused } from '../api/ask'
import { network } from '../live/network'
import { Live } from '../live/socket'
import { alertHands } from './hands'
import { doorsOf, isOut, type Command, type Door, type Heard, type House, type Kind, type Said, type Task } from './model'
import { grace, Queue, short } from './queue'
import type { Store } from './store'

/** How often the server is asked where live says nothing, and where nobody can be reached. */
const slow = 15_000
const lost = 3000

export type Standing = 'loading' | 'none' | 'task' | 'over'

export function useField(store: Store) {
  const heard = shallowRef<Heard | null>(null)
  const said = shallowRef<readonly Said[]>([])
  const standing = shallowRef<Standing>('loading')
  /** since when nobody answers; 0: somebody does */
  const away = shallowRef(0)
  const notice = shallowRef<{ kind: 'sign' | 'added' | 'back'; about: string } | null>(null)
  const signed = shallowRef<readonly string[]>([])
  const doors = computed<Door[]>(() => (heard.value ? doorsOf(heard.value, said.value) : []))

  const world = { now: () => Date.now(), later: (run: () => void, ms: number) => setTimeout(run, ms), cancel: (h: unknown) => { clearTimeout(h as number) } }
  const queue = new Queue(store, s => ask('POST', s.path, s.body ?? undefined), {
    changed: () => { said.value = queue.list },
    answered: (s, answer) => { reached(); void took(s, answer as Partial<House> | null) },
    refused: (s, status) => {
      if (status === 0) unreached()
      if (status === 401) void end()
      if (s.kind === 'signature' && status === 409) notice.value = { kind: 'sign', about: s.about }
    },
  }, world)

  function reached(): void { away.value = 0 }
  function unreached(): void { away.value ||= Date.now() }

  /** Takes what the server made of a report at once; the rest comes with the next question. */
  async function took(s: Said, answer: Partial<House> | null): Promise<void> {
    const is = heard.value
    if (s.kind === 'signature') {
      signed.value = [...new Set([...signed.value, s.about])]
      await store.note(`signed ${s.command}`, signed.value)
    }
    if (s.kind === 'photo' && is) await hear({ ...is, houses: is.houses.map(h => (h.id === s.about ? { ...h, photos: [...new Set([...(h.photos ?? []), s.id])] } : h)) })
    if (s.kind !== 'report' || !is || !answer?.state) return
    await hear({ ...is, houses: is.houses.map(h => (h.id === s.about ? { ...h, state: answer.state ?? h.state, at: s.at, contested: answer.contested === true || h.contested } : h)) })
  }

  async function hear(is: Heard | null): Promise<void> {
    heard.value = is
    await store.hear(is)
  }

  /** The link is over: what was said stays, what is personal goes. */
  async function end(): Promise<void> {
    if (standing.value === 'over') return
    standing.value = heard.value || queue.list.length > 0 ? 'over' : 'none'
    live.stop()
    await hear(null)
  }

  let asked = 0
  async function refresh(): Promise<void> {
    const turn = ++asked
    try {
      const session = await ask<{ command: string; responder: string }>('GET', '/session')
      const id = session.command
      if (id === '') { standing.value = heard.value ? 'over' : 'none'; return }
      queue.command = id
      // The command first: once it is stood down, what is asked after it holds nobody's name or number.
      const command = await ask<Command>('GET', path('commands', id))
      const [tasks, houses] = await Promise.all([ask<Task[]>('GET', `${path('commands', id)}/tasks`), ask<House[]>('GET', `${path('commands', id)}/households`)])
      reached()
      if (turn !== asked) return
      const task = tasks.find(t => t.responder === session.responder)
      if (!task) { standing.value = 'none'; return }
      const before = heard.value
      await hear({ command, task, houses, at: Date.now() })
      signed.value = await store.noted(`signed ${id}`)
      standing.value = 'task'
      if (before?.task.id === task.id) news(before, task)
      follow(id, task.id)
      void queue.flush()
    } catch (e) {
      if (!(e instanceof Refused)) throw e
      if (e.status === 401 || e.status === 403) await end()
      else unreached()
    }
  }

  function news(before: Heard, task: Task): void {
    const more = task.households.filter(h => !before.task.households.includes(h)).length
    const words = (task.told?.length ?? 0) > (before.task.told?.length ?? 0)
    if (more > 0) notice.value = { kind: 'added', about: String(more) }
    if (more > 0 || words) alertHands()
  }

  const live = new Live(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`, network)
  let watching = ''
  let leave = () => {}
  let soon = 0
  function follow(command: string, task: string): void {
    const board = `task-${command}-${task}`
    if (watching === board) return
    leave()
    watching = board
    leave = live.watch(board, () => {
      clearTimeout(soon)
      soon = setTimeout(() => void refresh(), 100) as unknown as number
    }).leave
    live.start()
  }
  const unlisten = live.onFrame(({ alive }) => {
    if (!alive || away.value === 0) return
    void refresh()
  })

  async function say(kind: Kind, where: string, about: string, state: string, body: Record<string, unknown> | null, hold = 0): Promise<Said | null> {
    const command = heard.value?.command.id
    if (!command) return null
    const [now, id] = [Date.now(), crypto.randomUUID()]
    return queue.add({ id, command, kind, path: `${path('commands', command)}${where}`, body: body && { id, at: now, ...body }, at: now, about, state, hold: hold === 0 ? 0 : now + hold })
  }
  const report = (door: Door, state: string) => say('report', `/households${path(door.id)}/reports`, door.id, state, { state }, state === 'knocked' ? 0 : state === 'need_help' ? short : grace)
  const photograph = (door: Door, data: string) => say('photo', `/households${path(door.id)}/photos`, door.id, '', { data })
  const acknowledge = async (answer: 'yes' | 'cannot') => {
    const is = heard.value
    if (!is) return
    await say('acknowledgement', `/tasks${path(is.task.id)}/acknowledgement`, is.task.id, answer, { answer })
    await hear({ ...is, task: { ...is.task, answer, answer_by: null } })
  }
  const sign = (key: string) => { notice.value = null; return say('signature', `/units${path(...key.split('/'))}/signature`, key, '', null) }

  const tick = setInterval(() => {
    if (standing.value !== 'over' && away.value !== 0) void refresh()
  }, lost)
  const poll = setInterval(() => {
    if (standing.value === 'task' && live.wire !== 'open') void refresh()
  }, slow)
  const gone = () => { unreached() }
  const back = () => { live.nudge(); void refresh() }
  const hidden = () => {
    if (document.visibilityState === 'hidden') queue.release(navigator.onLine)
    else back()
  }
  addEventListener('offline', gone)
  addEventListener('online', back)
  addEventListener('pagehide', hidden)
  document.addEventListener('visibilitychange', hidden)
  onScopeDispose(() => {
    clearInterval(tick)
    clearInterval(poll)
    unlisten()
    leave()
    live.stop()
    removeEventListener('offline', gone)
    removeEventListener('online', back)
    removeEventListener('pagehide', hidden)
    document.removeEventListener('visibilitychange', hidden)
  })

  async function start(): Promise<void> {
    const kept = await store.heard()
    if (kept) {
      heard.value = kept
      queue.command = kept.command.id
      signed.value = await store.noted(`signed ${kept.command.id}`)
      standing.value = 'task'
    }
    await queue.load()
    if (!navigator.onLine) unreached()
    await refresh()
    if (standing.value === 'loading') standing.value = 'none'
  }
  void start()
  return { heard, said, doors, standing, away, notice, signed, refresh, report, photograph, acknowledge, sign, undo: (id: string) => queue.undo(id), isOut }
}
export type Field = ReturnType<typeof useField>

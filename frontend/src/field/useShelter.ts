// Who is expected at a shelter, and who has come; what is said here is kept and sent as at the doors.
import { computed, onScopeDispose, shallowRef, type Ref } from 'vue'
import { ask, at as path, Refused } from '../api/ask'
import type { Command, Expected, Said } from './model'
import { Queue } from './queue'
import type { Store } from './store'

export interface Room { readonly id: string; readonly name: string; readonly room: number }
export type Came = 'checked_in' | 'self_settled' | 'missing'

export function useShelter(store: Store, shelter: Ref<string>) {
  const command = shallowRef<Command | null>(null)
  const houses = shallowRef<readonly Expected[]>([])
  const rooms = shallowRef<readonly Room[]>([])
  const room = computed(() => rooms.value.find(r => r.id === shelter.value) ?? null)
  /** by a task's link: there is a task to go back to */
  const linked = shallowRef(false)
  const stand = shallowRef<'loading' | 'ready' | 'none' | 'stranger'>('loading')
  const said = shallowRef<readonly Said[]>([])
  const away = shallowRef(0)
  const wrong = shallowRef(false)
  const queue = new Queue(store, s => ask('POST', s.path, s.body ?? undefined), {
    changed: () => { said.value = queue.list.filter(s => s.kind === 'check_in') },
    answered: () => { away.value = 0; void load() },
    refused: (_, status) => {
      if (status === 0) away.value ||= Date.now()
      else wrong.value = true
    },
  }, { now: () => Date.now(), later: (run, ms) => setTimeout(run, ms), cancel: h => { clearTimeout(h as number) } })

  async function load(): Promise<void> {
    try {
      const { command: own } = await ask<{ command: string }>('GET', '/session')
      linked.value = own !== ''
      const is = own === '' ? (await ask<Command[]>('GET', '/commands')).find(c => c.state !== 'closed' && c.state !== 'waiting') : await ask<Command>('GET', path('commands', own))
      away.value = 0
      if (!is) { stand.value = 'none'; return }
      queue.command = is.id
      command.value = is
      const seen = await ask<{ shelters: Room[]; households: Expected[] }>('GET', `${path('commands', is.id)}/check-ins`)
      houses.value = seen.households
      rooms.value = seen.shelters
      stand.value = 'ready'
      void queue.flush()
    } catch (e) {
      if (!(e instanceof Refused)) throw e
      if (e.status === 401 || e.status === 403) stand.value = 'stranger'
      else away.value ||= Date.now()
    }
  }

  async function checkIn(household: string, state: Came, persons: number): Promise<void> {
    const is = command.value
    if (!is) return
    wrong.value = false
    const [id, now] = [crypto.randomUUID(), Date.now()]
    await queue.add({
      id, command: is.id, kind: 'check_in', path: `${path('commands', is.id)}/check-ins`, at: now, about: household, state, hold: 0,
      body: { id, at: now, household, shelter: state === 'checked_in' ? room.value?.id ?? null : null, state, persons },
    })
  }

  const came = computed(() => houses.value.reduce((n, h) => n + (h.persons.checked_in ?? 0), 0))
  const all = computed(() => houses.value.reduce((n, h) => n + h.residents, 0))
  const poll = setInterval(() => void load(), 5000)
  onScopeDispose(() => { clearInterval(poll) })
  void queue.load().then(load)
  return { command, houses, rooms, room, linked, stand, said, away, wrong, came, all, checkIn }
}

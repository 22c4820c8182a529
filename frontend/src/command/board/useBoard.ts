// One command live: its five tiles as one board, the floors of its units, and its last state when it is closed.
import { computed, onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'
import { ask, at, Refused } from '../../api/ask'
import { persist } from '../../cockpit/district'
import type { Station } from '../../cockpit/station'
import { useBoards, type Watched } from '../../cockpit/useBoards'
import { Unanswered } from '../../api/problem'
import { boardOf, type Board, type CommandView, type UnitDoors, type UnitMark } from './model'

export type BoardStanding = 'loading' | 'live' | 'closed' | 'unknown' | 'forbidden'

/** Refusals that will not go away make `persist` stop. */
export function patient<T>(path: string): () => Promise<T> {
  return () => ask<T>('GET', path).catch((e: unknown) => { throw e instanceof Refused ? new Unanswered(e.status, path) : e })
}

type Answered = UnitDoors & Omit<UnitMark, 'id' | 'signed'> & { readonly signed_by: string | null }

export function useBoard({ live }: Station, id: Ref<string>) {
  const boards = useBoards(live)
  const watched = shallowRef<Watched | null>(null)
  const doors = shallowRef<ReadonlyMap<string, UnitDoors>>(new Map())
  const last = shallowRef<Board | null>(null)
  const nowhere = shallowRef<BoardStanding | null>(null)
  let round = 0

  watch(id, (now, before) => {
    round++
    if (before) boards.leave(`command-${before}`)
    doors.value = new Map()
    last.value = nowhere.value = null
    watched.value = boards.watch(`command-${now}`)
  }, { immediate: true })
  onBeforeUnmount(() => { round++ })

  const heard = computed(() => {
    const w = watched.value
    return w ? boardOf(t => w.tile(t)) : null
  })
  const refused = computed(() => (void watched.value?.seen.value, watched.value?.cursor.refused ?? null))

  /** Floors, and rooms for who may follow; asked again when units come or go. */
  async function learn(): Promise<readonly Answered[] | null> {
    const mine = round
    const list = await persist(patient<Answered[]>(`/commands${at(id.value)}/units`), () => mine === round)
    if (mine !== round || !list) return null
    doors.value = new Map(list.map(u => [u.unit, u]))
    return list
  }
  watch(() => heard.value?.units.length ?? 0, n => { if (n > 0) void learn() }, { immediate: true })

  /** A closed command has no live board: how it ended is asked once. */
  async function end(): Promise<void> {
    const mine = round
    const [command, units] = await Promise.all([persist(patient<CommandView>(`/commands${at(id.value)}`), () => mine === round), learn()])
    if (mine !== round) return
    if (!command) { nowhere.value = 'unknown'; return }
    last.value = { command, units: (units ?? []).map(u => ({ ...u, id: u.unit, signed: u.signed_by !== null })), tasks: [], pace: [], timeline: [] }
  }
  watch(refused, why => { if (why === 'unknown_cockpit') void end() }, { immediate: true })

  const board = computed<Board | null>(() => (refused.value === 'unknown_cockpit' ? last.value ?? heard.value : heard.value))
  const standing = computed<BoardStanding>(() => {
    if (refused.value === 'forbidden') return 'forbidden'
    if (nowhere.value) return nowhere.value
    if (!board.value) return 'loading'
    return refused.value === 'unknown_cockpit' ? 'closed' : 'live'
  })
  return { board, doors, watched, standing, learn }
}

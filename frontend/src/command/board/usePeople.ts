// Who is signed in and what he may do about this command; names of responders for who may know them.
import { computed, shallowRef, watch, type Ref } from 'vue'
import { ask, Refused, type Session } from '../../api/ask'
import type { District } from '../../cockpit/district'
import { signedInName } from '../../cockpit/signedIn'
import type { PlanView } from './plan'
import { readPlan } from './plan'
import type { CommandView } from './model'

export interface Person { readonly id: string; readonly name: string; readonly on_duty: boolean; readonly roles: readonly string[]; readonly areas: readonly string[] }

export function usePeople(command: Ref<Pick<CommandView, 'area' | 'plan'> | null>, district: District) {
  const me = shallowRef<Session | null>(null)
  const people = shallowRef<ReadonlyMap<string, Person>>(new Map())
  const plan = shallowRef<PlanView | null>(null)
  const quiet = (e: unknown) => { if (!(e instanceof Refused)) throw e; return null }

  if (signedInName() !== '') void ask<Session>('GET', '/session').catch(quiet).then(s => { me.value = s })

  const holds = (role: string) => {
    const area = command.value?.area
    if (!area || !me.value) return false
    const over = new Set([...district.path(area).map(a => a.id), area])
    return me.value.roles.some(r => r.role === role && over.has(r.area))
  }
  const leads = computed(() => holds('commander'))
  const follows = computed(() => leads.value || holds('street_leader') || holds('auditor'))
  watch(leads, yes => {
    if (yes) void ask<Person[]>('GET', '/responders').catch(quiet).then(list => { people.value = new Map((list ?? []).map(p => [p.id, p])) })
  }, { immediate: true })
  watch(() => command.value?.plan, id => {
    if (id) void readPlan(id).then(p => { plan.value = p })
  }, { immediate: true })

  /** A responder as this person may see him. */
  const nameOf = (responder: string) => people.value.get(responder)?.name ?? responder
  return { me, leads, follows, people, plan, nameOf }
}

export type People = ReturnType<typeof usePeople>

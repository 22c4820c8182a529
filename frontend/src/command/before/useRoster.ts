// What a page before a press stands on: the plan, who asks, who lives where, which drills run.
import { computed, onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'
import type { District } from '../../cockpit/district'
import type { CommandBrief, Home, Plan, Responder } from './model'
import { Denied, part, talk } from './talk'

export interface Me { readonly name: string; readonly roles: readonly { readonly role: string; readonly area: string }[]; readonly code_due: boolean }

const again = 3000

/** Asks until there is an answer; null when it is refused for good. */
export function useAsked<T>(path: () => string | null, every = 0) {
  const value = shallowRef<T | null>(null)
  const standing = shallowRef<'asking' | 'ready' | 'refused' | 'lost'>('asking')
  const status = shallowRef(0)
  let round = 0
  let timer: ReturnType<typeof setTimeout> | null = null

  async function run(mine: number): Promise<void> {
    const where = path()
    if (where === null) return
    let wait = every
    try {
      const { body } = await talk<T>('GET', where, undefined, {}, 15_000)
      if (mine !== round) return
      value.value = body
      standing.value = 'ready'
    } catch (e) {
      if (mine !== round || !(e instanceof Denied)) return
      status.value = e.status
      const gone = e.status === 401 || e.status === 403 || e.status === 404
      standing.value = gone ? 'refused' : 'lost'
      if (gone) value.value = null
      wait = gone ? every : again
    }
    if (wait > 0) timer = setTimeout(() => void run(mine), wait)
  }
  const renew = () => {
    if (timer) clearTimeout(timer)
    void run(++round)
  }
  watch(path, renew, { immediate: true })
  onBeforeUnmount(() => {
    round++
    if (timer) clearTimeout(timer)
  })
  return { value, standing, status, renew }
}

/** Who uses this page, and whether he commands somewhere. */
export function useMe() {
  const { value: me, standing, renew } = useAsked<Me>(() => '/session')
  const commands = computed(() => me.value?.roles.some(r => r.role === 'commander') ?? false)
  const known = computed(() => standing.value !== 'asking')
  /** a role of his waits for his one-time code */
  const due = computed(() => me.value?.code_due ?? false)
  return { me, commands, known, due, renew }
}

export function useRoster(plan: Ref<string>, district: District) {
  const { me, commands, known, due, renew } = useMe()
  const planned = useAsked<Plan>(() => `/plans/${part(plan.value)}`)
  const homes = useAsked<Home[]>(() => (commands.value ? '/households' : null))
  const people = useAsked<Responder[]>(() => (commands.value ? '/responders' : null))
  const commandsNow = useAsked<CommandBrief[]>(() => '/commands', 10_000)
  const drills = computed(() => (commandsNow.value.value ?? []).filter(c => c.exercise && (c.state === 'running' || c.state === 'paused')).length)

  /** How many homes the largest drill had. */
  const drilled = computed(() => Math.max(0, ...(commandsNow.value.value ?? []).filter(c => c.exercise && c.milestones.T0).map(c => c.total)))

  /** Areas from the top to this one. */
  const up = (area: string): string[] => district.path(area).map(a => a.id)
  /** The ground that is drawn: the street in which most of the plan's zones, or of the households lie. */
  const top = computed(() => {
    const [zone] = planned.value.value?.zones ?? []
    const area = zone?.areas?.[0] ?? homes.value.value?.[0]?.area ?? district.cockpits.value.find(c => c.kind === 'district')?.area ?? ''
    const path = up(area)
    return path[1] ?? path[0] ?? ''
  })
  return { me, commands, known, due, renew, planned, homes: homes.value, people: people.value, drills, drilled, up, top }
}

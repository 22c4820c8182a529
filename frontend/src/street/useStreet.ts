// One street on this page: its cockpit live, and the alarms that other cockpits have under it.
import { computed, onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'
import { api } from '../api/client'
import type { Cockpit, TileDefinition } from '../api/definitions'
import type { Station } from '../cockpit/station'
import { useBoards } from '../cockpit/useBoards'
import { useCockpit } from '../cockpit/useCockpit'
import type { Tile } from '../live/tile'
import { gather, type Source, type Wrong } from './wrong'

const every = 15_000
/** A sign that something changed is followed soon, but a restless tree not all the time. */
const soon = 300
const pause = 5000
type Defined = TileDefinition & { state?: Tile | null }

export function useStreet(station: Station, id: Ref<string>) {
  const { district, live } = station
  const { definition, watched, standing, tileOf } = useCockpit(station, id)
  const tree = useBoards(live).watch('*')
  const under = (area: string) => district.path(area).some(a => a.id === definition.value?.area)

  // Cockpits about a place that this street lies in: asked when their number of alarms changes, and now and then.
  const around = computed(() => {
    const above = new Set(district.path(definition.value?.area ?? '').map(a => a.id))
    return district.cockpits.value.filter(c => c.id !== id.value && above.has(c.area))
  })
  const signs = computed(() => around.value.map(c => `${c.id} ${tree.tile(c.id)?.value ?? ''} ${tree.tile(c.id)?.status ?? ''}`).join())
  const others = shallowRef<readonly Source[]>([])
  let round = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  let due = Infinity
  let asked = -Infinity

  async function look(): Promise<void> {
    const mine = round
    asked = performance.now()
    const found = await Promise.all(around.value.map(c => api.cockpit(c.id).catch(() => null)))
    if (mine !== round) return
    others.value = found.flatMap(alertsOf)
    plan(performance.now() + every)
  }
  /** Looks at this time, unless that is planned for an earlier one. */
  function plan(at: number): void {
    if (timer && due <= at) return
    if (timer) clearTimeout(timer)
    due = at
    timer = setTimeout(() => {
      timer = null
      void look()
    }, Math.max(0, at - performance.now()))
  }
  watch(id, () => {
    round++
    others.value = []
  })
  watch(signs, () => plan(Math.max(performance.now() + soon, asked + pause)), { immediate: true })
  onBeforeUnmount(() => {
    round++
    if (timer) clearTimeout(timer)
  })

  const own = computed<Source[]>(() => (definition.value?.tiles ?? []).flatMap(d => {
    const tile = tileOf(d.id)
    return tile ? [{ cockpit: id.value, definition: d, tile }] : []
  }))
  const wrong = computed<Wrong[]>(() => gather([...own.value, ...others.value], id.value, under))
  /** Single figures of the street that are not wrong. */
  const rest = computed(() => own.value.filter(s => s.definition.indicator && (s.definition.kind === 'stat' || s.definition.kind === 'progress' || s.definition.kind === 'trend') && !wrong.value.some(w => w.key === `${s.definition.indicator}@${s.definition.area}`)))
  return { definition, watched, standing, tileOf, wrong, rest }
}

function alertsOf(c: Cockpit | null): Source[] {
  return (c?.tiles ?? []).flatMap((d: Defined) => (c && d.kind === 'alerts' && d.state ? [{ cockpit: c.id, definition: d, tile: d.state }] : []))
}

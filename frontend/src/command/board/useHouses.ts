// The households of one unit: masked until somebody says what for, and masked again by themselves.
import { computed, onBeforeUnmount, shallowRef, watch } from 'vue'
import { ask, at, Refused } from '../../api/ask'
import type { BoardWords } from '../../words/board'
import { readLedger, type LedgerLine } from '../report/ledger'
import { whyNot } from './acts'
import { placeOf, type HouseState } from './model'

export interface House {
  readonly id: string
  readonly estate: string
  readonly building: string
  readonly unit: string
  readonly floor: string
  readonly room: string
  readonly residents: number
  readonly needs: readonly string[]
  readonly contact_name: string
  readonly contact_phone: string
  readonly state: string
  readonly at: number | null
  readonly received_at: number | null
  readonly by: string | null
  readonly contested: boolean
  readonly task: string | null
  readonly helper: string | null
  readonly photos: readonly string[]
}
/** What somebody said of a household. */
export interface Said { readonly n: number; readonly state: string; readonly by: string; readonly at: number; readonly received_at: number; readonly counts: boolean }

/** How long names stay open. */
const openFor = 60

export function useHouses(command: () => string, unit: () => string, cells: () => string, words: () => BoardWords, refused: () => void) {
  const list = shallowRef<readonly House[]>([])
  const tasks = shallowRef<ReadonlyMap<string, string>>(new Map())
  const lines = shallowRef<readonly LedgerLine[]>([])
  const trouble = shallowRef('')
  const busy = shallowRef(false)
  const left = shallowRef(0)
  /** what names are open for */
  const purpose = shallowRef('')
  let clock: ReturnType<typeof setInterval> | undefined
  let here = true
  const path = () => `/commands${at(command())}`

  async function load(purpose = ''): Promise<void> {
    const all = await ask<House[]>('GET', `${path()}/households${purpose ? `?purpose=${encodeURIComponent(purpose)}` : ''}`)
    const of = placeOf(unit())
    // Names that came while the panel was being shut are dropped here.
    if (here) list.value = all.filter(h => h.estate === of.estate && h.building === of.building && h.unit === of.unit)
    if (here && list.value.some(h => h.contested)) lines.value = await readLedger(command())
  }
  async function tried(deed: () => Promise<void>): Promise<void> {
    busy.value = true
    trouble.value = ''
    try {
      await deed()
    } catch (e) {
      const why = whyNot(e, words())
      trouble.value = why.text
      if (why.record) refused()
    } finally {
      busy.value = false
    }
  }
  function mask(): void {
    clearInterval(clock)
    left.value = 0
    purpose.value = ''
    list.value = list.value.map(h => ({ ...h, contact_name: '***', contact_phone: '***', needs: [] }))
    void tried(() => load())
  }
  const unmask = (what: string) => tried(async () => {
    await load(what)
    purpose.value = what
    left.value = openFor
    clearInterval(clock)
    clock = setInterval(() => { if (--left.value <= 0) mask() }, 1000)
  })
  const decide = (household: string, state: HouseState) => tried(async () => {
    await ask('POST', `${path()}/households${at(household)}/reports`, { id: `board-${crypto.getRandomValues(new Uint32Array(3)).join('-')}`, state })
    await load()
    left.value = 0
    purpose.value = ''
  })
  const sign = () => tried(async () => { await ask('POST', `${path()}/units${at(...unit().split('/'))}/signature`) })

  void tried(() => load())
  void ask<{ id: string; responder: string }[]>('GET', `${path()}/tasks`).then(t => { tasks.value = new Map(t.map(x => [x.id, x.responder])) }).catch((e: unknown) => { if (!(e instanceof Refused)) throw e })
  // What is reported meanwhile shows at once, unless names are open: those would be asked for again.
  watch(cells, () => { if (left.value === 0 && !busy.value) void tried(() => load()) })
  onBeforeUnmount(() => {
    here = false
    clearInterval(clock)
    list.value = []
  })
  const reports = computed(() => {
    const by = new Map<string, Said[]>()
    for (const l of lines.value) {
      if (l.kind !== 'reported' || !l.household) continue
      // Only the newest that counts is the one that stands.
      const before = (by.get(l.household) ?? []).map(r => (l.counts ? { ...r, counts: false } : r))
      by.set(l.household, [...before, { n: l.n, state: l.state ?? '', by: l.by, at: l.at, received_at: l.received_at, counts: l.counts ?? false }])
    }
    return by
  })
  /** Where a household's pictures are; nowhere unless names are open. */
  const shots = (h: House) => (purpose.value === '' ? [] : h.photos.map(p => `/api/v1${path()}/households${at(h.id)}/photos${at(p)}?purpose=${encodeURIComponent(purpose.value)}`))
  return { list, shots, tasks, reports, left, trouble, busy, mask, unmask, decide, sign }
}

// A command's report, and what its replay needs beside the ledger.
import { onBeforeUnmount, shallowRef, watch, type Ref } from 'vue'
import { ask, at, Refused } from '../../api/ask'
import type { CommandView, UnitDoors } from '../board/model'
import { readPlan, type PlanView } from '../board/plan'
import { Replay } from './fold'
import { readLedger } from './ledger'
import type { Report } from './model'
import { sayer } from './say'

export function useReport(id: Ref<string>) {
  const report = shallowRef<Report | null>(null)
  const refused = shallowRef<Refused | null>(null)
  const plan = shallowRef<PlanView | null>(null)
  const replay = shallowRef<Replay | null>(null)
  const doors = shallowRef<ReadonlyMap<string, UnitDoors>>(new Map())
  const noReplay = shallowRef(false)
  let round = 0

  async function load(): Promise<void> {
    const mine = ++round
    try {
      const found = await ask<Report>('GET', `/commands${at(id.value)}/report`)
      if (mine !== round) return
      report.value = found
      refused.value = null
      plan.value = await readPlan(found.plan)
      if (mine === round) await rewind(mine)
    } catch (e) {
      if (!(e instanceof Refused)) throw e
      if (mine === round && !report.value) refused.value = e
    }
  }

  /** Everything that the ledger names by id alone. */
  async function rewind(mine: number): Promise<void> {
    const path = `/commands${at(id.value)}`
    try {
      const [lines, units, homes, messages, command] = await Promise.all([
        readLedger(id.value),
        ask<(UnitDoors & { homes?: string[] })[]>('GET', `${path}/units`),
        ask<{ id: string; residents: number }[]>('GET', `${path}/households`),
        ask<{ id: string; to: string }[]>('GET', `${path}/messages`),
        ask<CommandView>('GET', path),
      ])
      if (mine !== round) return
      const unitOf = new Map(units.flatMap(u => (u.homes ?? []).map(h => [h, u.unit] as const)))
      doors.value = new Map(units.map(u => [u.unit, u]))
      replay.value = new Replay(lines, {
        command, units: units.map(u => ({ unit: u.unit, homes: u.homes ?? [] })), last: lines.at(-1)?.n ?? 0,
        budget: report.value?.budget_ms ?? null, doorless: new Set((plan.value?.roles ?? []).filter(r => r.per === 'zone' || r.per === 'command').map(r => r.id)),
        residents: new Map(homes.map(h => [h.id, h.residents])), to: new Map(messages.map(m => [m.id, m.to])), say: sayer(h => unitOf.get(h) ?? ''),
      })
      noReplay.value = false
    } catch (e) {
      if (!(e instanceof Refused)) throw e
      if (mine === round) noReplay.value = true
    }
  }
  watch(id, () => {
    report.value = replay.value = null
    void load()
  }, { immediate: true })
  onBeforeUnmount(() => { round++ })
  return { report, refused, plan, replay, doors, noReplay, load }
}

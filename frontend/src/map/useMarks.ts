// Which points of the shown layers are not normal: boards know the states of their points, so the cockpits whose
// boards show one of these lists are watched while its layer is on.
import { computed, watch, type Ref } from 'vue'
import type { Cockpit } from '../api/definitions'
import type { Station } from '../cockpit/station'
import { useBoards, type Watched } from '../cockpit/useBoards'
import { statusOf } from '../tiles/status'
import type { TileContext } from '../tiles/context'
import type { Mark, PointStatus } from './cells'

interface Board { readonly cockpit: string; readonly tile: string; readonly list: string }

const most = 16 // cockpits that are watched at once

export function useMarks({ live }: Station, definitions: Ref<ReadonlyMap<string, Cockpit>>, shown: Ref<readonly string[]>, ctx: Ref<TileContext>): Ref<readonly Mark[]> {
  const boards = useBoards(live)
  const wanted = computed<Board[]>(() => [...definitions.value.values()].flatMap(c => c.tiles.flatMap(t => (t.kind === 'board' && t.list && shown.value.includes(t.list) ? [{ cockpit: c.id, tile: t.id, list: t.list }] : []))))
  const watched = new Map<string, Watched>()
  watch(wanted, list => {
    const cockpits = new Set([...new Set(list.map(b => b.cockpit))].slice(0, most))
    for (const id of watched.keys()) {
      if (cockpits.has(id)) continue
      boards.leave(id)
      watched.delete(id)
    }
    for (const id of cockpits) if (!watched.has(id)) watched.set(id, boards.watch(id))
  }, { immediate: true, flush: 'sync' })

  return computed(() => {
    const marks = new Map<string, Mark>()
    for (const b of wanted.value) {
      const places = new Map((ctx.value.list(b.list)?.points ?? []).map(p => [p.point, p]))
      for (const item of watched.get(b.cockpit)?.tile(b.tile)?.items ?? []) {
        const p = places.get(item.id)
        const status = pointStatus(statusOf(item))
        if (!p || p.lon === null || p.lat === null || status === 'normal') continue
        const key = `${b.list}/${item.id}`
        marks.set(key, { key, list: b.list, lon: p.lon, lat: p.lat, status })
      }
    }
    return [...marks.values()]
  })
}

function pointStatus(status: string): PointStatus {
  return status === 'alarm' || status === 'warn' || status === 'stale' ? status : 'normal'
}

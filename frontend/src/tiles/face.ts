// What a tile's status shows in its head: a shape, a plate, a word.
import { computed } from 'vue'
import type { Tile } from '../live/tile'
import type { TileContext } from './context'
import { formatClock, formatDuration, say } from './say'
import { isPartial } from './status'
import { useTick } from './tick'

/** The parts of a tile's head that its status decides; `neutral`: its rows carry the status, the head stays calm. */
export function useFace(props: { tile: Tile; ctx: TileContext; neutral?: boolean }) {
  const tick = useTick()
  const words = computed(() => say(props.ctx.lang))
  const status = computed(() => props.tile.status)
  const shape = computed(() => {
    if (status.value === 'stale') return props.tile.level === 'alarm' ? 'stale-alarm' : 'stale'
    return status.value === 'normal' ? null : status.value
  })
  const plate = computed(() => status.value === 'alarm' && !props.neutral)
  const disputed = computed(() => props.tile.disputed !== null && status.value !== 'suppressed')
  const state = computed(() => {
    const w = words.value
    if (props.neutral) return status.value === 'stale' && props.tile.as_of !== null ? w.stoppedAt(formatClock(props.tile.as_of, props.ctx.lang)) : ''
    if (status.value === 'stale' && props.tile.level === 'alarm') return w.alarmStale
    if (status.value === 'alarm' || status.value === 'warn') {
      void tick.value
      const since = props.tile.since
      const long = since === null ? '' : ` ${formatDuration(Math.max(0, props.ctx.now() - since), props.ctx.lang)}`
      return w[status.value] + long
    }
    if (status.value !== 'normal') return w[status.value]
    if (disputed.value) return w.disputed
    return isPartial(props.tile.coverage) ? w.partial : ''
  })
  return { words, status, shape, plate, disputed, state }
}

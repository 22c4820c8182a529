// The one place that knows which component draws which kind of tile.
import { defineAsyncComponent, type Component } from 'vue'
import type { TileKind } from '../api/definitions'
import MapTile from './MapTile.vue'
import RankingTile from './RankingTile.vue'
import StatTile from './StatTile.vue'
import TrendTile from './TrendTile.vue'

/** Component of each tile kind; each takes the props of TileProps and emits `open` with an Open. */
export const kinds: Record<TileKind, Component> = {
  stat: StatTile,
  trend: TrendTile,
  progress: defineAsyncComponent(() => import('./ProgressTile.vue')),
  ranking: RankingTile,
  breakdown: defineAsyncComponent(() => import('./BreakdownTile.vue')),
  table: defineAsyncComponent(() => import('./TableTile.vue')),
  board: defineAsyncComponent(() => import('./BoardTile.vue')),
  map: MapTile,
  alerts: defineAsyncComponent(() => import('./AlertsTile.vue')),
  feed: defineAsyncComponent(() => import('./FeedTile.vue')),
  command: defineAsyncComponent(() => import('./CommandTile.vue')),
  video: defineAsyncComponent(() => import('./VideoTile.vue')),
}

// The one place that knows which component draws which kind of tile.
import type { Component } from 'vue'
import type { TileKind } from '../api/definitions'
import AlertsTile from './AlertsTile.vue'
import BoardTile from './BoardTile.vue'
import BreakdownTile from './BreakdownTile.vue'
import CommandTile from './CommandTile.vue'
import FeedTile from './FeedTile.vue'
import MapTile from './MapTile.vue'
import ProgressTile from './ProgressTile.vue'
import RankingTile from './RankingTile.vue'
import StatTile from './StatTile.vue'
import TableTile from './TableTile.vue'
import TrendTile from './TrendTile.vue'
import VideoTile from './VideoTile.vue'

/** Component of each tile kind; each takes the props of TileProps and emits `open` with an Open. */
export const kinds: Record<TileKind, Component> = {
  stat: StatTile,
  trend: TrendTile,
  progress: ProgressTile,
  ranking: RankingTile,
  breakdown: BreakdownTile,
  table: TableTile,
  board: BoardTile,
  map: MapTile,
  alerts: AlertsTile,
  feed: FeedTile,
  command: CommandTile,
  video: VideoTile,
}

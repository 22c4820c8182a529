// The one place that knows which component draws which kind of tile.
import type { Component } from 'vue'
import type { TileKind } from '../api/definitions'

/** Component of each tile kind; each takes the props of TileProps and emits `open` with an Open. */
export const kinds: Partial<Record<TileKind, Component>> = {}

// Titles that a tile has no room for: what `check` warns of (looks: 3 columns hold 6 Chinese characters or 14 letters).
import type { TileDefinition } from '../api/definitions'

export interface Unfit { id: string; title: string; need: number; room: number; english: boolean }

/** A Chinese character is as wide as it is high, others a little more than half of that. */
const wide = (s: string): number => [...s].reduce((n, c) => n + (c >= '\u2e80' ? 1 : 0.6), 0)
const letters = (w: number): number => (w <= 2 ? 7 * w : w === 3 ? 14 : w === 4 ? 20 : 27 + Math.floor(((w - 5) * 13) / 2))

/** `grown`: how much larger type is set for those who stand far away. */
export function unfit(d: TileDefinition, windowed: boolean, grown = 1): Unfit[] {
  const room = Math.max(2, (3 * (d.w - 1) - (windowed ? 2 : 0)) / grown)
  const out: Unfit[] = []
  if (wide(d.title) > room && (!d.short || wide(d.short) > room)) out.push({ id: d.id, title: d.title, need: wide(d.title), room, english: false })
  const en = letters(d.w) / grown
  if ([...d.title_en].length > en && (!d.short_en || [...d.short_en].length > en)) out.push({ id: d.id, title: d.title_en, need: [...d.title_en].length, room: en, english: true })
  return out.map(u => ({ ...u, need: Math.round(u.need * 10) / 10, room: Math.floor(u.room) }))
}

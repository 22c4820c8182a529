// The conversations that the server's own tests recorded, heard by this client.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Board } from './board'
import { parseFrame } from './frames'
import type { Tile } from './tile'

const folder = join(import.meta.dirname, '../../../fixtures/wire')
const recordings = readdirSync(folder).filter(f => f.endsWith('.jsonl'))

interface Line { frame?: unknown; board?: { cockpit: string; epoch: string; seq: number; layout: string; tiles: Tile[] } }

const linesOf = (file: string): Line[] => readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean).map(l => JSON.parse(l) as Line)

/** Boards of all cockpits of a conversation, after each frame that concerned them. */
function hear(lines: readonly Line[]): Map<string, Board> {
  const boards = new Map<string, Board>()
  for (const m of lines.flatMap(l => (l.frame === undefined ? [] : parseFrame(JSON.stringify(l.frame))))) {
    if (m.op !== 'snapshot' && m.op !== 'delta') continue
    const board = boards.get(m.cockpit) ?? new Board()
    boards.set(m.cockpit, board)
    if (m.op === 'snapshot') board.snapshot(m)
    else expect(board.apply(m), `delta ${m.from} → ${m.seq} of ${m.cockpit} fits`).toBe(true)
  }
  return boards
}

describe('recorded conversations', () => {
  it('are there', () => expect(recordings.length).toBeGreaterThanOrEqual(15))

  for (const file of recordings) {
    it(`${file} ends in the board that the server had`, () => {
      const lines = linesOf(file)
      const ends = lines.flatMap(l => l.board ?? [])
      expect(ends.length).toBeGreaterThan(0)
      const boards = hear(lines)
      for (const end of ends) {
        const board = boards.get(end.cockpit)
        expect({ epoch: board?.epoch, seq: board?.seq, layout: board?.layout }).toEqual({ epoch: end.epoch, seq: end.seq, layout: end.layout })
        expect([...(board?.tiles.values() ?? [])]).toEqual(end.tiles)
      }
    })

    it(`${file} changes nothing that was handed out`, () => {
      const lines = linesOf(file)
      const seen: { tile: Tile; text: string }[] = []
      const board = new Board()
      for (const m of lines.flatMap(l => (l.frame === undefined ? [] : parseFrame(JSON.stringify(l.frame))))) {
        if (m.op === 'snapshot' && m.cockpit === 'a') board.snapshot(m)
        else if (m.op === 'delta' && m.cockpit === 'a') board.apply(m)
        for (const tile of board.tiles.values()) seen.push({ tile, text: JSON.stringify(tile) })
      }
      expect(seen.every(s => JSON.stringify(s.tile) === s.text)).toBe(true)
    })
  }
})

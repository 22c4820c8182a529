// Package board keeps what one cockpit has published, so that any screen can be
// brought up to date with one frame.
//
// A board remembers, for each tile, the state number (seq) at which each of its
// keys last changed. That alone answers both questions of the live protocol:
// Snapshot gives everything; Since gives every key that changed after a seq,
// once, with its newest value. There is no log to replay and no queue to bound:
// a screen that slept for an hour costs no more than one that missed a tick.
//
// A Board is a value. Publish returns the next one and leaves the old one as it
// was, so that readers take no lock. Time is the caller's: a board has no clock.
package board

import (
	"maps"
	"slices"

	"citydeck/cockpits/tile"
)

// Board is one published state of a cockpit. The zero Board has published nothing.
type Board struct {
	seq   uint64
	floor uint64 // states before it can't be brought up to date by a delta
	at    int64
	order []*record // in the order of the first publish
	place map[string]int
}

// Seq is the number of this state: 1 after the first publish.
func (b *Board) Seq() uint64 { return b.seq }

// At is when this state was published, Unix ms.
func (b *Board) At() int64 { return b.at }

// Publish returns the board after some tiles were published, each complete. The
// tiles must not be changed afterwards. It returns b itself when nothing
// differs; unchanged tiles are shared by both boards.
func (b *Board) Publish(at int64, tiles []tile.Tile) *Board {
	next := Board{seq: b.seq + 1, floor: b.floor, at: at, order: b.order, place: b.place}
	differs, grown := false, false
	for i := range tiles {
		t := &tiles[i]
		p, known := next.place[t.ID]
		if !known {
			if !grown {
				next.place = maps.Clone(b.place)
				if next.place == nil {
					next.place = make(map[string]int, len(tiles))
				}
			}
			if !differs {
				next.order = slices.Clone(b.order)
			}
			grown, differs = true, true
			next.place[t.ID] = len(next.order)
			next.order = append(next.order, newRecord(t, next.seq))
			next.floor = next.seq // a delta can't bring a tile that a screen has never seen
			continue
		}
		r, floor := next.order[p].next(t, next.seq)
		if r == next.order[p] {
			continue
		}
		if !differs {
			next.order = slices.Clone(b.order)
		}
		differs = true
		next.order[p] = r
		next.floor = max(next.floor, floor)
	}
	if !differs && b.seq > 0 {
		return b
	}
	next.floor = max(next.floor, 1)
	return &next
}

// Snapshot lists all tiles in the order of the first publish. Not to be changed.
func (b *Board) Snapshot() []*tile.Tile {
	tiles := make([]*tile.Tile, len(b.order))
	for i, r := range b.order {
		tiles[i] = r.tile
	}
	return tiles
}

// Since lists what a screen lacks that has the state seq: each tile with a key
// that changed afterwards, once, with its newest values. It is false when the
// board doesn't know that state or can't say the difference by a delta.
func (b *Board) Since(seq uint64) ([]tile.Patch, bool) {
	if seq < max(b.floor, 1) || seq > b.seq {
		return nil, false
	}
	var patches []tile.Patch
	for _, r := range b.order {
		if r.latest > seq {
			patches = append(patches, r.since(seq))
		}
	}
	return patches, true
}

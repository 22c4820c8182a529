package board_test

import (
	"cmp"
	"slices"

	"citydeck/cockpits/board"
	"citydeck/cockpits/tile"
)

// screen is what a client holds, merged by the rules of the live protocol.
type screen struct {
	seq   uint64
	tiles map[string]tile.Tile
}

func show(b *board.Board) screen {
	s := screen{b.Seq(), map[string]tile.Tile{}}
	for _, t := range b.Snapshot() {
		s.tiles[t.ID] = *t
	}
	return s
}

// take brings the screen to the board's state and says whether a delta did it.
func (s *screen) take(b *board.Board) bool {
	patches, ok := b.Since(s.seq)
	if !ok {
		*s = show(b)
		return false
	}
	for i := range patches {
		id := patches[i].Tile.ID
		s.tiles[id] = merge(s.tiles[id], &patches[i])
	}
	s.seq = b.Seq()
	return true
}

func merge(t tile.Tile, p *tile.Patch) tile.Tile {
	for f := tile.FieldValue; f <= tile.FieldTarget; f <<= 1 {
		if p.Fields&f == 0 {
			continue
		}
		switch f {
		case tile.FieldValue:
			t.Value = p.Tile.Value
		case tile.FieldLevel:
			t.Level = p.Tile.Level
		case tile.FieldStatus:
			t.Status = p.Tile.Status
		case tile.FieldSince:
			t.Since = p.Tile.Since
		case tile.FieldAsOf:
			t.AsOf = p.Tile.AsOf
		case tile.FieldCountsFrom:
			t.CountsFrom = p.Tile.CountsFrom
		case tile.FieldParts:
			t.Parts = p.Tile.Parts
		case tile.FieldCoverage:
			t.Coverage = p.Tile.Coverage
		case tile.FieldDisputed:
			t.Disputed = p.Tile.Disputed
		case tile.FieldChange:
			t.Change = p.Tile.Change
		case tile.FieldTarget:
			t.Target = p.Tile.Target
		case tile.FieldSpark:
			t.Spark = mergeSpark(t.Spark, p.Spark, p.Tile.Spark == nil)
		case tile.FieldItems:
			t.Items = mergeItems(t.Items, p.Items, p.Tile.Items == nil)
		}
	}
	return t
}

func mergeSpark(had, got []tile.Spark, null bool) []tile.Spark {
	if null {
		return nil
	}
	points := append([]tile.Spark{}, had...)
	for _, g := range got {
		if i := slices.IndexFunc(points, func(p tile.Spark) bool { return p.At == g.At }); i >= 0 {
			points[i] = g
		} else {
			points = append(points, g)
		}
	}
	slices.SortFunc(points, func(a, b tile.Spark) int { return cmp.Compare(a.At, b.At) })
	return points[max(0, len(points)-60):]
}

func mergeItems(had []tile.Item, got []tile.ItemPatch, null bool) []tile.Item {
	if null {
		return nil
	}
	items := append([]tile.Item{}, had...)
	var fresh []tile.Item
	for _, g := range got {
		if g.Item == nil {
			items = slices.DeleteFunc(items, func(it tile.Item) bool { return it.ID == g.Gone })
			continue
		}
		if i := slices.IndexFunc(items, func(it tile.Item) bool { return it.ID == g.Item.ID }); i >= 0 {
			items[i] = mergeItem(items[i], g)
		} else {
			fresh = append(fresh, mergeItem(tile.Item{ID: g.Item.ID}, g))
		}
	}
	if len(fresh) > 0 && fresh[0].Has&tile.HasFeed != 0 {
		items = append(fresh, items...)
	} else {
		items = append(items, fresh...)
	}
	slices.SortStableFunc(items, func(a, b tile.Item) int { return cmp.Compare(a.Rank, b.Rank) })
	return items
}

func mergeItem(it tile.Item, p tile.ItemPatch) tile.Item {
	it.Has |= p.Keys
	for k := tile.HasValue; k <= tile.HasFeed; k <<= 1 {
		if p.Keys&k == 0 {
			continue
		}
		switch k {
		case tile.HasValue:
			it.Value = p.Item.Value
		case tile.HasLevel:
			it.Level = p.Item.Level
		case tile.HasStatus:
			it.Status = p.Item.Status
		case tile.HasSince:
			it.Since = p.Item.Since
		case tile.HasAsOf:
			it.AsOf = p.Item.AsOf
		case tile.HasRank:
			it.Rank = p.Item.Rank
		case tile.HasCoverage:
			it.Coverage = p.Item.Coverage
		case tile.HasSpark:
			it.Spark = mergeSpark(it.Spark, p.Spark, p.Item.Spark == nil)
		case tile.HasCells:
			it.Cells = p.Item.Cells
		case tile.HasIndicator:
			it.Indicator, it.Area = p.Item.Indicator, p.Item.Area
		case tile.HasFeed:
			it.At, it.Kind, it.Area, it.Text, it.TextEn = p.Item.At, p.Item.Kind, p.Item.Area, p.Item.Text, p.Item.TextEn
		}
	}
	return it
}

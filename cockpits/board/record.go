package board

import (
	"math/bits"
	"slices"

	"citydeck/cockpits/tile"
)

// record is one tile's newest state, and the seq at which each part of it last
// changed. It is never changed once it stands on a board.
type record struct {
	tile   *tile.Tile
	latest uint64 // the greatest of all below
	fields [tile.FieldCount]uint64
	spark  sparkline
	items  []*row // as tile.Items
	gone   []tomb // oldest first
	listed uint64 // at which items became null; 0: never
}

// sparkline remembers of each point when it last changed.
type sparkline struct {
	points  []uint64 // as the sparkline
	dropped uint64   // at which it became null; 0: never
}

// row is one item's seqs.
type row struct {
	keys  [tile.KeyCount]uint64
	spark sparkline
}

// tomb is an item that is gone.
type tomb struct {
	id string
	at uint64
}

// maxTombs bounds what a tile remembers of items that are gone; a screen that
// is older than the oldest gets a snapshot.
const maxTombs = 256

func newRecord(t *tile.Tile, seq uint64) *record {
	kept := *t
	r := &record{tile: &kept, latest: seq}
	for i := range r.fields {
		r.fields[i] = seq
	}
	r.spark.points = filled(len(t.Spark), seq)
	r.items = make([]*row, len(t.Items))
	for i := range t.Items {
		r.items[i] = newRow(&t.Items[i], seq)
	}
	return r
}

func newRow(it *tile.Item, seq uint64) *row {
	w := &row{}
	for i := range w.keys {
		w.keys[i] = seq
	}
	w.spark.points = filled(len(it.Spark), seq)
	return w
}

func filled(n int, seq uint64) []uint64 {
	if n == 0 {
		return nil
	}
	s := make([]uint64, n)
	for i := range s {
		s[i] = seq
	}
	return s
}

// next is the record after t was published as state seq: r itself when nothing
// differs. The floor is the seq before which screens can't be served by a
// delta any more because of it; 0: none.
func (r *record) next(t *tile.Tile, seq uint64) (*record, uint64) {
	fields := tile.Diff(r.tile, t)
	if fields == 0 {
		return r, 0
	}
	n := *r
	kept := *t // not the caller's whole slice
	n.tile, n.latest = &kept, seq
	for f := uint(fields); f != 0; f &= f - 1 {
		n.fields[bits.TrailingZeros(f)] = seq
	}
	var floor uint64
	if fields&tile.FieldSpark != 0 {
		n.spark, floor = r.spark.next(r.tile.Spark, t.Spark, seq)
	}
	if fields&tile.FieldItems != 0 {
		floor = max(floor, n.relist(r, seq))
	}
	return &n, floor
}

// next is a sparkline's memory after it went from one state to another.
func (s sparkline) next(was, is []tile.Spark, seq uint64) (sparkline, uint64) {
	switch {
	case is == nil && was == nil:
		return s, 0
	case is == nil:
		return sparkline{dropped: seq}, 0
	case was == nil:
		// Who saw the null starts from nothing; who did not would keep old points.
		return sparkline{points: filled(len(is), seq), dropped: s.dropped}, s.dropped
	}
	changed, mergeable := tile.SparkDiff(was, is)
	n := sparkline{points: make([]uint64, len(is)), dropped: s.dropped}
	i := 0
	for j := range is {
		for i < len(was) && was[i].At < is[j].At {
			i++
		}
		if n.points[j] = seq; !changed[j] {
			n.points[j] = s.points[i]
		}
	}
	if !mergeable {
		return n, seq
	}
	return n, 0
}

// relist brings the rows and tombs of a record from the items before to its own.
func (r *record) relist(before *record, seq uint64) uint64 {
	was, is := before.tile.Items, r.tile.Items
	r.items, r.gone = make([]*row, len(is)), slices.Clone(before.gone)
	if is == nil {
		r.listed, r.gone = seq, nil
		return 0
	}
	var floor uint64
	if was == nil {
		floor = before.listed
	}
	old := make(map[string]int, len(was))
	for i := range was {
		old[was[i].ID] = i
	}
	for i := range is {
		p, known := old[is[i].ID]
		if !known {
			r.items[i] = newRow(&is[i], seq)
			floor = max(floor, r.raise(&is[i]))
			continue
		}
		delete(old, is[i].ID)
		row, f := before.items[p].next(&was[p], &is[i], seq)
		r.items[i] = row
		floor = max(floor, f)
	}
	for i := range was {
		if _, gone := old[was[i].ID]; gone {
			r.gone = append(r.gone, tomb{was[i].ID, seq})
		}
	}
	if over := len(r.gone) - maxTombs; over > 0 {
		floor = max(floor, r.gone[over-1].at)
		r.gone = r.gone[over:]
	}
	if misplaced(was, is) {
		floor = seq
	}
	return floor
}

// raise forgets that an item was gone, since it is back. All its keys are sent,
// so that screens that still hold the old one get the new one; but of its
// sparkline old points would stay, and so would its place among the items.
func (r *record) raise(it *tile.Item) uint64 {
	p := slices.IndexFunc(r.gone, func(t tomb) bool { return t.id == it.ID })
	if p < 0 {
		return 0
	}
	at := r.gone[p].at
	r.gone = slices.Delete(r.gone, p, p+1)
	if it.Has&(tile.HasSpark|tile.HasRank) == tile.HasRank {
		return 0
	}
	return at
}

// next is an item's memory after it went from one state to another.
func (w *row) next(was, is *tile.Item, seq uint64) (*row, uint64) {
	keys := tile.DiffItem(was, is)
	if keys == 0 {
		return w, 0
	}
	n := *w
	for k := uint(keys); k != 0; k &= k - 1 {
		n.keys[bits.TrailingZeros(k)] = seq
	}
	var floor uint64
	if keys&tile.HasSpark != 0 {
		n.spark, floor = w.spark.next(was.Spark, is.Spark, seq)
	}
	if was.Has&^is.Has != 0 {
		floor = seq // a delta can't take a key away
	}
	return &n, floor
}

// misplaced tells whether a screen would show the items in another order: those
// with a rank go by it; of the others what it has keeps its order, and new ones
// come behind, those of a feed or a pace line in front.
func misplaced(was, is []tile.Item) bool {
	if len(is) == 0 || is[0].Has&tile.HasRank != 0 {
		return false
	}
	kept := make(map[string]int, len(was))
	for i := range was {
		kept[was[i].ID] = i
	}
	feed := is[0].Has&(tile.HasFeed|tile.HasPace) != 0
	last, seenNew, seenOld := -1, false, false
	for i := range is {
		p, old := kept[is[i].ID]
		switch {
		case old && (p < last || seenNew && !feed):
			return true
		case old:
			last, seenOld = p, true
		case feed && seenOld:
			return true
		default:
			seenNew = true
		}
	}
	return false
}

// since is what a screen lacks of the tile that has the state seq.
func (r *record) since(seq uint64) tile.Patch {
	p := tile.Patch{Tile: r.tile}
	for i, at := range r.fields {
		if at > seq {
			p.Fields |= 1 << i
		}
	}
	if p.Fields&tile.FieldSpark != 0 {
		p.Spark = r.spark.since(r.tile.Spark, seq)
	}
	if p.Fields&tile.FieldItems == 0 {
		return p
	}
	for _, t := range r.gone {
		if t.at > seq {
			p.Items = append(p.Items, tile.ItemPatch{Gone: t.id})
		}
	}
	for i, w := range r.items {
		if ip := w.since(&r.tile.Items[i], seq); ip.Keys != 0 {
			p.Items = append(p.Items, ip)
		}
	}
	return p
}

func (w *row) since(it *tile.Item, seq uint64) tile.ItemPatch {
	p := tile.ItemPatch{Item: it}
	for i, at := range w.keys {
		if at > seq {
			p.Keys |= 1 << i
		}
	}
	if p.Keys &= it.Has; p.Keys&tile.HasSpark != 0 {
		p.Spark = w.spark.since(it.Spark, seq)
	}
	return p
}

func (s *sparkline) since(spark []tile.Spark, seq uint64) []tile.Spark {
	var points []tile.Spark
	for i, at := range s.points {
		if at > seq {
			points = append(points, spark[i])
		}
	}
	return points
}

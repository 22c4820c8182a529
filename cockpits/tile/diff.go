package tile

import "slices"

// Fields is a set of a tile's keys.
type Fields uint16

// The keys of a tile besides id, in the order in which they are written.
const (
	FieldValue Fields = 1 << iota
	FieldLevel
	FieldStatus
	FieldSince
	FieldAsOf
	FieldCountsFrom
	FieldParts
	FieldCoverage
	FieldDisputed
	FieldChange
	FieldSpark
	FieldItems
	FieldTarget

	AllFields = FieldTarget<<1 - 1
)

// FieldCount is how many keys a tile has, KeyCount how many an item may have.
const (
	FieldCount = 13
	KeyCount   = 17
)

// Patch is a tile's newest state and which of it a screen lacks: keys, points
// of the sparkline, items. It is what a delta holds.
type Patch struct {
	Tile   *Tile
	Fields Fields
	Spark  []Spark     // to be written when Fields has FieldSpark
	Items  []ItemPatch // to be written when Fields has FieldItems
}

// ItemPatch is an item and which of its keys a screen lacks, or the id of one that is gone.
type ItemPatch struct {
	Item  *Item // nil: Gone names the item that is no more
	Gone  string
	Keys  Keys
	Spark []Spark // to be written when Keys has HasSpark
}

// Whole is an item with all its keys.
func Whole(it *Item) ItemPatch { return ItemPatch{Item: it, Keys: it.Has, Spark: it.Spark} }

// Diff says which keys of a tile differ between two states of it. FieldSpark
// and FieldItems say that something in them differs; SparkDiff and DiffItem say what.
func Diff(was, is *Tile) Fields {
	var f Fields
	mark := func(same bool, field Fields) {
		if !same {
			f |= field
		}
	}
	mark(same(was.Value, is.Value), FieldValue)
	mark(same(was.Level, is.Level), FieldLevel)
	mark(was.Status == is.Status, FieldStatus)
	mark(same(was.Since, is.Since), FieldSince)
	mark(same(was.AsOf, is.AsOf), FieldAsOf)
	mark(same(was.CountsFrom, is.CountsFrom), FieldCountsFrom)
	mark(sameParts(was.Parts, is.Parts), FieldParts)
	mark(sameCoverage(was.Coverage, is.Coverage), FieldCoverage)
	mark(sameDispute(was.Disputed, is.Disputed), FieldDisputed)
	mark(sameChange(was.Change, is.Change), FieldChange)
	mark(sameSpark(was.Spark, is.Spark), FieldSpark)
	mark(sameItems(was.Items, is.Items), FieldItems)
	mark(same(was.Target, is.Target), FieldTarget)
	return f
}

// DiffItem says which of an item's keys differ between two states of it; a key
// that only one of them has differs.
func DiffItem(was, is *Item) Keys {
	k := was.Has ^ is.Has
	mark := func(same bool, key Keys) {
		if !same {
			k |= key
		}
	}
	mark(same(was.Value, is.Value), HasValue)
	mark(same(was.Level, is.Level), HasLevel)
	mark(was.Status == is.Status, HasStatus)
	mark(same(was.Since, is.Since), HasSince)
	mark(same(was.AsOf, is.AsOf), HasAsOf)
	mark(was.Rank == is.Rank, HasRank)
	mark(sameCoverage(was.Coverage, is.Coverage), HasCoverage)
	mark(sameSpark(was.Spark, is.Spark), HasSpark)
	mark(slices.EqualFunc(was.Cells, is.Cells, sameCell), HasCells)
	mark(was.Indicator == is.Indicator && was.Area == is.Area, HasIndicator)
	mark(was.At == is.At && was.SeenAt == is.SeenAt && was.Kind == is.Kind && was.Area == is.Area &&
		was.Text == is.Text && was.TextEn == is.TextEn, HasFeed)
	mark(sameCommand(was.Command, is.Command), HasCommand)
	if (was.Has|is.Has)&boardKeys != 0 {
		k |= diffBoard(was, is)
	}
	return k & (was.Has | is.Has)
}

// same compares what two pointers point at. Two NaN are the same, so that a
// value without meaning is not sent for ever.
func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b || *a != *a && *b != *b
}

func sameParts(a, b *Parts) bool {
	if a == nil || b == nil {
		return a == b
	}
	return same(a[0], b[0]) && same(a[1], b[1])
}

func sameCoverage(a, b *Coverage) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Fresh == b.Fresh && a.Expected == b.Expected && slices.Equal(a.Silent, b.Silent)
}

func sameDispute(a, b *Disputed) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Points == b.Points && slices.Equal(a.Values, b.Values)
}

func sameChange(a, b *Change) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Over == b.Over && same(a.Value, b.Value)
}

func sameSpark(a, b []Spark) bool {
	return (a == nil) == (b == nil) && slices.EqualFunc(a, b, samePoint)
}

func samePoint(a, b Spark) bool { return a.At == b.At && same(a.Value, b.Value) }

func sameItems(a, b []Item) bool {
	if (a == nil) != (b == nil) || len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID || DiffItem(&a[i], &b[i]) != 0 {
			return false
		}
	}
	return true
}

func sameCell(a, b Cell) bool {
	return a.ID == b.ID && a.Bare == b.Bare && same(a.Value, b.Value) && same(a.Level, b.Level) &&
		a.Status == b.Status && sameParts(a.Parts, b.Parts)
}

// SparkLength is how many points of a sparkline a screen keeps: the newest.
const SparkLength = 60

// SparkDiff says, for each point of a sparkline, whether it differs from the
// state before (another value, or new), and whether a screen that merges those
// points by their ms, and lets the oldest go beyond SparkLength, has exactly
// the newer state. It has not when points vanished in any other way.
func SparkDiff(was, is []Spark) (changed []bool, mergeable bool) {
	changed = make([]bool, len(is))
	kept := 0
	i := 0
	for j := range is {
		for i < len(was) && was[i].At < is[j].At {
			i++
		}
		if i < len(was) && was[i].At == is[j].At {
			changed[j] = !samePoint(was[i], is[j])
			kept++
			continue
		}
		changed[j] = true
	}
	gone := len(was) - kept
	mergeable = gone == 0 || len(is) == SparkLength && is[0].At > was[gone-1].At
	return changed, mergeable && len(is) <= SparkLength
}

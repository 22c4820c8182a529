package names

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/tile"
)

// Index knows the names of a district's areas and points. It never changes.
type Index struct {
	d       *district.District
	entries []entry
}

type entry struct {
	name  string // folded; both languages, and the id, each in a line of its own
	area  area.Index
	list  int // of a point; -1: an area
	point int
}

// Hit is an area or a point that was found.
type Hit struct {
	Area  area.Index  // itself, or where the point belongs
	List  int         // in District.Lists; -1: an area
	Point *tile.Point // nil: an area
}

// New reads the names of a district.
func New(d *district.District) *Index {
	n := d.Areas.Len()
	for i := range d.Lists {
		n += len(d.Lists[i].Points)
	}
	x := &Index{d: d, entries: make([]entry, 0, n)}
	for i := range area.Index(d.Areas.Len()) {
		a := d.Areas.At(i)
		x.entries = append(x.entries, entry{name: folded(a.Name, a.NameEn, a.Code), area: i, list: -1})
	}
	for i := range d.Lists {
		for j := range d.Lists[i].Points {
			p := &d.Lists[i].Points[j]
			x.entries = append(x.entries, entry{name: folded(p.Name, p.NameEn, p.ID), area: p.Area, list: i, point: j})
		}
	}
	return x
}

// folded puts several names into one text; no word reaches over a line's end.
func folded(names ...string) string {
	for i, n := range names {
		names[i] = Fold(n)
	}
	return strings.Trim(strings.Join(names, "\n"), "\n")
}

// Find lists at most limit of the areas and points whose names hold all the
// words and that may be seen, the nearest first: areas that are named so or
// begin so, the higher before the lower; points that are named so, that begin
// so; the rest, of these areas before points, then the shorter name.
func (x *Index) Find(words []string, limit int, sees func(Hit) bool) []Hit {
	type ranked struct {
		rank  Rank
		entry *entry
	}
	var found []ranked
	for i := range x.entries {
		if e := &x.entries[i]; Holds(e.name, words) {
			found = append(found, ranked{x.rankOf(e, words), e})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return a.rank.Compare(b.rank) })
	var hits []Hit
	for _, f := range found {
		if len(hits) == limit {
			break
		}
		h := Hit{Area: f.entry.area, List: f.entry.list}
		if h.List >= 0 {
			h.Point = &x.d.Lists[h.List].Points[f.entry.point]
		}
		if sees(h) {
			hits = append(hits, h)
		}
	}
	return hits
}

// Rank says how near a name is to a question; the smaller the nearer.
type Rank struct {
	how    int // named so, begins so, holds it
	point  bool
	depth  int // of an area that begins so: how far below the root
	begins int // of such: 0 where it is named so, 1 where it goes on
	length int
}

// RankOf ranks a folded name that holds all the words.
func RankOf(folded string, words []string) Rank {
	whole := strings.Join(words, " ")
	best := Rank{how: 3}
	for line := range strings.SplitSeq(folded, "\n") {
		r := Rank{how: 2, length: utf8.RuneCountInString(line)}
		switch {
		case line == whole:
			r.how = 0
		case strings.HasPrefix(line, words[0]):
			r.how = 1
		}
		if r.Compare(best) < 0 {
			best = r
		}
	}
	return best
}

// rankOf ranks what holds all the words. Who types how an area's name begins
// looks for the highest that is called so: the street before its communities.
func (x *Index) rankOf(e *entry, words []string) Rank {
	r := RankOf(e.name, words)
	r.point = e.list >= 0
	if !r.point && r.how < 2 {
		r.depth, r.begins, r.how = x.d.Areas.Depth(e.area), r.how, 0
	}
	return r
}

// Compare orders ranks, the nearest first.
func (r Rank) Compare(s Rank) int {
	switch {
	case r.how != s.how:
		return cmp.Compare(r.how, s.how)
	case r.point != s.point && r.point:
		return 1
	case r.point != s.point:
		return -1
	case r.depth != s.depth:
		return cmp.Compare(r.depth, s.depth)
	}
	return cmp.Or(cmp.Compare(r.begins, s.begins), cmp.Compare(r.length, s.length))
}

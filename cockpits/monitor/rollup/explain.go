package rollup

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/series"
)

// Explanation says where an indicator's value at an area comes from: its parts,
// each with what the next floor contributed.
type Explanation struct {
	Figure     indicator.Figure
	Sources    []SourceUse
	Parts      []Explained
	Disputes   []Dispute
	Gaps       []Gap
	Refused    int64 // readings that could not be used, in the last 24 hours
	Reconciles bool  // combining the contributions gave the value again
}

// Explained is one measure of an indicator, taken apart. Of a suppressed figure
// it has no value and no contributions.
type Explained struct {
	Measure       indicator.Index
	Value         indicator.Number
	Contributions []Contribution
}

// Contribution is what a direct child area, or a pair that reports at the area
// itself, brings in.
type Contribution struct {
	Area   area.Index // None: a point
	Point  string
	Value  indicator.Number
	Count  int64 // readings in the window; of a stock the points that count
	Share  indicator.Number
	AsOf   int64
	Stale  bool
	Hidden bool // a small cell, or one that would give it away: no numbers
	Source string
	Newest *Newest // of a point: its newest reading
	N      int64   // of a point: how many readings there ever were
}

// SourceUse is what one source sent for an indicator's measures at an area and below.
type SourceUse struct {
	Source   string
	Readings int64 // 0 where small cells are hidden: counts would give them away
	LastAt   int64
}

// Dispute is a point of which two sources say different things.
type Dispute struct {
	Measure indicator.Index
	Area    area.Index
	Point   string
	Claims  []Witness // the newest first
}

// How far a value that was put together again may be off: relative to it, and,
// since each contribution was rounded once, relative to the largest of them.
const (
	near    = 1e-9
	rounded = 1e-13
	nothing = 1e-40 // what a sum cuts off
)

// Explain takes an indicator at an area apart. There is no limit on children.
// What a small cell hides is hidden here too, after all was recombined.
func (s *State) Explain(p indicator.Place, a area.Index) Explanation {
	h := &s.held[p]
	for _, m := range h.Parts { // members are counted once a second, else
		for _, at := range append([]area.Index{a}, s.tree.Children(a)...) {
			if ms := &s.measures[m]; ms.at != nil && ms.at[at] > 0 && s.spots[ms.cells[ms.at[at]-1]].dirty {
				s.refresh(ms.cells[ms.at[at]-1])
			}
		}
	}
	e := Explanation{Figure: s.Figure(p, a), Reconciles: true, Gaps: slices.Clone(s.gaps)}
	parts := make([]indicator.Part, 0, len(h.Parts))
	for i, m := range h.Parts {
		var part indicator.Part
		s.part(h, i, a, &part)
		x, recombined, size := s.takeApart(h, i, a)
		x.Value = part.Value
		e.Reconciles = e.Reconciles && same(recombined, part.Value, size)
		parts = append(parts, part)
		e.Parts = append(e.Parts, x)
		e.Refused += s.Refused(m, a)
	}
	hidden := e.Figure.Status == indicator.Suppressed
	if !hidden && h.Measure == "" {
		var whole indicator.Figure
		h.Whole(parts, false, &whole)
		e.Reconciles = e.Reconciles && same(whole.Value, e.Figure.Value, 0)
	}
	e.Sources = s.sourcesOf(h.Indicator, a)
	e.Disputes = s.disputesOf(h, a)
	if h.shade != nil {
		for i := range e.Sources {
			e.Sources[i].Readings = 0
		}
		e.conceal(h, a, hidden)
	}
	return e
}

// conceal takes out what may not be seen of a figure and its contributions.
func (e *Explanation) conceal(h *held, a area.Index, hidden bool) {
	for i := range e.Parts {
		x := &e.Parts[i]
		if hidden {
			x.Value, x.Contributions = indicator.Number{}, nil
			continue
		}
		for k := range x.Contributions {
			c := &x.Contributions[k]
			if h.hides(a, c.Area) {
				*c = Contribution{Area: c.Area, Point: c.Point, AsOf: c.AsOf, Stale: c.Stale, Source: c.Source, Hidden: true}
			}
		}
	}
}

func same(a, b indicator.Number, size float64) bool {
	if a.OK != b.OK {
		return false
	}
	return !a.OK || math.Abs(a.V-b.V) <= near*max(math.Abs(a.V), math.Abs(b.V))+rounded*size+nothing
}

// takeApart lists the contributions to an indicator's part i at an area, and
// what combining them by the measure's rule gives; size is the largest of them.
func (s *State) takeApart(h *held, i int, a area.Index) (x Explained, whole indicator.Number, size float64) {
	m := h.Parts[i]
	x = Explained{Measure: m, Contributions: []Contribution{}}
	c := s.find(m, a)
	if c == nil {
		return x, indicator.Number{}, 0
	}
	mix := mixture{def: s.measures[m].def}
	for _, child := range s.tree.Children(a) {
		k := s.find(m, child)
		if k == nil || !k.heard {
			continue
		}
		var part indicator.Part
		s.part(h, i, child, &part)
		con := Contribution{Area: child, Value: part.Value, AsOf: part.AsOf, Stale: part.Covered && part.Fresh == 0}
		var b *series.Bucket
		if mix.def.Kind == indicator.Stock {
			con.Count = k.stock.n
		} else if b = s.in(k.folds, h, i); b != nil {
			con.Count = b.N
		}
		mix.add(&con, b)
		x.Contributions = append(x.Contributions, con)
	}
	areas := len(x.Contributions)
	for _, li := range c.leaves {
		l := s.leaf(li)
		if !l.heard {
			continue
		}
		newest := l.newest()
		con := Contribution{
			Area: area.None, Point: l.point, AsOf: min(newest.At, s.now), Source: newest.Source,
			Stale: mix.def.Covered() && !l.alive(mix.def, s.now), Newest: &newest, N: l.count,
		}
		var b *series.Bucket
		if mix.def.Kind == indicator.Stock {
			con.Value = indicator.Number{V: l.latest.Value, OK: l.counted}
			con.Count = int64(step(false, l.counted))
		} else {
			b = s.ofPair(l, h, i)
			con.Value = bucketValue(mix.def, b, true)
			if b != nil {
				con.Count = b.N
			}
		}
		mix.add(&con, b)
		x.Contributions = append(x.Contributions, con)
	}
	slices.SortFunc(x.Contributions[areas:], func(p, q Contribution) int { return strings.Compare(p.Point, q.Point) })
	whole = mix.value(c.heard)
	mix.share(x.Contributions, whole)
	return x, whole, max(math.Abs(mix.min), math.Abs(mix.max))
}

// mixture combines contributions by a measure's rule, from the contributions alone.
type mixture struct {
	def      *indicator.Measure
	sum      float64
	weighted float64
	n        int64
	some     bool
	min, max float64
	merged   series.Bucket
}

func (x *mixture) add(c *Contribution, b *series.Bucket) {
	x.n += c.Count
	if b != nil {
		x.merged.Merge(&b.Summary)
	}
	if !c.Value.OK {
		return
	}
	v := c.Value.V
	if !x.some || v < x.min {
		x.min = v
	}
	if !x.some || v > x.max {
		x.max = v
	}
	x.some = true
	x.sum += v
	x.weighted += v * float64(c.Count)
}

func (x *mixture) value(heard bool) indicator.Number {
	switch {
	case x.def.Kind == indicator.Distinct, x.def.Combine == indicator.Quantile:
		return valueOf(x.def, &x.merged.Summary, heard)
	case x.def.Kind == indicator.Flow:
		return indicator.Number{V: x.sum, OK: heard}
	case !x.some || x.n == 0:
		return indicator.Number{}
	}
	switch x.def.Combine {
	case indicator.Mean:
		return indicator.Some(x.weighted / float64(x.n))
	case indicator.Min:
		return indicator.Some(x.min)
	case indicator.Max:
		return indicator.Some(x.max)
	}
	if x.def.Kind == indicator.Observation {
		return indicator.Some(x.weighted / float64(x.n))
	}
	return indicator.Some(x.sum)
}

// share says what part of the whole each contribution is: of the sum, of a
// mean by its weight; of others there is none.
func (x *mixture) share(list []Contribution, whole indicator.Number) {
	for i := range list {
		c := &list[i]
		switch {
		case x.def.Kind == indicator.Distinct || x.def.Combine == indicator.Quantile || x.def.Combine == indicator.Min || x.def.Combine == indicator.Max:
		case x.def.Combine == indicator.Mean || x.def.Kind == indicator.Observation:
			if x.n > 0 {
				c.Share = indicator.Some(float64(c.Count) / float64(x.n))
			}
		case whole.OK && whole.V != 0 && c.Value.OK:
			c.Share = indicator.Some(c.Value.V / whole.V)
		}
	}
}

// each calls f for every pair of a measure at an area and below.
func (s *State) each(m indicator.Index, a area.Index, f func(*leaf)) {
	ms := &s.measures[m]
	if ms.at == nil {
		return
	}
	for i := a; i < s.tree.End(a); i++ {
		if ms.at[i] == 0 {
			continue
		}
		for _, li := range s.cells[ms.cells[ms.at[i]-1]].leaves {
			f(s.leaf(li))
		}
	}
}

func (s *State) sourcesOf(d *indicator.Indicator, a area.Index) []SourceUse {
	uses := []SourceUse{}
	at := map[string]int{}
	for _, m := range d.Parts {
		s.each(m, a, func(l *leaf) {
			for _, o := range l.senders() {
				i, known := at[o.name]
				if !known {
					i = len(uses)
					at[o.name] = i
					uses = append(uses, SourceUse{Source: o.name})
				}
				uses[i].Readings += o.n
				uses[i].LastAt = max(uses[i].LastAt, o.at)
			}
		})
	}
	return uses
}

func (s *State) disputesOf(h *held, a area.Index) []Dispute {
	list := []Dispute{}
	if h.shade != nil {
		return list // what sources say of a small cell is as small
	}
	for li := range s.disputed {
		l := s.leaf(li)
		if !s.tree.Within(a, l.area) || !slices.Contains(h.Parts, l.measure) {
			continue
		}
		x := Dispute{Measure: l.measure, Area: l.area, Point: l.point}
		for _, c := range l.voices.claims {
			x.Claims = append(x.Claims, Witness{c.source, c.value, c.order.At})
		}
		slices.SortFunc(x.Claims, func(p, q Witness) int { return cmp.Compare(q.At, p.At) })
		list = append(list, x)
	}
	slices.SortFunc(list, func(p, q Dispute) int {
		return cmp.Or(cmp.Compare(p.Area, q.Area), cmp.Compare(p.Point, q.Point))
	})
	return list
}

package tile

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

// Explanation is where a number comes from: the answer of GET /explain, but for
// the definition. Times are Unix ms.
type Explanation struct {
	Area       string      `json:"area"`
	Value      *float64    `json:"value"`
	Level      *string     `json:"level"`
	Status     string      `json:"status"`
	AsOf       *int64      `json:"as_of"`
	CountsFrom *int64      `json:"counts_from"`
	Coverage   *Coverage   `json:"coverage"`
	Sources    []SourceUse `json:"sources"`
	Parts      []Part      `json:"parts"`
	Disputes   []Dispute   `json:"disputes"`
	Gaps       []Gap       `json:"gaps"`
	Marks      []Mark      `json:"marks"`
	Rejected   int64       `json:"rejected"`   // in the last 24 hours, here and below
	Reconciles bool        `json:"reconciles"` // the contributions were combined again and gave the value
}

// SourceUse is what one source sent, here and below.
type SourceUse struct {
	Source   string `json:"source"`
	Readings *int64 `json:"readings"` // null where small cells are hidden: counts would give them away
	LastAt   *int64 `json:"last_at"`
}

// Part is one measure of the indicator. Of a suppressed figure there are no contributions.
type Part struct {
	Measure       string         `json:"measure"`
	Value         *float64       `json:"value"`
	Contributions []Contribution `json:"contributions"`
}

// Contribution is what a direct child area brings in, or a point that reports at
// the area itself; one of Area and Point is there. A hidden one has no numbers.
type Contribution struct {
	Area     *string  `json:"area,omitempty"`
	Point    *string  `json:"point,omitempty"` // empty: readings without a point
	Value    *float64 `json:"value"`
	Count    *int64   `json:"count"` // readings in the window; of a stock the points that count
	Share    *float64 `json:"share"`
	AsOf     *int64   `json:"as_of"`
	Stale    bool     `json:"stale"`
	Source   *string  `json:"source"` // of a point's newest reading
	At       *int64   `json:"at,omitempty"`
	Entry    string   `json:"entry,omitempty"`
	Newest   *Newest  `json:"newest,omitempty"`
	Readings *int64   `json:"readings,omitempty"` // of a point: how many there ever were
}

// Newest is a point's newest reading, and the entry of the stream that brought it.
type Newest struct {
	Value  *float64 `json:"value"` // null: of a distinct
	At     int64    `json:"at"`
	Source string   `json:"source"`
	Entry  string   `json:"entry"`
}

// Dispute is a point of which sources say different things, the newest first.
type Dispute struct {
	Measure string    `json:"measure"`
	Area    string    `json:"area"`
	Point   string    `json:"point"`
	Values  []Witness `json:"values"`
}

// Gap is a stretch of a stream that was lost before it was read.
type Gap struct {
	Stream string `json:"stream"`
	Kind   string `json:"kind"` // trimmed, rolled_back, recreated
	From   *int64 `json:"from"`
	To     *int64 `json:"to"`
	Count  *int64 `json:"count"` // null: not known
}

// Mark is something to know on the time axis: a change of caliber.
type Mark struct {
	At   int64  `json:"at"`
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Caliber is the kind of a mark that says that the caliber changed.
const Caliber = "caliber"

// Marks lists the changes of an indicator's caliber.
func Marks(d *indicator.Indicator, zone *time.Location) []Mark {
	list := []Mark{}
	for _, c := range d.Changes(zone) {
		list = append(list, Mark{At: c.At, Kind: Caliber, Text: c.Caliber})
	}
	return list
}

// Explain takes an indicator at an area apart. Whether the caller may see the
// area is the door's question; of a personal indicator nothing is told of
// points, nor, from the root or its children, of the areas below those.
func (v *View) Explain(p indicator.Place, a rollup.Area, zone *time.Location) Explanation {
	x := v.State.Explain(p, a)
	f := x.Figure
	cat := v.State.Catalogue()
	e := Explanation{
		Area: v.State.AreaID(a), Value: pointer(f.Value), Level: word(f.Level), Status: string(f.Status),
		AsOf: instant(f.AsOf), CountsFrom: instant(f.CountsFrom), Coverage: v.coverage(p, a, f),
		Sources: []SourceUse{}, Disputes: []Dispute{}, Gaps: []Gap{},
		Marks: Marks(&cat.Indicators[p], zone), Rejected: x.Refused, Reconciles: x.Reconciles,
	}
	counted := v.indicator(p).SuppressBelow == 0
	for _, s := range x.Sources {
		u := SourceUse{Source: s.Source, LastAt: instant(s.LastAt)}
		if counted {
			u.Readings = &s.Readings
		}
		e.Sources = append(e.Sources, u)
	}
	slices.SortFunc(e.Sources, func(s, o SourceUse) int { return cmp.Compare(s.Source, o.Source) })
	personal := v.personal(p)
	below := !personal || !v.State.Shown(p, a) // who may see this far down may see further
	for _, part := range x.Parts {
		e.Parts = append(e.Parts, v.part(&part, personal, below))
	}
	for _, d := range x.Disputes {
		if !personal {
			e.Disputes = append(e.Disputes, v.dispute(&d))
		}
	}
	for _, g := range x.Gaps {
		gap := Gap{Stream: g.Stream, Kind: g.Kind, From: instant(g.From), To: instant(g.To)}
		if g.Count > 0 {
			gap.Count = &g.Count
		}
		e.Gaps = append(e.Gaps, gap)
	}
	return e
}

func (v *View) personal(p indicator.Place) bool {
	return v.State.Catalogue().SensitivityOf(p).Rank() >= indicator.Personal.Rank()
}

func (v *View) part(x *rollup.Explained, personal, below bool) Part {
	m := &v.State.Catalogue().Measures[x.Measure]
	out := Part{Measure: m.ID, Value: pointer(x.Value)}
	if x.Contributions == nil {
		return out
	}
	out.Contributions = []Contribution{}
	told := false
	for i := range x.Contributions {
		c := &x.Contributions[i]
		switch {
		case c.Area != rollup.None:
			out.Contributions = append(out.Contributions, v.child(c, below))
		case !personal:
			out.Contributions = append(out.Contributions, point(c, m.Kind))
		case !told: // once for all of them: not even how many there are
			told = true
			out.Contributions = append(out.Contributions, Contribution{Point: new(string)})
		}
	}
	return out
}

// child is an area's contribution; what may not be drawn there has no numbers.
func (v *View) child(c *rollup.Contribution, below bool) Contribution {
	id := v.State.AreaID(c.Area)
	out := Contribution{Area: &id, AsOf: instant(c.AsOf), Stale: c.Stale}
	if c.Hidden || !below && v.State.Deep(c.Area) {
		return out
	}
	out.Value, out.Count, out.Share = pointer(c.Value), &c.Count, pointer(c.Share)
	return out
}

func point(c *rollup.Contribution, k indicator.Kind) Contribution {
	out := Contribution{Point: &c.Point, AsOf: instant(c.AsOf), Stale: c.Stale, Source: &c.Source}
	if c.Hidden {
		return out
	}
	out.Value, out.Count, out.Share, out.Readings = pointer(c.Value), &c.Count, pointer(c.Share), &c.N
	n := c.Newest
	out.Newest = &Newest{At: n.At, Source: n.Source, Entry: entry(n.Origin.Entry)}
	if k != indicator.Distinct {
		out.Newest.Value = &n.Value
	}
	out.At, out.Entry = &n.At, out.Newest.Entry
	return out
}

// entry is an entry's id as Redis writes it.
func entry(id reading.EntryID) string {
	return strconv.FormatUint(id.Ms, 10) + "-" + strconv.FormatUint(id.Seq, 10)
}

func (v *View) dispute(d *rollup.Dispute) Dispute {
	out := Dispute{
		Measure: v.State.Catalogue().Measures[d.Measure].ID, Area: v.State.AreaID(d.Area), Point: d.Point, Values: []Witness{},
	}
	for _, w := range d.Claims {
		out.Values = append(out.Values, Witness(w))
	}
	return out
}

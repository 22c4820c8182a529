package rollup_test

import (
	"math"
	"math/big"
	"slices"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
)

// oracle answers every question by going through all readings again. It knows
// nothing of buckets, trees of sums or timers.
type oracle struct {
	tree  *area.Tree
	cat   *indicator.Catalogue
	zone  *time.Location
	lists map[string][]listed
	forget,
	dedupe time.Duration
	all []reading.Reading // in the order of arrival, each that counts once
}

type listed struct {
	point string
	area  area.Index
}

// take keeps a reading unless its key was taken within the window before.
func (o *oracle) take(r reading.Reading) {
	for _, p := range o.all {
		near := int64(r.Origin.Entry.Ms)-int64(p.Origin.Entry.Ms) <= o.dedupe.Milliseconds()
		if r.ID != "" && p.ID == r.ID && p.Measure == r.Measure && p.Area == r.Area && near {
			return
		}
	}
	o.all = append(o.all, r)
}

// within tells whether a reading lies in the window at clock time t.
func (o *oracle) within(w indicator.Window, at, t int64) bool {
	a, b := time.UnixMilli(at).In(o.zone), time.UnixMilli(t).In(o.zone)
	switch w.Span {
	case indicator.Day:
		return a.Format("2006-01-02") == b.Format("2006-01-02")
	case indicator.Month:
		return a.Format("2006-01") == b.Format("2006-01")
	case indicator.Year:
		return a.Year() == b.Year()
	case indicator.Sliding:
		step := w.Length.Milliseconds() / 60
		n, now := at/step, t/step // generated instants are positive
		return n >= now-59 && n <= now
	}
	return true
}

// newest is the reading of a pair that counts now: of a stock's point, or any.
func (o *oracle) pairs(m indicator.Index, top area.Index, t int64) map[pair]reading.Reading {
	found := map[pair]reading.Reading{}
	def := &o.cat.Measures[m]
	for _, r := range o.all {
		if r.Measure != m {
			continue
		}
		k := pair{r.Area, r.Point}
		if def.Moves && r.Point != "" {
			k.area = area.None
		}
		old, ok := found[k]
		if !ok || old.At < r.At || old.At == r.At && old.Origin.Before(r.Origin) {
			found[k] = r
		}
	}
	for k, r := range found {
		forgotten := def.Kind == indicator.Stock && r.At+o.forget.Milliseconds() < t && !o.isListed(def, r)
		if !o.tree.Within(top, r.Area) || r.Gone || forgotten {
			delete(found, k)
		}
	}
	return found
}

type pair struct {
	area  area.Index
	point string
}

func (o *oracle) isListed(def *indicator.Measure, r reading.Reading) bool {
	for _, l := range o.lists[def.Expected] {
		if l.point == r.Point && (l.area == r.Area || def.Moves) {
			return true
		}
	}
	return false
}

// value is a measure at an area in a window at clock time t.
func (o *oracle) value(m indicator.Index, top area.Index, w indicator.Window, t int64) (v indicator.Number, asOf int64) {
	def := &o.cat.Measures[m]
	var values []float64
	members := map[uint64]bool{}
	heard := false
	note := func(r reading.Reading) {
		values = append(values, r.Value)
		members[r.Member] = true
		asOf = max(asOf, min(r.At, t))
	}
	if def.Kind == indicator.Stock {
		for _, r := range o.pairs(m, top, t) {
			note(r)
		}
		return combine(def, values, members, false), asOf
	}
	for _, r := range o.all {
		if r.Measure != m || !o.tree.Within(top, r.Area) {
			continue
		}
		heard = true
		if o.within(w, r.At, t) {
			note(r)
		}
	}
	return combine(def, values, members, heard), asOf
}

func combine(def *indicator.Measure, values []float64, members map[uint64]bool, heard bool) indicator.Number {
	sum := new(big.Float).SetPrec(4000)
	for _, v := range values {
		sum.Add(sum, new(big.Float).SetFloat64(v))
	}
	total, _ := sum.Float64()
	switch {
	case def.Kind == indicator.Distinct:
		return indicator.Number{V: float64(len(members)), OK: heard}
	case def.Kind == indicator.Flow:
		return indicator.Number{V: total, OK: heard}
	case len(values) == 0:
		return indicator.Number{}
	}
	slices.Sort(values)
	switch def.Combine {
	case indicator.Min:
		return indicator.Some(values[0])
	case indicator.Max:
		return indicator.Some(values[len(values)-1])
	case indicator.Mean:
		return indicator.Some(total / float64(len(values)))
	case indicator.Quantile:
		return indicator.Some(values[int(math.Ceil(def.Q*float64(len(values))-1e-9))-1])
	}
	return indicator.Some(total)
}

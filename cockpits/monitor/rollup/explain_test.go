package rollup_test

import (
	"math"
	"testing"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"

	"pgregory.net/rapid"
)

// recombine puts a part together again from nothing but its contributions.
func recombine(m indicator.Measure, list []rollup.Contribution) (v float64, some bool, size float64) {
	var sum, weighted, n float64
	least, most := math.Inf(1), math.Inf(-1)
	for _, c := range list {
		if !c.Value.OK {
			continue
		}
		some = true
		sum += c.Value.V
		weighted += c.Value.V * float64(c.Count)
		n += float64(c.Count)
		least, most = min(least, c.Value.V), max(most, c.Value.V)
	}
	switch m.Combine {
	case indicator.Mean:
		return weighted / n, some && n > 0, max(math.Abs(least), math.Abs(most))
	case indicator.Min:
		return least, some, 0
	case indicator.Max:
		return most, some, 0
	}
	return sum, some, max(math.Abs(least), math.Abs(most))
}

func TestContributionsGiveTheValueOnEveryFloor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree, cat, lists := world(t)
		s := newState(tree, cat, lists)
		now := start
		for seq := range uint64(rapid.IntRange(1, 40).Draw(t, "readings")) {
			now += rapid.SampledFrom([]int64{0, 999, 60_000, 5 * hour}).Draw(t, "wait")
			s.Advance(now)
			r := draw(t, tree, cat, now, seq)
			s.Apply(&r)
		}
		s.Advance(now + 2000)
		s.Settle()
		for p := range indicator.Place(len(cat.Indicators)) {
			for a := range area.Index(tree.Len()) {
				x, d := s.Explain(p, a), s.Held(p)
				if !x.Reconciles {
					t.Fatalf("%s at %s does not reconcile: %+v", d.ID, tree.At(a).ID, x)
				}
				for i, part := range x.Parts {
					m := cat.Measures[d.Parts[i]]
					if m.Kind == indicator.Distinct || m.Combine == indicator.Quantile {
						continue
					}
					v, some, size := recombine(m, part.Contributions)
					if m.Kind == indicator.Flow && len(part.Contributions) == 0 && part.Value.OK {
						v, some = 0, true // read once, and its pair is gone
					}
					off := math.Abs(v - part.Value.V)
					if some != part.Value.OK || some && off > 1e-9*math.Abs(v)+1e-12*size+1e-40 {
						t.Fatalf("%s of %s at %s: contributions give %v (%v), the part is %v", m.ID, d.ID, tree.At(a).ID, v, some, part.Value)
					}
					if d.Measure != "" && part.Value != x.Figure.Value {
						t.Fatalf("%s at %s: the part is %v, the value %v", d.ID, tree.At(a).ID, part.Value, x.Figure.Value)
					}
				}
			}
		}
	})
}

func TestExplainReachesThePointAndItsNewestReading(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	s := rollup.New(tree, cat, opt, start)
	for _, r := range told() {
		s.Apply(&r)
	}
	again := at(0, 1, start-1000, 6) // arrives last, and isn't the newest
	again.Point, again.Source, again.Origin.Entry = "gate", "b", reading.EntryID{Ms: uint64(start), Seq: 9}
	s.Apply(&again)
	s.Settle()
	floor := s.Explain(0, 0).Parts[0].Contributions
	if len(floor) != 2 || floor[0].Area != 1 || floor[0].Value != indicator.Some(9) || floor[0].Share != indicator.Some(9.0/13) || floor[1].Area != 2 {
		t.Fatalf("the district's floor: %+v", floor)
	}
	point := s.Explain(0, 1).Parts[0].Contributions
	if len(point) != 1 || point[0].Point != "gate" || point[0].N != 2 || point[0].Count != 2 || point[0].Value != indicator.Some(9) {
		t.Fatalf("the street's floor: %+v", point)
	}
	if n := point[0].Newest; n.Value != 3 || n.At != start || n.Source != "a" || n.Origin.Entry.Seq != 0 {
		t.Errorf("newest reading %+v, want the one of source a", n)
	}
	if list := s.Explain(0, 2).Parts[0].Contributions; len(list) != 1 || list[0].Area != area.None || list[0].Point != "" {
		t.Errorf("a reading without a point: %+v", list)
	}
	x := s.Explain(1, 0)
	if len(x.Disputes) != 1 || x.Disputes[0].Point != "p" || len(x.Disputes[0].Claims) != 2 || x.Disputes[0].Claims[0].Value != 8 || x.Figure.Disputed != 1 {
		t.Errorf("disputes %+v", x.Disputes)
	}
	if len(x.Sources) != 2 || x.Sources[0].Readings != 1 {
		t.Errorf("sources %+v", x.Sources)
	}
}

func TestThereIsNoLimitOnContributions(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	opt.Points = 5000
	s := rollup.New(tree, cat, opt, start)
	for i := range 5000 {
		r := at(0, 1, start, 1)
		r.Point = string(rune('a'+i%26)) + string(rune('0'+i/26))
		s.Apply(&r)
	}
	s.Settle()
	if x := s.Explain(0, 1); len(x.Parts[0].Contributions) != 5000 || !x.Reconciles || x.Figure.Value.V != 5000 {
		t.Errorf("%d contributions, reconciles %v", len(x.Parts[0].Contributions), x.Reconciles)
	}
}

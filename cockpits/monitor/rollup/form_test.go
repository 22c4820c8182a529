package rollup_test

import (
	"os"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

// small is a district of three areas and three measures that never changes:
// older forms of the stored state are read into it.
func small(t *testing.T) (*area.Tree, *indicator.Catalogue, rollup.Options) {
	t.Helper()
	tree, faults := area.New([]area.Area{{ID: "root", Kind: "district"}, {ID: "east", Kind: "street", Parent: "root"}, {ID: "west", Kind: "street", Parent: "root"}})
	if faults != nil {
		t.Fatal(faults)
	}
	measures := []indicator.Measure{
		{ID: "flow", Kind: indicator.Flow, FreshFor: 10 * time.Minute},
		{ID: "sum", Kind: indicator.Stock, Combine: indicator.Sum, FreshFor: 10 * time.Minute},
		{ID: "p95", Kind: indicator.Observation, Combine: indicator.Quantile, Q: 0.95},
	}
	day := indicator.Window{Span: indicator.Day}
	cat := indicator.NewCatalogue(measures, []indicator.Indicator{
		{ID: "flow_day", Measure: "flow", Window: day, Direction: indicator.Neutral},
		{ID: "sum_latest", Measure: "sum", Direction: indicator.Neutral},
		{ID: "p95_day", Measure: "p95", Window: day, Direction: indicator.Neutral},
	})
	return tree, cat, rollup.Options{Zone: shanghai, Lateness: 24 * time.Hour, Forget: forget, Points: 100, Dedupe: time.Hour, Keys: 100}
}

// told is what the small district has heard.
func told() []reading.Reading {
	list := []reading.Reading{
		{Measure: 0, Area: 1, Value: 3, Point: "gate", Source: "a", ID: "once"},
		{Measure: 0, Area: 2, Value: 4},
		{Measure: 1, Area: 1, Value: 7, Point: "p", Source: "a"},
		{Measure: 1, Area: 1, Value: 8, Point: "p", Source: "b"},
		{Measure: 2, Area: 2, Value: 100},
	}
	for i := range list {
		list[i].At = start + int64(i)
		list[i].Origin.Entry = reading.EntryID{Ms: uint64(start), Seq: uint64(i)}
	}
	return list
}

func TestEveryOlderFormIsRead(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	want := rollup.New(tree, cat, opt, start)
	for _, r := range told() {
		want.Apply(&r)
	}
	want.Settle()
	for _, file := range []string{"testdata/form1.state", "testdata/form2.state"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rollup.Decode(b, tree, cat, opt, start)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		got.Settle()
		for p := range indicator.Place(len(cat.Indicators)) {
			for a := range area.Index(tree.Len()) {
				if g, w := got.Figure(p, a), want.Figure(p, a); g != w {
					t.Errorf("%s: %s at %s = %+v, want %+v", file, cat.Indicators[p].ID, tree.At(a).ID, g, w)
				}
			}
		}
		if again := told()[0]; got.Apply(&again) != rollup.Repeated {
			t.Errorf("%s: an idempotency key was forgotten", file)
		}
	}
}

func TestAKeyIsKnownInADistrictThatNumbersOtherwise(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	s := rollup.New(tree, cat, opt, start)
	for _, r := range told() {
		s.Apply(&r)
	}
	b, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	other, faults := area.New([]area.Area{{ID: "root", Kind: "district"}, {ID: "dam", Kind: "street", Parent: "root"}, {ID: "west", Kind: "street", Parent: "root"}, {ID: "east", Kind: "street", Parent: "root"}})
	if faults != nil {
		t.Fatal(faults)
	}
	again, err := rollup.Decode(b, other, cat, opt, start)
	if err != nil {
		t.Fatal(err)
	}
	r := told()[0] // of the east, which is the first street no more
	r.Area, _ = other.Lookup("east")
	if got := again.Apply(&r); got != rollup.Repeated {
		t.Errorf("the same key at the same area: %v, want it known", got)
	}
	r.Area, _ = other.Lookup("dam")
	if got := again.Apply(&r); got != rollup.Counted {
		t.Errorf("the same key at another area: %v, want it counted", got)
	}
}

func TestAMeasureThatCombinesOtherwiseHasWhatWasKeptForIt(t *testing.T) {
	t.Parallel()
	mean, quantile, largest := indicator.Mean, indicator.Quantile, indicator.Max
	tests := map[string]struct {
		was, is indicator.Combine
		kept    indicator.Number // of the one value 100
		then    float64          // when 50 comes
	}{
		"a quantile becomes a mean":  {quantile, mean, indicator.Some(100), 75},
		"a largest becomes a mean":   {largest, mean, indicator.Some(100), 75},
		"a mean becomes a quantile":  {mean, quantile, indicator.Number{}, 50},
		"a mean becomes a largest":   {mean, largest, indicator.Number{}, 50},
		"a largest stays":            {largest, largest, indicator.Some(100), 100},
		"a quantile becomes largest": {quantile, largest, indicator.Number{}, 50},
	}
	for name, tt := range tests {
		tree, cat, opt := small(t)
		cat.Measures[2].Combine = tt.was
		s := rollup.New(tree, cat, opt, start)
		for _, r := range told() {
			s.Apply(&r)
		}
		b, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		_, cat, _ = small(t)
		cat.Measures[2].Combine = tt.is
		again, err := rollup.Decode(b, tree, cat, opt, start)
		if err != nil {
			t.Fatal(err)
		}
		again.Settle()
		if got := again.Figure(2, 0).Value; got != tt.kept {
			t.Errorf("%s: %+v is kept, want %+v", name, got, tt.kept)
		}
		r := told()[4]
		r.Value, r.Origin.Entry.Seq = 50, 77
		again.Apply(&r)
		again.Settle()
		if got := again.Figure(2, 0).Value; !got.OK || got.V < tt.then*0.99 || got.V > tt.then*1.01 {
			t.Errorf("%s: with 50 it is %+v, want %v", name, got, tt.then)
		}
	}
}

package series_test

import (
	"slices"
	"testing"

	"citydeck/cockpits/monitor/aggregate"
	"citydeck/cockpits/monitor/series"
)

func TestLatestGoesByEventTimeNotByArrival(t *testing.T) {
	type seen struct {
		order series.Order
		value float64
		gone  bool
	}
	tests := map[string]struct {
		arrive []seen
		want   float64
		counts bool
	}{
		"in order":                             {[]seen{{series.Order{At: 1}, 1, false}, {series.Order{At: 2}, 2, false}}, 2, true},
		"a late one changes nothing":           {[]seen{{series.Order{At: 2}, 2, false}, {series.Order{At: 1}, 1, false}}, 2, true},
		"same instant: the greater entry":      {[]seen{{series.Order{At: 1, Ms: 9}, 9, false}, {series.Order{At: 1, Ms: 8}, 8, false}}, 9, true},
		"same entry: the later item":           {[]seen{{series.Order{At: 1, Item: 3}, 3, false}, {series.Order{At: 1, Item: 2}, 2, false}}, 3, true},
		"same item: the later stream":          {[]seen{{series.Order{At: 1}, 3, false}, {series.Order{At: 1, Stream: 1}, 2, false}}, 2, true},
		"gone ends it":                         {[]seen{{series.Order{At: 1}, 1, false}, {series.Order{At: 2}, 0, true}}, 0, false},
		"a later reading brings it back":       {[]seen{{series.Order{At: 2}, 0, true}, {series.Order{At: 3}, 5, false}}, 5, true},
		"a reading before gone stays gone":     {[]seen{{series.Order{At: 2}, 0, true}, {series.Order{At: 1}, 5, false}}, 0, false},
		"below zero is a value like any other": {[]seen{{series.Order{At: 1}, 1, false}, {series.Order{At: 2}, -4, false}}, -4, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var latest series.Latest
			for _, s := range tt.arrive {
				latest.Observe(s.order, s.value, s.gone)
			}
			if latest.Value != tt.want || latest.Counts() != tt.counts {
				t.Errorf("after %v: value %v, counts %v; want %v, %v", tt.arrive, latest.Value, latest.Counts(), tt.want, tt.counts)
			}
		})
	}
}

func TestFoldKeepsBucketsInOrderWhateverArrives(t *testing.T) {
	var f series.Fold
	for _, n := range []int64{5, 3, 9, 3, 4, 9} {
		b := f.At(n)
		b.Observe(float64(n), aggregate.Totals)
		b.AsOf = max(b.AsOf, n*10)
	}
	var numbers []int64
	for _, b := range f.Buckets() {
		numbers = append(numbers, b.Number)
	}
	if want := []int64{3, 4, 5, 9}; !slices.Equal(numbers, want) {
		t.Fatalf("buckets %v, want %v", numbers, want)
	}
	if sum := f.Span(4, 8); sum.N != 2 || sum.Sum.Float() != 9 || sum.AsOf != 50 {
		t.Errorf("from 4 to 8: %d values, sum %v, as of %d; want 2, 9, 50", sum.N, sum.Sum.Float(), sum.AsOf)
	}
	f.Drop(5)
	if f.Find(4) != nil || f.Find(5) == nil {
		t.Errorf("after dropping what is before 5: %v", f.Buckets())
	}
}

func TestAWindowIsItsSpanWhateverCameInBetween(t *testing.T) {
	var asked, plain series.Fold
	say := func(n int64, v float64) {
		asked.Observe(n, v, aggregate.Totals, n)
		b := plain.At(n)
		b.Observe(v, aggregate.Totals)
		b.AsOf = max(b.AsOf, n)
	}
	check := func(when string, from, to int64) {
		t.Helper()
		got, want := asked.Window(from, to), plain.Span(from, to)
		if got.N != want.N || got.Sum.Float() != want.Sum.Float() || got.AsOf != want.AsOf {
			t.Errorf("%s: %d values, sum %v, as of %d; want %d, %v, %d", when, got.N, got.Sum.Float(), got.AsOf, want.N, want.Sum.Float(), want.AsOf)
		}
	}
	check("empty", 0, 9)
	say(9, 1)
	check("in the last bucket", 0, 9)
	say(9, 2)
	check("there again", 0, 9)
	say(3, 4)
	check("a late one", 0, 9)
	if b := asked.At(5); b == nil {
		t.Fatal("no bucket")
	} else {
		b.Observe(16, aggregate.Totals)
		plain.At(5).Observe(16, aggregate.Totals)
	}
	check("one that came by another way", 0, 9)
	say(12, 8)
	check("one ahead", 0, 9)
	check("turned", 3, 12)
	check("turned on", 4, 13)
	check("turned back", 0, 9)
	asked.Drop(9)
	plain.Drop(9)
	check("after a drop", 0, 9)
}

func TestTraceHoldsTheLastEnds(t *testing.T) {
	tr := series.NewTrace(1000)
	for i := range int64(100) {
		tr.Put(series.Sample{At: i * 1000, Value: float64(i), OK: true})
	}
	tr.Put(series.Sample{At: 99000, Value: -1, OK: true})
	got := tr.Since(0)
	if len(got) != series.TraceLength || got[0].At != 41000 || got[len(got)-1].Value != -1 {
		t.Errorf("%d points from %d, last %v; want %d from 41000, last -1", len(got), got[0].At, got[len(got)-1].Value, series.TraceLength)
	}
	if end := tr.End(41000); end != 42000 {
		t.Errorf("the step of 41000 ends at %d, want 42000", end)
	}
}

package rollup_test

import (
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"

	"pgregory.net/rapid"
)

// closing is an indicator at an area in a window that is over.
type closing struct {
	place  indicator.Place
	area   area.Index
	window string
}

// windowAt is the calendar window that holds an instant, and its last instant.
func windowAt(w indicator.Window, ms int64) (name string, last int64) {
	t := time.UnixMilli(ms).In(shanghai)
	y, m, d := t.Date()
	switch w.Span {
	case indicator.Day:
		return t.Format("2006-01-02"), time.Date(y, m, d+1, 0, 0, 0, 0, shanghai).UnixMilli() - 1
	case indicator.Month:
		return t.Format("2006-01"), time.Date(y, m+1, 1, 0, 0, 0, 0, shanghai).UnixMilli() - 1
	case indicator.Year:
		return t.Format("2006"), time.Date(y+1, 1, 1, 0, 0, 0, 0, shanghai).UnixMilli() - 1
	}
	return "", 0
}

// What late readings change in windows that are over is what the oracle says
// that the windows were before the first of them, and are after the last.
func TestRestatementsSayWhatAClosedWindowWasAndIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree, cat, lists := world(t)
		s := newState(tree, cat, lists)
		o := &oracle{tree: tree, cat: cat, zone: shanghai, lists: lists, forget: forget, dedupe: time.Hour}
		was, at := map[closing]indicator.Number{}, map[closing]int64{}
		plain := func(p indicator.Place) bool {
			return cat.Indicators[p].Measure != "" && cat.Measures[cat.Indicators[p].Parts[0]].Kind != indicator.Distinct
		}
		now := start
		for seq := range uint64(rapid.IntRange(1, 30).Draw(t, "readings")) {
			now += rapid.SampledFrom([]int64{0, 999, 60_000, 600_001, 5 * 3_600_000, 26 * 3_600_000}).Draw(t, "wait")
			s.Advance(now)
			r := draw(t, tree, cat, now, seq)
			for p := range indicator.Place(len(cat.Indicators)) {
				w := cat.Indicators[p].Window
				name, last := windowAt(w, r.At)
				if !plain(p) || name == "" || last >= now || cat.Indicators[p].Parts[0] != r.Measure {
					continue
				}
				for a := r.Area; a != area.None; a = tree.Parent(a) {
					k := closing{p, a, name}
					if _, noted := was[k]; !noted {
						was[k], _ = o.value(r.Measure, a, w, last)
						at[k] = last
					}
				}
			}
			o.take(r)
			s.Apply(&r)
			if rapid.IntRange(0, 3).Draw(t, "restart") == 0 {
				b, err := s.Encode()
				if err != nil {
					t.Fatal(err)
				}
				if s, err = rollup.Decode(b, tree, cat, options(lists), now); err != nil {
					t.Fatal(err)
				}
			}
			if rapid.IntRange(0, 3).Draw(t, "ask") != 0 {
				continue
			}
			for _, x := range s.Restated() {
				d := &cat.Indicators[x.Place]
				if !plain(x.Place) {
					continue
				}
				k := closing{x.Place, x.Area, x.Window}
				before, noted := was[k]
				if !noted {
					t.Fatalf("%s at %s in %s: nothing late came", d.ID, tree.At(x.Area).ID, x.Window)
				}
				is, _ := o.value(d.Parts[0], x.Area, d.Window, at[k])
				kind := string(cat.Measures[d.Parts[0]].Kind) + string(cat.Measures[d.Parts[0]].Combine)
				if !equal(kind, x.Was, before) || !equal(kind, x.Is, is) || x.From > at[k] || x.To != at[k]+1 {
					t.Fatalf("%s at %s in %s: was %v is %v, want %v and %v", d.ID, tree.At(x.Area).ID, x.Window, x.Was, x.Is, before, is)
				}
				delete(was, k)
			}
			for k, before := range was { // what wasn't handed out has not changed
				d := &cat.Indicators[k.place]
				is, _ := o.value(d.Parts[0], k.area, d.Window, at[k])
				if off := is.V - before.V; is.OK != before.OK || off > 1e-9 || off < -1e-9 {
					t.Fatalf("%s at %s in %s: was %v, is %v, and nobody says so", d.ID, tree.At(k.area).ID, k.window, before, is)
				}
			}
			clear(was)
		}
	})
}

func TestALateReadingIsRestatedOnceWithItsReason(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	yesterday, today := start, start+3_600_000 // half past eleven at night, half past midnight
	s := rollup.New(tree, cat, opt, yesterday)
	say := func(at, entry int64, value float64, source string) {
		s.Apply(&reading.Reading{Measure: 0, Area: 1, At: at, Value: value, Source: source, Origin: reading.Origin{Entry: reading.EntryID{Ms: uint64(entry)}}})
	}
	say(yesterday, yesterday, 3, "a")
	s.Advance(today)
	if list := s.Restated(); list != nil {
		t.Fatalf("nothing late came: %+v", list)
	}
	say(yesterday+1, today, 4, "a")
	say(yesterday+2, today+7000, 1, "a")
	say(today, today, 100, "a") // not late
	list := s.Restated()
	if len(list) != 2 {
		t.Fatalf("restatements %+v, want one at the street and one at the district", list)
	}
	for i, a := range []area.Index{0, 1} {
		x := list[i]
		if x.Area != a || x.Window != "2025-12-31" || x.Was != indicator.Some(3) || x.Is != indicator.Some(8) || x.At != today+7000 {
			t.Errorf("at %s: %+v, want 3 to 8 in 2025-12-31 at %d", tree.At(a).ID, x, today+7000)
		}
		if !strings.HasPrefix(x.Reason, "2 late readings of a,") {
			t.Errorf("reason %q", x.Reason)
		}
	}
	if list := s.Restated(); list != nil {
		t.Errorf("handed out again: %+v", list)
	}
}

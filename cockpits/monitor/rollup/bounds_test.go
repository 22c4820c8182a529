package rollup_test

import (
	"fmt"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

const hour, day = 3_600_000, 24 * 3_600_000 // ms

// at makes a reading of a measure of the small district, entered when it was taken.
func at(m indicator.Index, a area.Index, ms int64, value float64) reading.Reading {
	return reading.Reading{Measure: m, Area: a, At: ms, Value: value, Origin: reading.Origin{Entry: reading.EntryID{Ms: uint64(ms)}}}
}

func TestAnIDCountsOnceWithinItsWindow(t *testing.T) {
	t.Parallel()
	type came struct {
		id     string
		area   area.Index
		stream int16
		after  int64 // ms, of the entry
		want   rollup.Outcome
	}
	tests := map[string][]came{
		"again at once":                       {{"k", 1, 0, 0, rollup.Counted}, {"k", 1, 0, 0, rollup.Repeated}},
		"again within the hour":               {{"k", 1, 0, 0, rollup.Counted}, {"k", 1, 0, hour, rollup.Repeated}},
		"again after the hour":                {{"k", 1, 0, 0, rollup.Counted}, {"k", 1, 0, hour + 1, rollup.Counted}},
		"the hour runs from what counted":     {{"k", 1, 0, 0, rollup.Counted}, {"k", 1, 0, hour, rollup.Repeated}, {"k", 1, 0, hour + 1, rollup.Counted}},
		"in another area it is another":       {{"k", 1, 0, 0, rollup.Counted}, {"k", 2, 0, 0, rollup.Counted}},
		"through another stream":              {{"k", 1, 0, 0, rollup.Counted}, {"k", 1, 1, 5, rollup.Repeated}},
		"no id is never a repetition":         {{"", 1, 0, 0, rollup.Counted}, {"", 1, 0, 0, rollup.Counted}},
		"a stream that lags has its own time": {{"x", 1, 1, 9 * hour, rollup.Counted}, {"k", 1, 0, 0, rollup.Counted}, {"y", 1, 1, 9*hour + 1, rollup.Counted}, {"k", 1, 0, 1, rollup.Repeated}},
	}
	for name, list := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree, cat, opt := small(t)
			s := rollup.New(tree, cat, opt, start)
			for i, c := range list {
				r := at(0, c.area, start+c.after, 1)
				r.ID, r.Origin.Stream = c.id, c.stream
				if got := s.Apply(&r); got != c.want {
					t.Errorf("reading %d: outcome %d, want %d", i, got, c.want)
				}
			}
		})
	}
}

func TestOnlySoManyIDsAreKnown(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	s := rollup.New(tree, cat, opt, start)
	say := func(i int) rollup.Outcome {
		r := at(0, 1, start, 1)
		r.ID = fmt.Sprint(i)
		return s.Apply(&r)
	}
	for i := range opt.Keys + 1 {
		say(i)
	}
	if say(opt.Keys) != rollup.Repeated || say(1) != rollup.Repeated {
		t.Error("one of the newest was forgotten")
	}
	if say(0) != rollup.Counted {
		t.Error("the oldest is still known past the limit")
	}
}

func TestAPointPastTheLimitIsRefusedAndItsIDIsNot(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	opt.Points = 1
	s := rollup.New(tree, cat, opt, start)
	first, second := at(1, 1, start, 1), at(1, 2, start, 1)
	second.ID = "k"
	for i, want := range []rollup.Outcome{rollup.Counted, rollup.TooMany, rollup.TooMany} {
		r := second
		if i == 0 {
			r = first
		}
		if got := s.Apply(&r); got != want {
			t.Errorf("reading %d: outcome %d, want %d", i, got, want)
		}
	}
	known := at(1, 1, start+1, 2)
	if got := s.Apply(&known); got != rollup.Counted {
		t.Errorf("a known point past the limit: outcome %d", got)
	}
	// Once the first is forgotten, there is room.
	s.Advance(start + 9*day)
	third := at(1, 2, start+9*day, 1)
	third.ID = "k"
	if got := s.Apply(&third); got != rollup.Counted {
		t.Errorf("after the first point was forgotten: outcome %d, want counted", got)
	}
}

func TestAPairThatFellSilentFreesItsPlace(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	opt.Forget = 30 * 24 * time.Hour
	s := rollup.New(tree, cat, opt, start)
	for m := range indicator.Index(3) {
		for i := range 10 {
			r := at(m, 1, start, 4)
			r.Point = fmt.Sprint(i)
			s.Apply(&r)
		}
	}
	if s.Points() != 30 {
		t.Fatalf("%d pairs, want 30", s.Points())
	}
	s.Advance(start + 8*day - 1)
	if s.Points() != 30 {
		t.Errorf("after a week: %d pairs, want all", s.Points())
	}
	s.Advance(start + 40*day)
	s.Advance(start + 41*day)
	if s.Points() != 0 {
		t.Errorf("after 41 days: %d pairs, want none", s.Points())
	}
	check := func(s *rollup.State, when string) {
		s.Settle()
		if f := s.Figure(0, 1); f.Value != indicator.Some(0) || f.Status != indicator.Stale {
			t.Errorf("%s the flow is %+v, want 0, stale: it was read before", when, f)
		}
		if f := s.Figure(1, 1); f.Value.OK || f.Status != indicator.Stale {
			t.Errorf("%s the stock is %+v, want no value, stale", when, f)
		}
		if n := len(s.Explain(0, 1).Parts[0].Contributions); n != 0 {
			t.Errorf("%s explain lists %d points", when, n)
		}
	}
	check(s, "then")
	b, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := rollup.Decode(b, tree, cat, opt, start+41*day)
	if err != nil {
		t.Fatal(err)
	}
	check(again, "after a restart")
}

func TestManySourcesOfOnePointTakeBoundedRoom(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	s := rollup.New(tree, cat, opt, start)
	const n = 10_000
	for i := range n {
		r := at(1, 1, start+int64(i), 4)
		r.Source = fmt.Sprint("s", i)
		s.Apply(&r)
	}
	x := s.Explain(1, 0)
	var sum int64
	for _, u := range x.Sources {
		sum += u.Readings
	}
	if len(x.Sources) > 32 || sum != n {
		t.Errorf("%d sources with %d readings are told apart, want few with %d", len(x.Sources), sum, n)
	}
	if got := len(s.Sources()); got > 5000 {
		t.Errorf("%d sources are remembered", got)
	}
}

func TestAGapIsToldWhereAWindowBeganInIt(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	midnight := start + hour/2
	tests := map[string]struct {
		from, to, want int64
	}{
		"over midnight":  {midnight - hour, midnight + hour, midnight + hour},
		"before it":      {midnight - hour, midnight - 1, 0},
		"within the day": {midnight + 1, midnight + hour, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := rollup.New(tree, cat, opt, start)
			r := at(0, 1, start-day, 1)
			s.Apply(&r)
			s.Advance(midnight + 2*hour)
			s.Settle()
			s.Miss(rollup.Gap{Stream: "readings", Kind: "trimmed", From: tt.from, To: tt.to, Count: 9})
			s.Settle()
			if got := s.Figure(0, 1).CountsFrom; got != tt.want {
				t.Errorf("counts from %d, want %d", got, tt.want)
			}
			if gaps := s.Explain(0, 1).Gaps; len(gaps) != 1 || gaps[0].Count != 9 {
				t.Errorf("explain tells of the gaps %+v", gaps)
			}
		})
	}
}

func TestRejectionsAreCountedForADay(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	s := rollup.New(tree, cat, opt, start)
	for range 3 {
		s.Refuse("flow", "east", start)
	}
	s.Refuse("flow", "root", start)
	s.Refuse("sum", "east", start)
	s.Refuse("flow", "nowhere", start)
	s.Refuse("", "", start)
	for a, want := range map[area.Index]int64{0: 4, 1: 3, 2: 0} {
		if got := s.Explain(0, a).Refused; got != want {
			t.Errorf("at %s: %d rejected, want %d", tree.At(a).ID, got, want)
		}
	}
	b, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if s, err = rollup.Decode(b, tree, cat, opt, start); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[int64]int64{23 * hour: 4, 24*hour + 600_000: 0} {
		s.Advance(start + after)
		if got := s.Refused(0, 0); got != want {
			t.Errorf("%d ms later: %d rejected, want %d", after, got, want)
		}
	}
}

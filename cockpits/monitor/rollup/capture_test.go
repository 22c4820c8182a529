package rollup_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"

	"pgregory.net/rapid"
)

// A state that is restored from a capture, and hears again what came while it
// was written, is the state that had gone on.
func TestACaptureIsTheStateAsItWasWhenItBegan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree, cat, lists := world(t)
		s := newState(tree, cat, lists)
		o := &oracle{tree: tree, cat: cat, zone: shanghai, lists: lists, forget: forget, dedupe: time.Hour}
		now, seq := start, uint64(0)
		var since []reading.Reading
		hear := func(n int) {
			for range n {
				now += rapid.SampledFrom([]int64{0, 999, 60_000}).Draw(t, "wait")
				s.Advance(now)
				r := draw(t, tree, cat, now, seq)
				seq++
				o.take(r)
				s.Apply(&r)
				since = append(since, r)
			}
		}
		hear(rapid.IntRange(0, 25).Draw(t, "before"))
		s.Settle()
		since = nil
		began := now
		c, err := s.Capture()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Capture(); !errors.Is(err, rollup.ErrUnderway) {
			t.Fatalf("a second capture: %v", err)
		}
		for done := false; !done; {
			hear(rapid.IntRange(0, 2).Draw(t, "beside"))
			if done, err = c.Step(rapid.IntRange(1, 5).Draw(t, "things")); err != nil {
				t.Fatal(err)
			}
		}
		b := slices.Concat(c.Parts()...)
		if len(b) != c.Size() {
			t.Fatalf("%d bytes, said %d", len(b), c.Size())
		}
		again, err := rollup.Decode(b, tree, cat, options(lists), began)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range since {
			again.Apply(&r)
		}
		now += 2000
		again.Advance(now)
		again.Settle()
		compare(t, again, o, now)
	})
}

func TestACaptureThatWasStoppedMakesRoomForTheNext(t *testing.T) {
	t.Parallel()
	tree, cat, opt := small(t)
	s := rollup.New(tree, cat, opt, start)
	for _, r := range told() {
		s.Apply(&r)
	}
	c, err := s.Capture()
	if err != nil {
		t.Fatal(err)
	}
	if done, err := c.Step(1); done || err != nil {
		t.Fatalf("one thing of many: done %v, %v", done, err)
	}
	c.Stop()
	if _, err := s.Encode(); err != nil {
		t.Errorf("after a stopped capture: %v", err)
	}
}

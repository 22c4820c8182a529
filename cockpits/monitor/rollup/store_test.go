package rollup_test

import (
	"testing"
	"time"

	"citydeck/cockpits/monitor/rollup"

	"pgregory.net/rapid"
)

func TestAStoredStateGoesOnAsIfNothingHadHappened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree, cat, lists := world(t)
		s := newState(tree, cat, lists)
		opt := options(lists)
		o := &oracle{tree: tree, cat: cat, zone: shanghai, lists: lists, forget: forget, dedupe: time.Hour}
		now := start
		for seq := range uint64(rapid.IntRange(1, 40).Draw(t, "readings")) {
			now += rapid.SampledFrom([]int64{0, 999, 60_000, 600_001, 5 * 3_600_000}).Draw(t, "wait")
			s.Advance(now)
			r := draw(t, tree, cat, now, seq)
			o.take(r)
			s.Apply(&r)
			if rapid.IntRange(0, 4).Draw(t, "restart") == 0 {
				s.Settle()
				b, err := s.Encode()
				if err != nil {
					t.Fatalf("encode: %v", err)
				}
				if s, err = rollup.Decode(b, tree, cat, opt, now); err != nil {
					t.Fatalf("decode: %v", err)
				}
			}
		}
		now += 2000
		s.Advance(now)
		s.Settle()
		compare(t, s, o, now)
	})
}

func TestACutStateIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree, cat, lists := world(t)
		s := newState(tree, cat, lists)
		for seq := range uint64(12) {
			r := draw(t, tree, cat, start, seq)
			s.Apply(&r)
		}
		b, err := s.Encode()
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		cut := rapid.IntRange(0, len(b)-1).Draw(t, "cut")
		if _, err := rollup.Decode(b[:cut], tree, cat, options(lists), start); err == nil {
			t.Fatalf("%d of %d bytes were taken for a whole state", cut, len(b))
		}
	})
}

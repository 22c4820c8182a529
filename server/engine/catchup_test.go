package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"citydeck/cockpits/monitor/reading"
)

func TestWhatStoodInRedisIsCountedBeforeTheFirstPicture(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := newSource()
		r := &rig{t: t, d: tiny(t), sources: []*source{src}}
		began := time.Now()
		for i := range 50 {
			r.give(r.reading("due", "west", 1, began.Add(time.Duration(i-100)*time.Second)))
		}
		r = run(t, []*source{src}, newScreen(), nil)
		defer r.stop()
		settle(20 * time.Millisecond)
		if calls, _ := r.screen.counts(); len(calls) > 0 || !r.screen.readyAt().IsZero() {
			t.Errorf("before the stream is known to be read %v is published, ready at %v", calls, r.screen.readyAt())
		}
		settle(1500 * time.Millisecond)
		if r.screen.readyAt().IsZero() || !r.engine.Ready() {
			t.Fatal("the engine isn't ready after the stream was read")
		}
		if got := r.screen.pictures(); got["mill"] != 5 || got["east"] != 2 || got["*"] != 2 {
			t.Errorf("the first pictures have %v tiles, want all: mill 5, east 2, the tree 2", got)
		}
		if got := r.screen.tile(t, "east", "ever"); got.Status != "empty" || got.Value != nil {
			t.Errorf("east, where nothing was reported, is %+v", got)
		}
		if got := r.screen.tile(t, "mill", "rate"); number(got.Value) != 0.0 || got.Parts == nil || number(got.Parts[1]) != 50.0 {
			t.Errorf("the first picture of the rate is %+v, want 0 of 50", got)
		}
	})
}

func TestTheClockFollowsTheEntriesWhileTheyAreReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := newSource()
		r := &rig{t: t, d: tiny(t), sources: []*source{src}}
		now := time.Now() // 8 in the morning there
		yesterday := now.Add(-20 * time.Hour)
		r.give(r.reading("due", "west", 100, yesterday), r.reading("timely", "west", 100, yesterday))
		bad := now.Add(-2 * time.Hour)
		r.give(r.reading("due", "west", 10, bad), r.reading("timely", "west", 5, bad))
		r.give(r.reading("heat", "west", 100, now.Add(-time.Hour)))
		r = run(t, []*source{src}, newScreen(), nil)
		defer r.stop()
		settle(2 * time.Second)
		got := r.screen.tile(t, "mill", "rate")
		if number(got.Value) != 50.0 {
			t.Errorf("today's rate is %v, want 50 of today alone", number(got.Value))
		}
		if got.Since == nil || time.UnixMilli(*got.Since).Sub(bad).Abs() > 30*time.Minute {
			t.Errorf("the alarm began at %v, want about %v, when it came", *got.Since, bad.UnixMilli())
		}
		seen := map[float64]int{}
		for _, s := range got.Spark {
			if s.Value != nil {
				seen[*s.Value]++
			}
		}
		if seen[50] < 3 {
			t.Errorf("the sparkline holds %v, want the fall to 50 two hours ago in it", seen)
		}
		if hot := r.screen.tile(t, "mill", "hottest"); hot.Status != "stale" {
			t.Errorf("a stove heard an hour ago is %s, want stale", hot.Status)
		}
	})
}

func TestOfSeveralStreamsTheOldestIsReadFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := newSource(), newSource()
		r := &rig{t: t, d: tiny(t), sources: []*source{a, b}}
		now := time.Now()
		for h := 30; h > 0; h-- {
			r.giveTo(h%2, r.reading("due", "west", 1, now.Add(-time.Duration(h)*time.Hour)))
		}
		r = run(t, []*source{a, b}, newScreen(), nil)
		defer r.stop()
		settle(3 * time.Second)
		got := r.screen.tile(t, "mill", "rate")
		if got.Parts == nil || number(got.Parts[1]) != 8.0 { // 00:00 to 07:00 of today
			t.Errorf("today's alarms of two streams are %+v, want 8", got.Parts)
		}
	})
}

func TestAnEndlessPastKeepsThePicturesBackForTenSeconds(t *testing.T) {
	t.Parallel()
	tests := map[string]func(r *rig, src *source){
		"Redis is away": func(*rig, *source) {},
		"more comes than is read": func(r *rig, src *source) {
			go func() {
				for range 1000 {
					time.Sleep(50 * time.Millisecond)
					at := time.Now().Add(-time.Hour)
					rd := r.reading("due", "west", 1, at)
					src.in <- reading.Batch{Readings: []reading.Reading{rd}, Newest: at.UnixMilli(), Entries: 1}
				}
			}()
		},
	}
	for name, feed := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				src := newSource()
				src.endless = true
				began := time.Now()
				r := run(t, []*source{src}, newScreen(), nil)
				feed(&rig{t: t, d: r.d}, src)
				settle(9900 * time.Millisecond)
				if !r.screen.readyAt().IsZero() {
					t.Errorf("ready after %v, want 10 s", r.screen.readyAt().Sub(began))
				}
				settle(300 * time.Millisecond)
				if r.screen.readyAt().IsZero() {
					t.Error("not ready after 10 s")
				}
				settle(time.Minute)
				r.stop()
			})
		})
	}
}

func TestAStreamInTroubleHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		good, bad := newSource(), newSource()
		bad.endless = true // says each second that nothing came, and that there is more
		r := &rig{t: t, d: tiny(t), sources: []*source{bad, good}}
		for i := range 500 {
			r.giveTo(1, r.reading("due", "west", 1, time.Now().Add(time.Duration(i-1000)*time.Second)))
		}
		r = run(t, []*source{bad, good}, newScreen(), nil)
		defer r.stop()
		settle(3 * time.Second)
		if n := len(good.in); n > 0 {
			t.Errorf("after 3 s %d of 500 batches of the good stream are still unread", n)
		}
		settle(8 * time.Second)
		if !r.engine.Ready() {
			t.Error("not ready after 10 s")
		}
		if got := r.screen.tile(t, "mill", "rate"); got.Parts == nil || number(got.Parts[1]) != 500.0 {
			t.Errorf("the good stream counts %+v, want 500", got.Parts)
		}
	})
}

package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/server/engine"

	"github.com/prometheus/client_golang/prometheus"
)

func TestAReadingIsOnTheWallWithinATick(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := run(t, []*source{newSource()}, newScreen(), nil)
		defer r.stop()
		settle(3 * time.Second)
		before, _ := r.screen.counts()
		r.give(r.reading("due", "west", 4, time.Now()), r.reading("timely", "west", 3, time.Now()))
		settle(100 * time.Millisecond)
		got := r.screen.tile(t, "mill", "rate")
		if number(got.Value) != 75.0 || got.Status != "alarm" || got.Parts == nil || number(got.Parts[0]) != 3.0 {
			t.Errorf("3 of 4 alarms in time give %+v after a tick, want 75, alarm", got)
		}
		if items := r.screen.tile(t, "mill", "streets").Items; len(items) != 2 || items[0].ID != "west" || number(items[0].Value) != 75.0 {
			t.Errorf("the ranking is %+v, want west first with 75", items)
		}
		after, _ := r.screen.counts()
		if after["east"] != before["east"] {
			t.Errorf("east was published %d times although nothing of it changed", after["east"]-before["east"])
		}
		if after["mill"] != before["mill"]+1 {
			t.Errorf("mill was published %d times, want once", after["mill"]-before["mill"])
		}
	})
}

func TestADayTurnsAtItsOwnMidnightWithoutAReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the bubble begins at 2000-01-01 00:00 UTC: 8 in the morning there
		r := run(t, []*source{newSource()}, newScreen(), nil)
		defer r.stop()
		settle(3 * time.Second)
		r.give(r.reading("due", "east", 10, time.Now()), r.reading("timely", "east", 10, time.Now()))
		midnight := time.Date(2000, 1, 2, 0, 0, 0, 0, r.d.Zone)
		settle(time.Until(midnight) - 50*time.Millisecond)
		if got := r.screen.tile(t, "mill", "rate"); number(got.Value) != 100.0 {
			t.Errorf("before midnight the rate is %v, want 100", number(got.Value))
		}
		settle(200 * time.Millisecond)
		got := r.screen.tile(t, "mill", "rate")
		if got.Value != nil || got.Status != "normal" {
			t.Errorf("after midnight the rate is %v, %s, want none of 0 alarms, normal", number(got.Value), got.Status)
		}
		if ever := r.screen.tile(t, "east", "ever"); number(ever.Value) != 10.0 || ever.CountsFrom == nil {
			t.Errorf("the alarms ever are %+v, want 10 with counts_from", ever)
		}
	})
}

func TestAStockGrowsStaleByTheClockAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := run(t, []*source{newSource()}, newScreen(), nil)
		defer r.stop()
		settle(3 * time.Second)
		one, two := r.reading("heat", "east", 180, time.Now()), r.reading("heat", "west", 200, time.Now())
		one.Point, two.Point = "k1", "k2"
		r.give(one, two)
		settle(time.Second)
		got := r.screen.tile(t, "mill", "hottest")
		if number(got.Value) != 200.0 || got.Status != "normal" || got.Coverage == nil || got.Coverage.Fresh != 2 || got.Coverage.Expected != 2 {
			t.Errorf("two kitchens give %+v, want 200, normal, 2 of 2", got)
		}
		settle(10*time.Minute + time.Second)
		got = r.screen.tile(t, "mill", "hottest")
		if number(got.Value) != 200.0 || got.Status != "stale" || got.Coverage.Fresh != 0 {
			t.Errorf("ten minutes later the tile is %+v, want 200, stale, 0 fresh", got)
		}
		items := r.screen.tile(t, "east", "kitchens").Items
		if len(items) != 2 || items[0].Status != "stale" {
			t.Errorf("the board is %+v, want k1 stale", items)
		}
	})
}

func TestTheTickStretchesUnderLoadAndComesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := newScreen()
		r := run(t, []*source{newSource()}, slow, nil)
		defer r.stop()
		settle(3 * time.Second)
		rounds := func(d time.Duration, busy bool) int {
			_, before := slow.counts()
			for end := time.Now().Add(d); time.Now().Before(end); settle(50 * time.Millisecond) {
				if busy {
					r.give(r.reading("due", "west", 1, time.Now()))
				}
			}
			_, after := slow.counts()
			return after - before
		}
		if n := rounds(10*time.Second, true); n < 95 {
			t.Errorf("%d rounds in 10 s of a quick screen, want one each 100 ms", n)
		}
		slow.slow.Store(int64(400 * time.Millisecond))
		rounds(5*time.Second, true)
		if n := rounds(20*time.Second, true); n > 35 || n < 20 {
			t.Errorf("%d rounds in 20 s when each takes 400 ms, want one a second, and the beats", n)
		}
		slow.slow.Store(0)
		rounds(10*time.Second, true)
		if n := rounds(10*time.Second, true); n < 95 {
			t.Errorf("%d rounds in 10 s after the load, want one each 100 ms again", n)
		}
	})
}

func TestAQuestionIsAnsweredWithTheNewest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := run(t, []*source{newSource()}, newScreen(), func(c *engine.Config) { c.Tick, c.MaxTick = time.Hour, time.Hour })
		defer r.stop()
		rate, _ := r.d.Catalogue.Indicator("rate")
		west, _ := r.d.Areas.Lookup("west")
		if _, err := r.engine.By(r.d).Value(t.Context(), rate, west); !errors.Is(err, engine.ErrCatchingUp) || r.engine.Ready() {
			t.Errorf("before the streams are read a question gives %v, want ErrCatchingUp", err)
		}
		settle(3 * time.Second)
		r.give(r.reading("due", "west", 8, time.Now()), r.reading("timely", "west", 2, time.Now()))
		settle(time.Second) // long before the next tick
		v, err := r.engine.By(r.d).Value(t.Context(), rate, west)
		if err != nil || number(v.Value) != 25.0 || v.Status != "alarm" || v.Area != "west" || v.Indicator != "rate" {
			t.Errorf("the rate at west is %+v, %v, want 25, alarm", v, err)
		}
	})
}

func TestAQuestionToNobodyEndsWithItsDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := run(t, []*source{newSource()}, newScreen(), nil)
		settle(3 * time.Second)
		r.stop()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		rate, _ := r.d.Catalogue.Indicator("rate")
		if _, err := r.engine.By(r.d).Value(ctx, rate, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a question to a stopped engine gives %v, want its deadline", err)
		}
	})
}

func TestReadingsPastTheLimitAreRejectedByNumber(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := run(t, []*source{newSource()}, newScreen(), func(c *engine.Config) { c.Points = 2 })
		defer r.stop()
		settle(3 * time.Second)
		a, b, c := r.reading("due", "west", 1, time.Now()), r.reading("due", "west", 1, time.Now()), r.reading("due", "west", 1, time.Now())
		a.Point, b.Point, c.Point = "a", "b", "c"
		r.give(a, b, c, a)
		settle(time.Second)
		got := r.sources[0].refused()
		if len(got) != 1 || got[0].Reason != reading.TooMany || got[0].Origin != c.Origin || got[0].Measure != "due" {
			t.Errorf("of three points and room for two these are rejected: %+v, want the third as too_many", got)
		}
		rate, _ := r.d.Catalogue.Indicator("due_ever")
		if v, err := r.engine.By(r.d).Value(t.Context(), rate, 0); err != nil || number(v.Value) != 3.0 {
			t.Errorf("the known points count %v, %v, want 3", number(v.Value), err)
		}
	})
}

func TestAReaderWaitsUntilItsBatchIsTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := newScreen()
		r := run(t, []*source{newSource()}, slow, nil)
		defer r.stop()
		settle(3 * time.Second)
		s := r.sources[0]
		slow.slow.Store(int64(time.Minute)) // the loop stands still in a Publish
		r.give(r.reading("due", "west", 1, time.Now()))
		settle(200 * time.Millisecond)
		for range 10 {
			r.give(r.reading("due", "west", 1, time.Now()))
		}
		settle(2 * time.Second)
		before := s.asked.Load()
		settle(30 * time.Second)
		if n := s.asked.Load() - before; n > 0 || len(s.in) == 0 {
			t.Errorf("while the loop stands still %d more batches are read, %d are left, want the rest to stay in Redis", n, len(s.in))
		}
		slow.slow.Store(0)
	})
}

// broken is a screen that panics once it is ready.
type broken struct{ *screen }

func (broken) Ready() { panic("no picture") }

func TestAPanicEndsTheEngineWithAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := engine.Config{District: tiny(t), Tick: time.Second, MaxTick: time.Second, CatchUp: time.Second, Points: 1, Keys: 1}
		e := engine.New(cfg, []engine.Source{newSource()}, broken{newScreen()}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		if err := e.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no picture") || !strings.Contains(err.Error(), "catchUp") {
			t.Errorf("Run gives %v, want the panic with its stack", err)
		}
	})
}

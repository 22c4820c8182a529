package simulate_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"citydeck/cockpits/district"
	"citydeck/server/simulate"
)

// sink keeps what it takes; away says until when it takes nothing.
type sink struct {
	took  []simulate.Entry
	when  []time.Time
	away  time.Time
	tried int
}

func (s *sink) Add(_ context.Context, entries []simulate.Entry) error {
	s.tried++
	if time.Now().Before(s.away) {
		return errors.New("nobody there")
	}
	s.took = append(s.took, entries...)
	for range entries {
		s.when = append(s.when, time.Now())
	}
	return nil
}

func runner(t *testing.T, d *district.District, s *sink) *simulate.Runner {
	t.Helper()
	g := play(t, d, small, simulate.Config{Start: time.Now(), Rate: 20})
	return &simulate.Runner{Generator: g, Sink: s, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

func TestARunnerKeepsTheRateUntilItIsStopped(t *testing.T) {
	t.Parallel()
	d := hamlet(t)
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		sent := runner(t, d, s).Run(ctx)
		l := listen(t, d)
		l.hear(s.took, time.Now())
		if l.n != sent || sent < 1150 || sent > 1250 {
			t.Errorf("in a minute at 20 a second it says that it sent %d readings, and %d came", sent, l.n)
		}
	})
}

func TestARunnerWaitsForASinkThatIsAway(t *testing.T) {
	t.Parallel()
	d := hamlet(t)
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		s := &sink{away: begin.Add(10 * time.Minute)}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
		defer cancel()
		runner(t, d, s).Run(ctx)
		g := play(t, d, small, simulate.Config{Start: begin, Rate: 20})
		all, steady := listen(t, d), listen(t, d)
		all.hear(s.took, time.Now())
		steady.listenFor(g, begin, 20*time.Minute, 100*time.Millisecond)
		if diff := all.sum["calls"] - steady.sum["calls"]; diff < -3 || diff > 3 {
			t.Errorf("after ten minutes without a sink %v calls came in twenty, want %v", all.sum["calls"], steady.sum["calls"])
		}
		if s.tried > 10*60+10*60*10+20 || s.when[0].Before(s.away) {
			t.Errorf("it tried %d times, and first had success at %v", s.tried, s.when[0])
		}
		if all.n > steady.n*6/10 {
			t.Errorf("it sent %d readings, want about half of %d: what nobody took is told at once", all.n, steady.n)
		}
	})
}

func TestThePastIsToldOrRefused(t *testing.T) {
	t.Parallel()
	d := hamlet(t)
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		if err := runner(t, d, s).Tell(t.Context(), 3); err != nil || len(s.took) == 0 {
			t.Errorf("telling the past gave %d entries and %v", len(s.took), err)
		}
		s = &sink{away: time.Now().Add(time.Hour)}
		if err := runner(t, d, s).Tell(t.Context(), 3); err == nil || s.tried != 1 {
			t.Errorf("a sink that is away was tried %d times for the past, with %v", s.tried, err)
		}
	})
}

func BenchmarkStep(b *testing.B) {
	d := shipped(b)
	start := afternoon(d.Zone)
	g := playShipped(b, d, simulate.Config{Rate: 5000, Start: start})
	readings := 0
	for i := range b.N {
		_, n := g.Step(start.Add(time.Duration(i+1) * 100 * time.Millisecond))
		readings += n
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(max(readings, 1)), "ns/reading")
	b.ReportMetric(float64(readings)/float64(b.N)*10, "readings/s")
}

func BenchmarkPast(b *testing.B) {
	d := shipped(b)
	entries := 0
	for range b.N {
		g := playShipped(b, d, simulate.Config{Start: afternoon(d.Zone)})
		for list := range g.Past(30) {
			entries += len(list)
		}
	}
	b.ReportMetric(float64(entries)/float64(b.N), "entries")
}

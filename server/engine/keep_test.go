package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
	"citydeck/server/engine"

	"github.com/prometheus/client_golang/prometheus"
)

// memory keeps what an engine hands over.
type memory struct {
	mu     sync.Mutex
	slow   time.Duration                       // guarded by mu: how long a Save takes
	broken error                               // guarded by mu: what a Save fails with
	deaf   error                               // guarded by mu: what a Record fails with
	saved  []rollup.Checkpoint                 // guarded by mu: as read back
	notes  map[int64]engine.Happened           // guarded by mu
	values map[rollup.Pair]map[int64][]float64 // guarded by mu: by line and end, each time it was recorded
	inside int                                 // guarded by mu: calls under way
	most   int                                 // guarded by mu: the most of them
}

func newMemory() *memory {
	return &memory{notes: map[int64]engine.Happened{}, values: map[rollup.Pair]map[int64][]float64{}}
}

func (m *memory) Save(cp *rollup.Checkpoint) error {
	m.mu.Lock()
	m.inside++
	m.most = max(m.most, m.inside)
	slow, broken := m.slow, m.broken
	m.mu.Unlock()
	time.Sleep(slow)
	again, err := rollup.ReadCheckpoint(slices.Concat(cp.Parts()...)) // what a disk gives back shares nothing
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inside--
	if err == nil && broken == nil {
		m.saved = append(m.saved, again)
	}
	return errors.Join(err, broken)
}

func (m *memory) Note(_ context.Context, serial int64, h engine.Happened) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.notes[serial] = h
	return nil
}

func (m *memory) Record(_ context.Context, lines []rollup.Pair, rows []engine.Row) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.deaf != nil {
		return m.deaf
	}
	for _, r := range rows {
		for i, p := range lines {
			if m.values[p] == nil {
				m.values[p] = map[int64][]float64{}
			}
			if r.Step == time.Minute.Milliseconds() {
				m.values[p][r.End] = append(m.values[p][r.End], r.Values[i])
			}
		}
	}
	return nil
}

func (m *memory) Fill(context.Context, []rollup.Pair, []engine.Row) error { return nil }

func (m *memory) Recall(_ context.Context, p rollup.Pair, from, to, step int64) ([]series.Sample, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []series.Sample
	for at, v := range m.values[p] {
		if at >= from && at <= to && at%step == 0 {
			last := v[len(v)-1]
			list = append(list, series.Sample{At: at, Value: last, OK: last == last})
		}
	}
	slices.SortFunc(list, func(a, b series.Sample) int { return int(a.At - b.At) })
	return list, nil
}

func (m *memory) last(t *testing.T) *rollup.Checkpoint {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.saved) == 0 {
		t.Fatal("nothing was saved")
	}
	return &m.saved[len(m.saved)-1]
}

func (m *memory) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.saved)
}

func kept(m *memory) func(*engine.Config) {
	return func(c *engine.Config) { c.Keeper, c.Checkpoint, c.Streams = m, 5*time.Second, []string{"readings"} }
}

// revive starts another engine where the last checkpoint was taken.
func revive(t *testing.T, m *memory, src *source) *rig {
	t.Helper()
	r := &rig{t: t, d: tiny(t), sources: []*source{src}, screen: newScreen()}
	cfg := engine.Config{
		District: r.d, Tick: 100 * time.Millisecond, MaxTick: time.Second, CatchUp: 10 * time.Second,
		Forget: 30 * 24 * time.Hour, Dedupe: time.Hour, Keys: 1000, Points: 1000,
	}
	kept(m)(&cfg)
	r.engine = engine.New(cfg, nil, r.screen, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err := r.engine.Restore(m.last(t)); err != nil {
		t.Fatal(err)
	}
	r.engine.Read([]engine.Source{src})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.engine.Run(ctx) }()
	r.stop = func() {
		cancel()
		if err := <-ended; !engine.Stopped(err) {
			t.Errorf("Run ends with %v", err)
		}
	}
	return r
}

func TestAnEngineGoesOnWhereItsCheckpointWasTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, src := newMemory(), newSource()
		r := run(t, []*source{src}, newScreen(), kept(m))
		settle(2 * time.Second)
		r.give(r.reading("due", "west", 10, time.Now()), r.reading("timely", "west", 4, time.Now()))
		settle(6 * time.Second)
		cp := m.last(t)
		want := reading.EntryID{Ms: uint64(cp.Taken), Seq: 2}
		if len(cp.Marks) != 1 || cp.Marks[0].Stream != "readings" || cp.Marks[0].Position.Seq != want.Seq {
			t.Errorf("read up to %+v, want the entry of the readings", cp.Marks)
		}
		since := r.screen.tile(t, "mill", "rate").Since
		late := r.reading("due", "west", 90, time.Now())
		r.give(late) // after the checkpoint: a crash forgets it
		settle(time.Second)
		if got := r.screen.tile(t, "mill", "rate"); number(got.Parts[1]) != 100.0 {
			t.Fatalf("%v are due, want 100", number(got.Parts[1]))
		}
		crashed := m.count()
		r.stop() // in order: its last checkpoint has all
		if m.count() != crashed+1 {
			t.Errorf("%d checkpoints at the end, want one more than %d", m.count(), crashed)
		}
		m.saved = m.saved[:crashed] // as if it had crashed
		settle(time.Minute)
		src2 := newSource()
		again := revive(t, m, src2)
		again.give(late) // the stream is read on from the position
		defer again.stop()
		settle(3 * time.Second)
		got := again.screen.tile(t, "mill", "rate")
		if number(got.Parts[0]) != 4.0 || number(got.Parts[1]) != 100.0 {
			t.Errorf("after a crash %v of %v were in time, want 4 of 100", number(got.Parts[0]), number(got.Parts[1]))
		}
		if got.Since == nil || since == nil || *got.Since != *since {
			t.Errorf("after a crash the alarm began at %v, want %v as before", number2(got.Since), number2(since))
		}
		if news := again.screen.tile(t, "mill", "news"); len(news.Items) != 2 {
			t.Errorf("after a crash the feed has %d items, want the two alarms that opened, once each", len(news.Items))
		}
	})
}

func number2(v *int64) any {
	if v == nil {
		return nil
	}
	return *v
}

func TestOneCheckpointAtATimeAndOnlyWhenSomethingCame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, src := newMemory(), newSource()
		m.slow = 20 * time.Second
		r := run(t, []*source{src}, newScreen(), kept(m))
		defer r.stop()
		settle(time.Second)
		for range 600 {
			r.give(r.reading("due", "west", 1, time.Now()))
			settle(100 * time.Millisecond)
		}
		if n := m.count(); n != 2 && n != 3 {
			t.Errorf("%d checkpoints in a minute on a disk that takes 20 s each", n)
		}
		if m.most != 1 {
			t.Errorf("%d were written at once", m.most)
		}
		if got := r.screen.tile(t, "mill", "rate"); number(got.Parts[1]) != 600.0 {
			t.Errorf("%v are due, want all 600: nothing waits for the disk", number(got.Parts[1]))
		}
		m.mu.Lock()
		m.slow = 0
		m.mu.Unlock()
		settle(30 * time.Second)
		before := m.count()
		settle(50 * time.Second)
		if n := m.count() - before; n > 1 {
			t.Errorf("%d checkpoints while nothing came", n)
		}
	})
}

func TestADiskThatTakesNothingKeepsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, src := newMemory(), newSource()
		full := errors.New("no space left")
		m.broken, m.deaf = full, full
		r := run(t, []*source{src}, newScreen(), kept(m))
		settle(time.Second)
		src.in <- reading.Batch{Gaps: []reading.Gap{{Stream: "readings", Kind: reading.Trimmed, At: time.Now().UnixMilli(), Count: 7}}}
		r.give(r.reading("due", "west", 5, time.Now()))
		settle(3 * time.Minute)
		if got := r.screen.tile(t, "mill", "rate"); number(got.Parts[1]) != 5.0 {
			t.Errorf("%v are due, want 5", number(got.Parts[1]))
		}
		m.mu.Lock()
		m.broken, m.deaf = nil, nil
		m.mu.Unlock()
		settle(70 * time.Second)
		r.stop()
		gaps := 0
		for _, h := range m.notes {
			gaps += len(h.Gaps)
		}
		if gaps != 1 {
			t.Errorf("%d gaps are noted, want the one that waited", gaps)
		}
		due, _ := r.d.Catalogue.Indicator("due_ever")
		mill, _ := r.d.Areas.Lookup("mill")
		if n := len(m.values[rollup.Pair{Place: due, Area: mill}]); n < 4 {
			t.Errorf("%d minutes are recorded, want those that waited too", n)
		}
	})
}

func TestSparklinesAndChangeAreThereAfterARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, src := newMemory(), newSource()
		r := run(t, []*source{src}, newScreen(), kept(m))
		settle(time.Second)
		r.give(r.reading("due", "west", 10, time.Now()), r.reading("timely", "west", 10, time.Now()))
		for range 24 { // a day goes by
			settle(time.Hour)
			r.give(r.reading("due", "west", 10, time.Now()), r.reading("timely", "west", 5, time.Now()))
		}
		settle(time.Minute)
		before := r.screen.tile(t, "mill", "rate")
		r.stop()
		settle(time.Minute)
		again := revive(t, m, newSource())
		defer again.stop()
		settle(3 * time.Second)
		got := again.screen.tile(t, "mill", "rate")
		if len(got.Spark) < len(before.Spark)-1 || len(before.Spark) < 15 {
			t.Errorf("after a restart the sparkline has %d points, before %d", len(got.Spark), len(before.Spark))
		}
		if got.Change == nil || got.Change.Value == nil || before.Change == nil || before.Change.Value == nil {
			t.Fatalf("no change: before %+v, after %+v", before.Change, got.Change)
		}
		if c := *got.Change.Value; c > -40 || c < -60 {
			t.Errorf("the change over a day is %v, want about 50 less than 100 %%", c)
		}
	})
}

func TestGapsAreToldToTheFeedAndNoted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, src := newMemory(), newSource()
		r := run(t, []*source{src}, newScreen(), kept(m))
		settle(time.Second)
		r.give(r.reading("due", "west", 1, time.Now()))
		src.in <- reading.Batch{Position: reading.EntryID{Ms: uint64(time.Now().UnixMilli()), Seq: 9}, Gaps: []reading.Gap{
			{Stream: "readings", Kind: reading.Trimmed, At: time.Now().UnixMilli(), From: 1, To: 2, Count: 30},
		}}
		settle(time.Second)
		news := r.screen.tile(t, "mill", "news")
		found := false
		for _, it := range news.Items {
			found = found || it.Kind == "gap" && it.TextEn == "stream readings was trimmed unread, 30 entries are missing"
		}
		if !found {
			t.Errorf("the feed says %+v", news.Items)
		}
		settle(10 * time.Second)
		r.stop()
		n := 0
		for _, h := range m.notes {
			n += len(h.Gaps)
		}
		if n != 1 {
			t.Errorf("%d gaps noted, want 1", n)
		}
	})
}

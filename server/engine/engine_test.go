package engine_test

import (
	"context"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/tile"
	"citydeck/fixtures"
	"citydeck/server/engine"

	"github.com/prometheus/client_golang/prometheus"
)

// tiny is the district of three areas.
func tiny(t testing.TB) *district.District {
	t.Helper()
	folder, err := fs.Sub(fixtures.Districts, "districts/tiny")
	if err != nil {
		t.Fatal(err)
	}
	d, err := district.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// source plays a stream: batches that a test puts in, and quiet between them.
type source struct {
	in       chan reading.Batch
	at       reading.EntryID // of the last batch; Next's own
	endless  bool            // never says that it has caught up
	asked    atomic.Int64    // how often Next was called
	lag      atomic.Int64    // ms; below 0: Redis can't be asked
	mu       sync.Mutex
	rejected []reading.Rejection // guarded by mu
}

func newSource() *source { return &source{in: make(chan reading.Batch, 1000)} }

func (s *source) Next(ctx context.Context) (reading.Batch, error) {
	s.asked.Add(1)
	quiet := time.NewTimer(time.Second)
	defer quiet.Stop()
	select {
	case b := <-s.in:
		s.at = b.Position
		return b, nil
	case <-quiet.C:
		return reading.Batch{Position: s.at, Caught: !s.endless}, nil
	case <-ctx.Done():
		return reading.Batch{}, ctx.Err()
	}
}

func (s *source) Reject(_ context.Context, rejected []reading.Rejection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejected = append(s.rejected, rejected...)
}

// refused is what was handed to Reject.
func (s *source) refused() []reading.Rejection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.rejected)
}

func (s *source) Lag(context.Context) (int64, bool) {
	lag := s.lag.Load()
	return max(lag, 0), lag >= 0
}

// screen takes what the engine publishes.
type screen struct {
	slow atomic.Int64 // how long a Publish takes

	mu      sync.Mutex
	tiles   map[string]map[string]tile.Tile // guarded by mu: newest, by cockpit and id
	calls   map[string]int                  // guarded by mu: Publish, by cockpit
	first   map[string]int                  // guarded by mu: tiles of the first Publish
	at      int64                           // guarded by mu: of the last Publish
	beats   []tile.Beat                     // guarded by mu
	ready   time.Time                       // guarded by mu
	flushed int                             // guarded by mu
}

func newScreen() *screen {
	return &screen{tiles: map[string]map[string]tile.Tile{}, calls: map[string]int{}, first: map[string]int{}}
}

func (s *screen) Publish(cockpit string, at int64, tiles []tile.Tile) {
	time.Sleep(time.Duration(s.slow.Load()))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tiles[cockpit] == nil {
		s.tiles[cockpit] = map[string]tile.Tile{}
		s.first[cockpit] = len(tiles)
	}
	s.calls[cockpit]++
	s.at = at
	for _, t := range tiles {
		s.tiles[cockpit][t.ID] = t
	}
}

func (s *screen) Beat(b tile.Beat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beats = append(s.beats, b)
}

func (s *screen) Ready() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = time.Now()
}

func (s *screen) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushed++
}

// tile is the newest state of a tile.
func (s *screen) tile(t *testing.T, cockpit, id string) tile.Tile {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	got, known := s.tiles[cockpit][id]
	if !known {
		t.Fatalf("tile %s of %s was never published", id, cockpit)
	}
	return got
}

// readyAt is when Ready was called; zero: it wasn't.
func (s *screen) readyAt() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready
}

// pictures is how many tiles the first Publish of each cockpit had.
func (s *screen) pictures() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.first)
}

func (s *screen) heard() []tile.Beat {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.beats)
}

func (s *screen) counts() (calls map[string]int, flushed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.calls), s.flushed
}

func (s *screen) beat(t *testing.T) tile.Beat {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.beats) == 0 {
		t.Fatal("no beat came")
	}
	return s.beats[len(s.beats)-1]
}

// rig is an engine of the tiny district at work on fakes, in a bubble of time.
type rig struct {
	t       *testing.T
	d       *district.District
	engine  *engine.Engine
	sources []*source
	screen  *screen
	stop    func()
	seq     uint64
}

// run starts an engine; change may set what differs from the defaults.
func run(t *testing.T, sources []*source, pub *screen, change func(*engine.Config)) *rig {
	t.Helper()
	r := &rig{t: t, d: tiny(t), sources: sources, screen: pub}
	cfg := engine.Config{
		District: r.d, Tick: 100 * time.Millisecond, MaxTick: time.Second, CatchUp: 10 * time.Second,
		Forget: 30 * 24 * time.Hour, Dedupe: time.Hour, Keys: 1000, Points: 1000,
	}
	if change != nil {
		change(&cfg)
	}
	seams := make([]engine.Source, len(sources))
	for i := range sources {
		seams[i] = sources[i]
	}
	r.engine = engine.New(cfg, seams, pub, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
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

// reading is a value at an instant; its entry is as old as itself.
func (r *rig) reading(measure, at string, value float64, when time.Time) reading.Reading {
	r.t.Helper()
	for m := range r.d.Catalogue.Measures {
		if r.d.Catalogue.Measures[m].ID != measure {
			continue
		}
		a, found := r.d.Areas.Lookup(at)
		if !found {
			r.t.Fatalf("no area %s", at)
		}
		r.seq++
		rd := reading.Reading{Measure: indicator.Index(m), Area: a, At: when.UnixMilli(), Value: value, Source: "test"}
		rd.Origin.Entry = reading.EntryID{Ms: uint64(when.UnixMilli()), Seq: r.seq}
		return rd
	}
	r.t.Fatalf("no measure %s", measure)
	return reading.Reading{}
}

// give puts a batch of readings into the first stream.
func (r *rig) give(list ...reading.Reading) { r.giveTo(0, list...) }

func (r *rig) giveTo(stream int, list ...reading.Reading) {
	newest := list[len(list)-1].Origin.Entry
	r.sources[stream].in <- reading.Batch{Readings: list, Position: newest, Newest: int64(newest.Ms), Entries: len(list)}
}

// settle lets so much time pass, and everybody come to rest.
func settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func number(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

package stream_test

import (
	"bytes"
	"context"
	"hash/fnv"
	"log/slog"
	"sync"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/server/stream"
	"citydeck/server/stream/redistest"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func rules(t testing.TB) *reading.Rules {
	t.Helper()
	tree, faults := area.New([]area.Area{
		{ID: "town", Kind: "district"}, {ID: "grid-0", Kind: "grid", Parent: "town"}, {ID: "grid-1", Kind: "grid", Parent: "town"},
		{ID: "grid-2", Kind: "grid", Parent: "town"}, {ID: "grid-3", Kind: "grid", Parent: "town"},
	})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	catalogue := indicator.NewCatalogue([]indicator.Measure{
		{ID: "due", Kind: indicator.Flow}, {ID: "open", Kind: indicator.Stock}, {ID: "faces", Kind: indicator.Distinct},
	}, nil)
	return reading.NewRules(catalogue, tree, 24*time.Hour, func(b []byte) uint64 {
		h := fnv.New64a()
		h.Write(b)
		return h.Sum64()
	})
}

// notes is a log that a test can read.
type notes struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

// bench is what most tests need.
type bench struct {
	t        testing.TB
	server   *redistest.Server
	redis    *stream.Redis
	raw      *redis.Client // a producer
	consumer *stream.Consumer
	log      *notes
	reg      *prometheus.Registry
}

func setUp(t testing.TB, cfg stream.Config) *bench {
	t.Helper()
	b := &bench{t: t, server: redistest.Start(t)}
	if cfg.URL == "" {
		cfg.URL = b.server.URL()
	}
	b.raw = b.server.Client()
	t.Cleanup(func() { b.raw.Close() })
	b.open(cfg)
	return b
}

func (b *bench) open(cfg stream.Config) {
	b.t.Helper()
	if cfg.Streams == nil {
		cfg.Streams = []string{"readings"}
	}
	b.log, b.reg = &notes{}, prometheus.NewRegistry()
	r, err := stream.Open(cfg, slog.New(slog.NewJSONHandler(b.log, nil)), b.reg)
	if err != nil {
		b.t.Fatalf("open %s: %v", cfg.URL, err)
	}
	b.redis = r
	b.t.Cleanup(func() {
		if err := r.Close(); err != nil {
			b.t.Errorf("close: %v", err)
		}
	})
}

func (b *bench) add(words ...string) string {
	b.t.Helper()
	id, err := b.raw.XAdd(b.t.Context(), &redis.XAddArgs{Stream: "readings", Values: words}).Result()
	if err != nil {
		b.t.Fatalf("XADD %.100q: %v", words, err)
	}
	return id
}

func (b *bench) due(value string) string {
	return b.add("measure", "due", "area", "grid-0", "value", value)
}

// values reads until so many readings came, and returns their values.
func (b *bench) values(c *stream.Consumer, n int) []float64 {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 30*time.Second)
	defer cancel()
	var got []float64
	for len(got) < n {
		batch, err := c.Next(ctx)
		if err != nil {
			b.t.Fatalf("%d readings of %d came: %v\n%s", len(got), n, err, b.log)
		}
		c.Reject(ctx, batch.Rejected)
		for i := range batch.Readings {
			got = append(got, batch.Readings[i].Value)
		}
	}
	return got
}

// nothing reads once and wants nothing.
func (b *bench) nothing(c *stream.Consumer) {
	b.t.Helper()
	batch, err := c.Next(b.t.Context())
	if err != nil || batch.Entries > 0 {
		b.t.Errorf("Next = %d entries, %v, want none", batch.Entries, err)
	}
}

func TestEntriesComeInOrderFromThePosition(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	b.due("1")
	second := b.due("2")
	b.due("3")
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	if got := b.values(c, 3); got[0] != 1 || got[1] != 2 || got[2] != 3 {
		t.Errorf("from the beginning: %v, want 1, 2, 3", got)
	}
	from := parse(t, second)
	if got := b.values(b.redis.Consumer(0, rules(t), from), 1); got[0] != 3 {
		t.Errorf("from behind %s: %v, want 3", second, got)
	}
}

func TestWhatStoodThereAtStartIsCaught(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	for range 200 {
		b.due("1")
	}
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	read := 0
	for {
		batch, err := c.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if read += len(batch.Readings); batch.Caught != (read >= 200) {
			t.Fatalf("after %d of 200: caught = %t", read, batch.Caught)
		}
		if batch.Caught {
			break
		}
	}
	if read != 200 {
		t.Errorf("caught after %d readings, want 200", read)
	}
}

func TestAnEmptyStreamIsCaughtAtOnce(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	if batch, err := c.Next(t.Context()); err != nil || !batch.Caught || batch.Entries != 0 {
		t.Errorf("Next on no stream = %+v, %v, want nothing, caught", batch, err)
	}
	if ms, ok := c.Lag(t.Context()); ms != 0 || !ok {
		t.Errorf("Lag = %d, %t, want 0, true", ms, ok)
	}
}

func parse(t testing.TB, id string) (e reading.EntryID) {
	t.Helper()
	var n int
	for i := range id {
		if id[i] == '-' {
			n = i
		}
	}
	for _, c := range id[:n] {
		e.Ms = e.Ms*10 + uint64(c-'0')
	}
	for _, c := range id[n+1:] {
		e.Seq = e.Seq*10 + uint64(c-'0')
	}
	return e
}

// clock is a true one with an offset.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func newClock() *clock { return &clock{} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) step(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// tryOpen opens and closes.
func tryOpen(url string) error {
	r, err := stream.Open(stream.Config{URL: url, Streams: []string{"readings"}}, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err == nil {
		err = r.Close()
	}
	return err
}

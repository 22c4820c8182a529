package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"citydeck/cockpits/district"
	"citydeck/fixtures"
	"citydeck/server/config"
	"citydeck/server/simulate"
	"citydeck/server/stream"

	"github.com/prometheus/client_golang/prometheus"
)

// Simulation says how the shipped day is played.
type Simulation struct {
	Rate  float64 // readings a second
	Speed float64 // how many times faster than the clock the day goes by
	Seed  uint64
	Past  int           // days to tell first, into new streams
	For   time.Duration // 0: until ctx ends
}

// embeddedMost is how many entries the embedded Redis keeps of the demo. They
// are read within a second, and a reader that has fallen minutes behind would
// rather see what is now.
const embeddedMost = 3000

// Simulate feeds the settings' Redis as any producer would, and returns how
// many readings it has sent. It fails when Redis is away at the start, and when
// the settings' district is not the one that the day belongs to.
func Simulate(ctx context.Context, cfg config.Config, s Simulation, log *slog.Logger) (sent int, err error) {
	if cfg.Redis.Embedded() {
		return 0, errors.New(`redis.url = "embedded" is inside the server, which feeds it by itself (demo.enabled): name a Redis, such as COCKPIT_REDIS_URL=redis://127.0.0.1:6379`)
	}
	folder, err := Folder(cfg)
	if err != nil {
		return 0, err
	}
	d, err := district.Load(folder)
	if err != nil {
		return 0, err
	}
	r, err := stream.Open(stream.Config{URL: cfg.Redis.URL.Reveal(), Streams: cfg.Redis.Streams}, log, prometheus.NewRegistry())
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err = r.Ping(ctx); err != nil {
		return 0, err
	}
	p, err := play(d, r, cfg.Redis.Streams, s, log)
	if err != nil {
		return 0, err
	}
	if s.Past > 0 {
		if err = p.Tell(ctx, s.Past); err != nil {
			return 0, err
		}
	}
	if s.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.For)
		defer cancel()
	}
	return p.Run(ctx), nil
}

// play prepares the shipped day for a district and a Redis. What it returns is
// to be told (the past) and run by the caller.
func play(d *district.District, r *stream.Redis, streams []string, s Simulation, log *slog.Logger) (*simulate.Runner, error) {
	g, err := simulate.New(d, fixtures.Day, simulate.Config{
		Seed: s.Seed, Rate: s.Rate, Speed: s.Speed, Start: time.Now(), Streams: streams,
	})
	if err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	to := &producer{writer: r.Writer(nil)}
	if r.Addr() != "" {
		to.most = embeddedMost
	}
	return &simulate.Runner{Generator: g, Sink: to, Log: log}, nil
}

// producer hands simulated entries to a Redis.
type producer struct {
	writer *stream.Writer
	most   int64 // entries to keep; 0: all
	buffer []stream.Entry
}

// Add appends entries in their order.
func (p *producer) Add(ctx context.Context, entries []simulate.Entry) error {
	p.buffer = p.buffer[:0]
	for _, e := range entries {
		p.buffer = append(p.buffer, stream.Entry{Stream: e.Stream, ID: e.ID, Fields: e.Fields, MaxLen: p.most})
	}
	return p.writer.Add(ctx, p.buffer)
}

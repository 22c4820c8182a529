// Package stream reads entries from a checkpoint, appends readings, and keeps
// the dead letters: Redis Streams in and out.
//
// A stream is read by plain XREAD from a position that is ours, never by a
// consumer group, which would acknowledge what is not on disk yet. Redis being
// away is never an error here: a Consumer tries again until it is told to stop.
// Writing is never repeated by itself, since a write that was not answered may
// have been done.
package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/reading"

	"github.com/alicebob/miniredis/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

// Embedded is the URL of a Redis inside the program, which forgets at exit.
const Embedded = "embedded"

// asking is how long a question to Redis may take.
const asking = time.Second

// Config says which Redis, and what in it.
type Config struct {
	URL     string
	Streams []string // the keys that hold readings
	Now     func() time.Time
}

// Redis is the one that readings come from.
type Redis struct {
	cfg      Config
	link     link
	asker    redis.UniversalClient // short questions; never blocks
	writer   redis.UniversalClient // never tries a second time
	embedded *miniredis.Miniredis  // nil: a real one
	log      *slog.Logger
	met      *metrics
	mu       sync.Mutex
	grumbled time.Time                      // guarded by mu
	readers  map[redis.UniversalClient]bool // guarded by mu: those of consumers
	worries  map[string][]reading.Worry     // guarded by mu: by stream
}

// Open prepares the connections; it asks nothing of Redis yet, which may be
// away. It fails with fault.Invalid when the URL can't be read. An embedded
// Redis starts here and ends with Close.
func Open(cfg Config, log *slog.Logger, reg prometheus.Registerer) (*Redis, error) {
	quiet()
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	r := &Redis{cfg: cfg, log: log, met: newMetrics(reg), readers: make(map[redis.UniversalClient]bool), worries: make(map[string][]reading.Worry)}
	url := cfg.URL
	if url == Embedded {
		var err error
		if r.embedded, err = embed(log); err != nil {
			return nil, err
		}
		url = "redis://" + r.embedded.Addr()
	}
	var err error
	if r.link, err = parse(url); err != nil {
		return nil, err
	}
	r.asker = r.link.open(asking, len(cfg.Streams)+2)
	r.writer = r.link.open(writing, len(cfg.Streams)+8)
	return r, nil
}

// Addr is where the embedded Redis listens, host:port; empty for a real one.
func (r *Redis) Addr() string {
	if r.embedded == nil {
		return ""
	}
	return r.embedded.Addr()
}

// Ping asks whether Redis answers, for at most a second. Its error is one word
// for a person, without addresses or passwords.
func (r *Redis) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	if err := r.asker.Ping(ctx).Err(); err != nil {
		return fault.New(fault.Unavailable, "", "Redis: %s", word(err))
	}
	return nil
}

// Consumer reads one stream from behind a position; 0-0 is its beginning.
func (r *Redis) Consumer(stream int, rules *reading.Rules, from reading.EntryID) *Consumer {
	return r.Resume(stream, rules, reading.Mark{Position: from, Index: -1}, 0)
}

// Resume reads one stream on from how far it was read at an instant (Unix ms).
// Dead letters that were written since are not written again.
func (r *Redis) Resume(stream int, rules *reading.Rules, from reading.Mark, since int64) *Consumer {
	key := r.cfg.Streams[stream]
	c := &Consumer{
		redis: r, key: key, stream: int16(stream), dec: rules.Decoder(int16(stream)),
		log: r.log.With("stream", key), met: r.met.of(key), position: from.Position, count: firstCount, suspect: true,
		mark: reading.Mark{Stream: key, Index: from.Index, Run: from.Run}, since: since,
	}
	c.rules.Store(rules)
	last := from.Last()
	c.mark.Restore(last, from.Landmarks())
	for _, p := range last {
		if p.ID == from.Position {
			c.print = p
		}
	}
	c.arm(last) // it may have been read again when the mark was taken
	return c
}

// Trim removes the entries of a stream before one, about.
func (r *Redis) Trim(ctx context.Context, stream int, before reading.EntryID) error {
	ctx, cancel := context.WithTimeout(ctx, writing)
	defer cancel()
	err := r.writer.XTrimMinIDApprox(ctx, r.cfg.Streams[stream], formatID(before), 0).Err()
	if err == nil {
		return nil
	}
	moved(ctx, r.writer, err)
	return fault.New(fault.Unavailable, "", "Redis: %s", word(err))
}

// reader makes a connection that waits for entries: apart from the others,
// which would wait with it.
func (r *Redis) reader() redis.UniversalClient {
	c := r.link.open(patience, 2)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.readers[c] = true
	return c
}

// drop ends a reader, also in the middle of a command.
func (r *Redis) drop(c redis.UniversalClient) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.readers[c] {
		delete(r.readers, c)
		_ = c.Close() // nobody is left to be told
	}
}

// Close ends all connections, and an embedded Redis. Nobody may wait for
// entries any more.
func (r *Redis) Close() error {
	err := errors.Join(r.asker.Close(), r.writer.Close())
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.readers {
		err = errors.Join(err, c.Close())
	}
	clear(r.readers)
	if r.embedded != nil {
		r.embedded.Close()
	}
	if err != nil {
		return fmt.Errorf("close Redis: %w", err)
	}
	return nil
}

// grumble logs a trouble of writing, at most every ten seconds.
func (r *Redis) grumble(what, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.cfg.Now(); now.Sub(r.grumbled) >= checking {
		r.grumbled = now
		r.log.Warn(what, "reason", reason)
	}
}

func embed(log *slog.Logger) (*miniredis.Miniredis, error) {
	m := miniredis.NewMiniRedis()
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start the embedded Redis: %w", err)
	}
	log.Info("embedded Redis: it forgets everything at exit", "addr", m.Addr())
	return m, nil
}

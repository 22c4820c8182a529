package simulate

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Sink takes entries in their order, all of a call or an error. After an error
// the same entries come again.
type Sink interface {
	Add(context.Context, []Entry) error
}

// Runner plays a day into a sink, at the pace of the clock.
type Runner struct {
	Generator *Generator
	Sink      Sink
	Log       *slog.Logger
	Now       func() time.Time // nil: the clock
}

const (
	tick    = 100 * time.Millisecond
	chunk   = 16 // entries of the past at once
	pause   = time.Second
	telling = 10 * time.Second // between two lines of log about the same trouble
)

// Tell gives the sink what was in so many days before the start. It needs
// streams without any later entry, and fails with what the sink says.
func (r *Runner) Tell(ctx context.Context, days int) error {
	began, told := r.now(), 0
	for entries := range r.Generator.Past(days) {
		for len(entries) > 0 {
			n := min(chunk, len(entries))
			if err := r.Sink.Add(ctx, entries[:n]); err != nil {
				return fmt.Errorf("tell the past, which needs new streams: %w", err)
			}
			entries = entries[n:]
			told += n
		}
	}
	r.Log.Info("the past is told", "days", days, "entries", told, "took", r.now().Sub(began).Round(time.Millisecond).String())
	return nil
}

// Run plays until the context ends, and waits for a sink that is away. It
// returns how many readings the sink has taken.
func (r *Runner) Run(ctx context.Context) (sent int) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return sent
		case <-ticker.C:
		}
		entries, readings := r.Generator.Step(r.now())
		if len(entries) == 0 {
			continue
		}
		if !r.give(ctx, entries) {
			return sent
		}
		sent += readings
	}
}

func (r *Runner) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

// give gives entries until the sink has them; false: the context ended.
func (r *Runner) give(ctx context.Context, entries []Entry) bool {
	var said time.Time
	for {
		err := r.Sink.Add(ctx, entries)
		if err == nil {
			return true
		}
		if now := r.now(); ctx.Err() == nil && now.Sub(said) >= telling {
			said = now
			r.Log.Warn("simulated readings can't be written, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pause):
		}
	}
}

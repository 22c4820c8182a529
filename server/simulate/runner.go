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
	Past      int // days to tell first; 0: none
	Log       *slog.Logger
	Now       func() time.Time // nil: the clock
}

const (
	tick    = 100 * time.Millisecond
	chunk   = 16 // entries of the past at once
	pause   = time.Second
	telling = 10 * time.Second // between two lines of log about the same trouble
)

// Run plays until the context ends. It fails only while it tells the past,
// which needs streams without any later entry; afterwards it waits for a sink
// that is away. It returns how many readings it has given to the sink.
func (r *Runner) Run(ctx context.Context) (sent int, err error) {
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Past > 0 {
		if err = r.past(ctx); err != nil {
			return 0, err
		}
	}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return sent, nil
		case <-ticker.C:
		}
		entries, readings := r.Generator.Step(r.Now())
		if len(entries) == 0 {
			continue
		}
		if !r.give(ctx, entries) {
			return sent, nil
		}
		sent += readings
	}
}

func (r *Runner) past(ctx context.Context) error {
	began, told := r.Now(), 0
	for entries := range r.Generator.Past(r.Past) {
		for len(entries) > 0 {
			n := min(chunk, len(entries))
			if err := r.Sink.Add(ctx, entries[:n]); err != nil {
				return fmt.Errorf("tell the past: %w", err)
			}
			entries = entries[n:]
			told += n
		}
	}
	r.Log.Info("the past is told", "days", r.Past, "entries", told, "took", r.Now().Sub(began).Round(time.Millisecond))
	return nil
}

// give gives entries until the sink has them; false: the context ended.
func (r *Runner) give(ctx context.Context, entries []Entry) bool {
	var said time.Time
	for {
		err := r.Sink.Add(ctx, entries)
		if err == nil {
			return true
		}
		if now := r.Now(); ctx.Err() == nil && now.Sub(said) >= telling {
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

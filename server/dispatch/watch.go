package dispatch

import (
	"context"
	"sync"
	"time"

	"citydeck/cockpits/respond/command"
)

// sleeping is how long the watch rests where nothing is due; broken, after an error.
const (
	sleeping = time.Minute
	broken   = time.Second
)

// Run watches: what time brings is decided when it is due, what is to be sent is
// sent, what changed is drawn. It ends with ctx, once nothing is under way.
func (d *Desk) Run(ctx context.Context) error {
	var movers sync.WaitGroup
	defer movers.Wait()
	for _, l := range d.post.lanes {
		movers.Go(func() { d.drive(ctx, l) })
	}
	movers.Go(func() { d.show(ctx) })
	for {
		timer := time.NewTimer(d.round(ctx))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-d.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// round lets time pass for every command, and says when the next is due.
func (d *Desk) round(ctx context.Context) time.Duration {
	wait := sleeping
	for _, h := range d.all() {
		next, err := d.pass(ctx, h)
		switch {
		case err != nil && ctx.Err() == nil:
			d.log.Error("a command stands still", "command", h.id, "error", err)
			wait = min(wait, broken)
		case next > 0:
			wait = min(wait, max(time.Duration(next-d.now())*time.Millisecond, time.Millisecond))
		}
	}
	return wait
}

// pass lets time pass for one command.
func (d *Desk) pass(ctx context.Context, h *held) (next int64, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := d.fresh(ctx, h); err != nil {
		return 0, err
	}
	if err := d.ledger.Incomplete(); err != nil {
		return 0, err
	}
	if !h.state.Open() {
		return 0, nil
	}
	list := append([]command.Intent{command.Tick{}, command.Tick{}}, d.due(h)...)
	if err := d.carry(ctx, h, list, nil); err != nil {
		return 0, err
	}
	return h.state.Next(d.now()), nil
}

package app

import (
	"context"
)

// past is how many days the demo tells before it plays.
const past = 30

// demo feeds the embedded Redis with the shipped day: what was, then what is.
func (a *App) demo(ctx context.Context) error {
	s := Simulation{Rate: float64(a.cfg.Demo.Rate), Speed: 1, Seed: uint64(a.cfg.Demo.Seed)}
	p, err := play(a.district, a.redis, a.cfg.Redis.Streams, s, a.log)
	if err == nil {
		err = p.Tell(ctx, past)
	}
	close(a.told)
	if p == nil {
		return err
	}
	if err != nil && ctx.Err() == nil { // somebody was faster: the demo goes on without what was
		a.log.Warn("the demo's past is not complete", "error", err)
	}
	p.Run(ctx)
	return nil
}

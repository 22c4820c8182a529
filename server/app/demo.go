package app

import (
	"context"
	"errors"
	"fmt"

	"citydeck/cockpits/access"
	"citydeck/cockpits/respond/household"
	"citydeck/fixtures"
	"citydeck/server/simulate"
)

// past is how many days the demo tells before it plays.
const past = 30

// demo is the shipped day, played into the embedded Redis.
type demo struct {
	*simulate.Runner
	told chan<- struct{} // closed once the past is told
}

// prepareDemo makes the demo, when the settings want it.
func (a *App) prepareDemo() error {
	if !a.cfg.Demo.Enabled {
		close(a.told)
		return nil
	}
	s := Simulation{Rate: float64(a.cfg.Demo.Rate), Speed: 1, Seed: uint64(a.cfg.Demo.Seed)}
	p, err := play(a.district, a.redis, a.cfg.Redis.Streams, s, a.log)
	a.show = &demo{p, a.told}
	return err
}

// run tells what was, then what is.
func (d *demo) run(ctx context.Context) error {
	err := d.Tell(ctx, past)
	close(d.told)
	if err != nil && ctx.Err() == nil { // somebody wrote first: it goes on without all that was
		d.Log.Warn("the demo's past is not complete", "error", err)
	}
	d.Run(ctx)
	return nil
}

// settle puts the invented people and shelters into a demo's record that has
// none, so that a command has somebody to call.
func (a *App) settle(ctx context.Context) error {
	if !a.cfg.Demo.Enabled {
		return nil
	}
	there, err := a.record.Households(ctx)
	if err != nil || len(there) > 0 {
		return err
	}
	o := office{district: a.district, auth: a.auth, record: a.record}
	for _, list := range []struct {
		kind string
		text []byte
	}{{"households", fixtures.Households}, {"responders", fixtures.Responders}, {"shelters", fixtures.Shelters}} {
		sheet, err := household.CSV(list.kind+".csv", list.text)
		if err != nil {
			return err
		}
		l, err := o.listOf(list.kind, sheet, false)
		if err != nil {
			return err
		}
		err = o.noted(ctx, access.Equip, "import "+list.kind, "", func() error {
			_, err := l.put(ctx)
			return err
		})
		if err != nil {
			return errors.Join(fmt.Errorf("the demo's %s", list.kind), err)
		}
	}
	return nil
}

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"citydeck/server/app"
	"citydeck/server/config"
)

// The most that may be asked of a simulation.
const (
	mostRate  = 100_000 // readings a second
	mostSpeed = 1_000
	mostPast  = 366 // days
)

// simulate feeds the settings' Redis with the shipped district's day, or plays
// the people whom a command calls.
func simulate(ctx context.Context, cfg config.Config, args []string) error {
	if len(args) > 0 && args[0] == "command" {
		return rehearse(ctx, cfg, args[1:])
	}
	s, err := simulation(args)
	if err != nil {
		return err
	}
	began := time.Now()
	sent, err := app.Simulate(ctx, cfg, s, app.Logger(cfg, os.Stderr))
	if err != nil {
		return err
	}
	took := time.Since(began)
	_, err = fmt.Fprintf(os.Stdout, "sent %d readings in %s, %.0f a second\n", sent, took.Round(time.Millisecond), float64(sent)/took.Seconds())
	return err
}

// simulation reads the flags.
func simulation(args []string) (app.Simulation, error) {
	var s app.Simulation
	f := flag.NewFlagSet("simulate", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Float64Var(&s.Rate, "rate", 500, "readings a second")
	f.Float64Var(&s.Speed, "speed", 1, "how many times faster than the clock the day goes by")
	f.Uint64Var(&s.Seed, "seed", 1, "another day of the same kind")
	f.IntVar(&s.Past, "past", 0, "days before now to tell first, into new streams")
	f.DurationVar(&s.For, "for", 0, "how long; 0: until interrupted")
	if err := f.Parse(args); err != nil {
		return s, usage("simulate: " + err.Error())
	}
	bad := func(format string, args ...any) (app.Simulation, error) {
		return s, usage("simulate: " + fmt.Sprintf(format, args...))
	}
	switch {
	case f.NArg() > 0:
		return bad("%q is not understood", f.Arg(0))
	case math.IsNaN(s.Rate) || s.Rate <= 0 || s.Rate > mostRate:
		return bad("--rate %v: readings a second, above 0 and at most %d", s.Rate, mostRate)
	case math.IsNaN(s.Speed) || s.Speed <= 0 || s.Speed > mostSpeed:
		return bad("--speed %v: above 0 and at most %d", s.Speed, mostSpeed)
	case s.Past < 0 || s.Past > mostPast:
		return bad("--past %d: days, from 0 to %d", s.Past, mostPast)
	case s.For < 0:
		return bad("--for %s: below 0", s.For)
	}
	return s, nil
}

package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"citydeck/server/app"
	"citydeck/server/config"
)

// slowest and fastest are how a rehearsal's people may be sped up.
const (
	slowestCrew = 1
	fastestCrew = 60
)

// rehearse has simulated people answer a command of a server that runs.
func rehearse(ctx context.Context, cfg config.Config, args []string) error {
	r, most, err := rehearsal(cfg, args, os.Stdin, os.Getenv)
	if err != nil {
		return err
	}
	if most > 0 {
		var end context.CancelFunc
		ctx, end = context.WithTimeout(ctx, most)
		defer end()
	}
	is, err := app.Rehearse(ctx, r, os.Stdout)
	if is.Command != "" {
		all := "not all are out"
		if is.AllOut > 0 {
			all = "all out after " + is.AllOut.Round(time.Second/10).String()
		}
		fmt.Fprintf(os.Stdout, "%s: %d of %d households out, %d of %d units signed, %d reports; %s\n", is.Command, is.Out, is.Total, is.Signed, is.Units, is.Reports, all)
	}
	return err
}

// rehearsal reads the flags. Secrets come from the environment or the input,
// never from the line.
func rehearsal(cfg config.Config, args []string, in io.Reader, env func(string) string) (app.Rehearsal, time.Duration, error) {
	var r app.Rehearsal
	var most time.Duration
	f := flag.NewFlagSet("simulate command", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&r.URL, "url", home(cfg), "of the server")
	f.StringVar(&r.Name, "name", "", "the commander's; his password, and his code where one is asked for, are the first lines of the input")
	f.StringVar(&r.Command, "command", "", "answer this command instead of launching one")
	f.StringVar(&r.Plan, "plan", "road-collapse", "")
	f.StringVar(&r.Zone, "zone", "", "a prepared zone of the plan")
	f.StringVar(&r.Estate, "estate", "", "instead of a zone, all of an estate")
	f.Float64Var(&r.Speed, "speed", 1, "how many times faster than people")
	f.Uint64Var(&r.Seed, "seed", 1, "other people")
	f.BoolVar(&r.Exercise, "exercise", true, "a drill; false calls real people")
	f.BoolVar(&r.StandUp, "stand-down", false, "stand it down when all are out")
	f.DurationVar(&most, "for", 0, "how long at most")
	if err := f.Parse(args); err != nil {
		return r, 0, usage("simulate command: " + err.Error())
	}
	bad := func(format string, args ...any) (app.Rehearsal, time.Duration, error) {
		return r, 0, usage("simulate command: " + fmt.Sprintf(format, args...))
	}
	switch {
	case f.NArg() > 0:
		return bad("%q is not understood", f.Arg(0))
	case math.IsNaN(r.Speed) || r.Speed < slowestCrew || r.Speed > fastestCrew:
		return bad("--speed %v: from %d to %d", r.Speed, slowestCrew, fastestCrew)
	case r.Zone != "" && r.Estate != "":
		return bad("--zone or --estate, not both")
	case most < 0:
		return bad("--for %s: below 0", most)
	}
	r.Token, r.Code = env("CITYDECK_TOKEN"), env("CITYDECK_CODE")
	if r.Name != "" {
		lines := bufio.NewScanner(in)
		if lines.Scan() {
			r.Password = strings.TrimRight(lines.Text(), "\r")
		}
		if lines.Scan() {
			r.Code = strings.TrimSpace(lines.Text())
		}
		r.Token = ""
	}
	if r.Token == "" && r.Name == "" {
		return bad("who launches: --name with the password on the input, or a commander's token in CITYDECK_TOKEN")
	}
	return r, most, nil
}

// home is where the settings' server is found from here.
func home(cfg config.Config) string {
	if cfg.HTTP.PublicURL != "" {
		return cfg.HTTP.PublicURL
	}
	scheme := "http://"
	if cfg.HTTP.TLSCert != "" {
		scheme = "https://"
	}
	return scheme + cfg.HTTP.Listen
}

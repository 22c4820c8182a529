package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"citydeck/server/app"
	"citydeck/server/config"
)

// audit verifies or exports the record of who did what.
func audit(ctx context.Context, cfg config.Config, args []string) (err error) {
	if len(args) == 0 {
		return usage("audit: say verify or export")
	}
	deed := args[0]
	if deed != "verify" && deed != "export" {
		return usage(fmt.Sprintf("audit: %q is not understood", deed))
	}
	f := flag.NewFlagSet("audit", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	anchors := ""
	if deed == "verify" {
		f.StringVar(&anchors, "anchor", "", "")
	}
	if err := f.Parse(args[1:]); err != nil {
		return usage("audit: " + err.Error())
	}
	if err := alone(f.Args()); err != nil {
		return err
	}
	a, err := app.OpenAudit(ctx, cfg, quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if deed == "export" {
		w := bufio.NewWriter(os.Stdout)
		return errors.Join(a.Export(ctx, w), w.Flush())
	}
	return a.Verify(ctx, anchors) // each fault is printed with its line
}

// keys changes the keys outside the database.
func keys(ctx context.Context, cfg config.Config, args []string) error {
	if len(args) == 1 && args[0] == "rotate" {
		id, err := app.RotateKeys(cfg)
		if err != nil {
			return err
		}
		_, err = fmt.Printf("%s\n", id)
		return err
	}
	e, rest, err := errands{"keys", map[string][]string{"reseal": {}}}.read(args)
	if err != nil {
		return err
	}
	if err := alone(rest); err != nil {
		return err
	}
	return send(ctx, cfg, e)
}

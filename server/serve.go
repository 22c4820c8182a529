package main

import (
	"context"
	"os"
	"slices"

	"citydeck/server/app"
	"citydeck/server/config"
)

// serve runs the server until ctx ends; with --rebuild also where no checkpoint
// can be used.
func serve(ctx context.Context, cfg config.Config, args []string) error {
	var options []app.Option
	if slices.Equal(args, []string{"--rebuild"}) {
		options, args = append(options, app.Rebuild), nil
	}
	if err := alone(args); err != nil {
		return err
	}
	a, err := app.New(cfg, app.Logger(cfg, os.Stderr), options...)
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

package main

import (
	"context"
	"os"

	"citydeck/server/app"
	"citydeck/server/config"
)

// serve runs the server until ctx ends.
func serve(ctx context.Context, cfg config.Config, args []string) error {
	if err := alone(args); err != nil {
		return err
	}
	a, err := app.New(cfg, app.Logger(cfg, os.Stderr))
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

package main

import (
	"context"
	"errors"

	"citydeck/server/config"
)

// serve runs the server until ctx ends.
func serve(_ context.Context, _ config.Config, args []string) error {
	if err := alone(args); err != nil {
		return err
	}
	return errors.New("this program was built without its server")
}

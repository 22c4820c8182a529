package main

import (
	"context"

	"citydeck/server/config"
)

// person answers for what is kept of one person.
func person(ctx context.Context, cfg config.Config, args []string) error {
	whose := []string{"[name]", "[responder]", "[household]", "purpose"}
	e, rest, err := errands{"person", map[string][]string{"export": whose, "delete": whose}}.read(args)
	if err != nil {
		return err
	}
	if err := alone(rest); err != nil {
		return err
	}
	named := 0
	for _, id := range []string{e.Name, e.Responder, e.Household} {
		if id != "" {
			named++
		}
	}
	if named != 1 {
		return usage(e.Do + ": give one of --name, --responder and --household")
	}
	return send(ctx, cfg, e)
}

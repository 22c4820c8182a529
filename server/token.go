package main

import (
	"context"

	"citydeck/server/config"
)

// token manages what sources, and people's programs, show instead of a password.
func token(ctx context.Context, cfg config.Config, args []string) error {
	e, rest, err := errands{"token", map[string][]string{
		"add": {"[source]", "[user]", "[areas]", "[measures]"}, "list": {}, "revoke": {}, "rotate": {"[overlap]"},
	}}.read(args)
	if err != nil {
		return err
	}
	switch e.Do {
	case "token revoke", "token rotate":
		if len(rest) != 1 {
			return usage(e.Do + ": give the id of one token")
		}
		e.ID, rest = rest[0], nil
	case "token add":
		if (e.Source == "") == (e.Name == "") {
			return usage("token add: give either --source or --user")
		}
		if e.Name != "" && len(e.Areas)+len(e.Measures) > 0 {
			return usage("token add: --area and --measure are for sources")
		}
	}
	if err := alone(rest); err != nil {
		return err
	}
	return send(ctx, cfg, e)
}

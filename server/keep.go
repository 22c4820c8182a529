package main

import (
	"context"
	"path/filepath"
	"slices"

	"citydeck/server/app"
	"citydeck/server/config"
)

// imports counts a file of readings, or takes a list of people or places.
func imports(ctx context.Context, cfg config.Config, args []string) error {
	replace := slices.Contains(args, "--replace")
	args = slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == "--replace" })
	known := len(args) == 2 && (args[0] == "readings" && !replace || slices.Contains([]string{"households", "responders", "shelters"}, args[0]))
	if !known {
		return usage("import: say import readings FILE, or import households, responders or shelters FILE [--replace]")
	}
	whole, err := filepath.Abs(args[1])
	if err != nil {
		return err
	}
	return send(ctx, cfg, app.Errand{Do: "import " + args[0], Path: whole, Replace: replace})
}

// backup copies data.dir.
func backup(ctx context.Context, cfg config.Config, args []string) error {
	if len(args) != 1 {
		return usage("backup: give the folder to copy to")
	}
	return sendPath(ctx, cfg, "backup", args[0])
}

// sendPath sends an errand about a path, which the server may see from elsewhere.
func sendPath(ctx context.Context, cfg config.Config, do, path string) error {
	whole, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	return send(ctx, cfg, app.Errand{Do: do, Path: whole})
}

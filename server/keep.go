package main

import (
	"context"
	"path/filepath"

	"citydeck/server/app"
	"citydeck/server/config"
)

// imports counts a file of readings.
func imports(ctx context.Context, cfg config.Config, args []string) error {
	if len(args) != 2 || args[0] != "readings" {
		return usage("import: say import readings FILE")
	}
	return sendPath(ctx, cfg, "import readings", args[1])
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

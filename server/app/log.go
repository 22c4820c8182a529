package app

import (
	"log/slog"
	"os"

	"citydeck/server/config"

	"github.com/lmittmann/tint"
	"github.com/mattn/go-isatty"
)

// Logger writes one line an event: for a person on a terminal, as JSON to all else.
func Logger(cfg config.Config, to *os.File) *slog.Logger {
	level := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}[cfg.Log.Level]
	terminal := isatty.IsTerminal(to.Fd())
	if cfg.Log.Format == "json" || cfg.Log.Format == "auto" && !terminal {
		return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(tint.NewTextHandler(to, &tint.Options{Level: level, NoColor: !terminal, TimeFormat: "15:04:05.000"}))
}

package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"citydeck/server/app"
	"citydeck/server/config"
)

func TestTheLogIsOneLineAnEvent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		level, format string
		lines         int
		json          bool
	}{
		"by itself, not on a terminal": {"info", "auto", 2, true},
		"as JSON":                      {"debug", "json", 3, true},
		"as text":                      {"warn", "text", 1, false},
		"only what is wrong":           {"error", "auto", 0, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := os.Create(filepath.Join(t.TempDir(), "log"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = file.Close() }()
			cfg := config.Default()
			cfg.Log = config.Log{Level: tt.level, Format: tt.format}
			log := app.Logger(cfg, file)
			log.Debug("looked", "at", "it")
			log.Info("seen", "of", "two\nlines\x1b[31m")
			log.Warn("felt", "redis.url", cfg.Redis.URL)
			text, err := os.ReadFile(file.Name())
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
			if len(text) == 0 {
				lines = nil
			}
			if len(lines) != tt.lines || strings.ContainsRune(string(text), '\x1b') {
				t.Fatalf("the log is %q, want %d lines without control characters", text, tt.lines)
			}
			for _, line := range lines {
				var event struct{ Level, Msg string }
				if err := json.Unmarshal([]byte(line), &event); (err == nil && event.Msg != "") != tt.json {
					t.Errorf("the line %s is JSON: %v, want %v", line, err == nil, tt.json)
				}
			}
		})
	}
}

package app_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

// own gives a server a folder of its own that a test may change.
func own(t testing.TB, cfg *config.Config) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/valley")); err != nil {
		t.Fatal(err)
	}
	cfg.District.Dir = dir
	return dir
}

// put writes a file of a folder; an empty text removes it. What stood there is answered.
func put(t testing.TB, dir, name, text string) (was string) {
	t.Helper()
	path := filepath.Join(dir, name)
	old, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if text == "" {
		err = os.Remove(path)
	} else {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(old)
}

const trendTile = `
[[tile]]
id = "course"
kind = "trend"
indicator = "boats_ever"
x = 0
y = 4
w = 12
h = 4
`

func TestAChangedDistrictIsTakenWithoutARestart(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	redis := newProducer(t, server.Addr)
	cfg := settings(t, server.URL())
	dir := own(t, &cfg)
	p := serve(t, cfg)
	p.ready()
	redis.add("readings", "measure", "boats", "area", "sill", "value", "5")
	p.counts("boats_ever", "valley", "5")
	s := p.connect()
	for _, cockpit := range []string{"valley", "gate", "*"} {
		s.say(`{"op":"subscribe","cockpit":"` + cockpit + `"}`)
	}
	epochs := map[string]string{}
	s.hear("three snapshots", func(m message) bool {
		if m.Op == "snapshot" {
			epochs[m.Cockpit] = m.Epoch
		}
		return len(epochs) == 3
	})
	s.sees("valley boats value", "5")
	s.sees("gate boats value", "5")

	was := put(t, dir, "cockpits/valley.toml", " ")
	put(t, dir, "cockpits/valley.toml", was+trendTile)
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	fresh := map[string]message{}
	s.hear("snapshots of what changed", func(m message) bool {
		if m.Op == "snapshot" {
			fresh[m.Cockpit] = m
		}
		return fresh["valley"].Op != "" && fresh["*"].Op != ""
	})
	if m := fresh["valley"]; m.Epoch == epochs["valley"] || len(m.Tiles) != 5 || !m.shows("boats", "value", "5") {
		t.Errorf("the changed cockpit is %+v, want a new epoch, 5 tiles, the 5 boats", m)
	}
	if m := fresh["*"]; m.Epoch == epochs["*"] || len(m.Tiles) != 2 {
		t.Errorf("the tree is %+v, want a new epoch and both cockpits", m)
	}
	redis.add("readings", "measure", "boats", "area", "sill", "value", "2")
	if m := s.hear("7 boats at the gate", func(m message) bool { return m.Cockpit == "gate" && m.shows("boats", "value", "7") }); m.Op != "delta" || m.Epoch != epochs["gate"] {
		t.Errorf("the unchanged cockpit went on with %+v, want a delta of its epoch %s", m, epochs["gate"])
	}
	s.sees("valley course value", "7")
	if _, text := p.ask("GET", "/api/v1/cockpits/valley", ""); !strings.Contains(text, `"course"`) {
		t.Errorf("the API shows the old cockpit: %s", text)
	}

	gate := put(t, dir, "cockpits/gate.toml", "")
	put(t, dir, "cockpits/mill.toml", strings.NewReplacer(`id = "gate"`, `id = "mill"`, `"闸口"`, `"磨坊"`).Replace(gate))
	if err := p.app.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.hear("that gate is gone", func(m message) bool {
		return m.Op == "error" && m.Code == "unknown_cockpit" && m.Cockpit == "gate"
	})
	s.say(`{"op":"subscribe","cockpit":"gate"}`)
	s.hear("that there is no gate", func(m message) bool {
		return m.Op == "error" && m.Code == "unknown_cockpit" && m.Cockpit == "gate"
	})
	s.say(`{"op":"subscribe","cockpit":"mill"}`)
	if m := s.hear("the new cockpit", func(m message) bool { return m.Cockpit == "mill" }); m.Op != "snapshot" || !m.shows("boats", "value", "7") {
		t.Errorf("the new cockpit begins with %+v, want a snapshot with 7 boats", m)
	}
	if status := p.status("/api/v1/cockpits/gate"); status != 404 {
		t.Errorf("GET of the removed cockpit: %d, want 404", status)
	}
	put(t, dir, "cockpits/gate.toml", gate)
	put(t, dir, "cockpits/mill.toml", "")
	if err := p.app.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.say(`{"op":"subscribe","cockpit":"gate"}`)
	s.hear("the gate again", func(m message) bool {
		return m.Op == "snapshot" && m.Cockpit == "gate" && m.shows("boats", "value", "7")
	})
}

func TestADistrictThatCantBeTakenLeavesTheOldOne(t *testing.T) {
	t.Parallel()
	cfg := settings(t, redistest.Start(t).URL())
	dir := own(t, &cfg)
	p := serve(t, cfg)
	p.ready()
	s := p.connect()
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	s.hear("a snapshot", func(m message) bool { return m.Op == "snapshot" })
	tests := map[string]struct {
		file, old, new string
		kind           fault.Kind
		says           []string
	}{
		"two faults in a cockpit": {"cockpits/valley.toml", `indicator = "boats_ever"`, "indicator = \"ships\"\ncolour = \"red\"", fault.Invalid, []string{"cockpits/valley.toml", "ships", "colour"}},
		"another id":              {"district.toml", `id = "valley"`, `id = "dale"`, fault.Conflict, []string{"the id changed", "restart"}},
		"another time zone":       {"district.toml", "Europe/Berlin", "Asia/Shanghai", fault.Conflict, []string{"the timezone changed", "restart"}},
		"an unknown area":         {"points.csv", "pump-1,sill", "pump-1,cellar", fault.Invalid, []string{"points.csv:2", "cellar"}},
		"an alarm before warn":    {"indicators/water.toml", "warn = 3", "warn = 30", fault.Invalid, []string{"indicators/water.toml", "warn"}},
	}
	for name, tt := range tests {
		was, err := os.ReadFile(filepath.Join(dir, tt.file))
		if err != nil || !strings.Contains(string(was), tt.old) {
			t.Fatalf("%s: %s has no %q (%v)", name, tt.file, tt.old, err)
		}
		put(t, dir, tt.file, strings.Replace(string(was), tt.old, tt.new, 1))
		err = p.app.Reload(context.Background())
		if !errors.Is(err, tt.kind) {
			t.Errorf("%s: the reload ends with %v, want %s", name, err, tt.kind)
		}
		for _, word := range tt.says {
			if !strings.Contains(fmt.Sprint(err), word) || !strings.Contains(p.log.String(), strings.ReplaceAll(word, `"`, `\"`)) {
				t.Errorf("%s: neither may lack %q: the error %v, the log %s", name, word, err, p.log)
			}
		}
		put(t, dir, tt.file, string(was))
	}
	if status := p.status("/api/v1/cockpits/valley"); status != 200 {
		t.Errorf("the old cockpit: %d, want 200", status)
	}
	if err := p.app.Reload(context.Background()); err != nil {
		t.Errorf("the mended folder: %v", err)
	}
}

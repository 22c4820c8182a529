package main_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"citydeck/server/stream/redistest"
)

func TestSimulateSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	file := program(t)
	redis := redistest.Start(t)
	here := []string{"COCKPIT_REDIS_URL=" + redis.URL()}
	tests := map[string]struct {
		line   string
		env    []string
		status int
		out    string // begins so
		err    string // holds this
	}{
		"a rate of 0":               {"--rate 0", here, 2, "", "--rate 0: readings a second, above 0"},
		"a rate below 0":            {"--rate -5", here, 2, "", "--rate -5: readings a second, above 0"},
		"a rate that is no number":  {"--rate NaN", here, 2, "", "--rate NaN: readings a second, above 0"},
		"a rate without end":        {"--rate +Inf", here, 2, "", "--rate +Inf: readings a second, above 0"},
		"a rate in words":           {"--rate many", here, 2, "", `invalid value "many" for flag -rate`},
		"a speed of 0":              {"--speed 0", here, 2, "", "--speed 0: above 0"},
		"a past of the future":      {"--past -1", here, 2, "", "--past -1: days, from 0"},
		"a flag that nobody knows":  {"--fly", here, 2, "", "flag provided but not defined: -fly"},
		"a crew too fast":           {"command --speed 61", here, 2, "", "--speed 61: from 1 to 60"},
		"a crew without a leader":   {"command", here, 2, "", "who launches: --name"},
		"a zone and an estate":      {"command --zone a --estate b", here, 2, "", "--zone or --estate, not both"},
		"a word that nobody knows":  {"quickly", here, 2, "", `"quickly" is not understood`},
		"a district that lacks":     {"", append([]string{"COCKPIT_DISTRICT_DIR=/none"}, here...), 1, "", `district.dir = "/none" is not a folder`},
		"a district with a fault":   {"", append([]string{"COCKPIT_DISTRICT_DIR=" + broken(t)}, here...), 1, "", "cockpits/mill.toml:16: "},
		"the Redis of the server":   {"", nil, 1, "", `redis.url = "embedded" is inside the server`},
		"a Redis that is away":      {"", []string{"COCKPIT_REDIS_URL=redis://127.0.0.1:1"}, 1, "", "Redis: refused"},
		"a fifth of a second of it": {"--for 200ms --rate 5000", here, 0, "sent ", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			cmd := exec.Command(file, append([]string{"simulate"}, strings.Fields(tt.line)...)...)
			cmd.Dir = ".."
			cmd.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "COCKPIT_") }), tt.env...)
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != tt.status {
				t.Errorf("simulate %s ends with %d, want %d", tt.line, got, tt.status)
			}
			if !strings.HasPrefix(stdout.String(), tt.out) || !strings.Contains(stderr.String(), tt.err) {
				t.Errorf("simulate %s says\n%s%s\nwant %q and %q", tt.line, &stdout, &stderr, tt.out, tt.err)
			}
		})
	}
}

// broken is a district with one fault.
func broken(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../fixtures/districts/broken/tiles-overlap")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

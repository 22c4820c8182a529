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
)

// program builds the program once for all cases of a test.
func program(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "citydeck")
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return file
}

func TestTheProgramEndsWithWhatItSays(t *testing.T) {
	t.Parallel()
	file := program(t)
	broken, err := filepath.Abs("../fixtures/districts/broken/tiles-overlap")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		line   string
		env    []string
		status int
		out    string // begins so
		err    string // begins so
	}{
		"version":                      {"version", nil, 0, "citydeck ", ""},
		"help":                         {"--help", nil, 0, "usage: ", ""},
		"an unknown command":           {"fly", nil, 2, "", `citydeck: no command is called "fly"`},
		"an unknown flag":              {"--fly", nil, 2, "", `citydeck: "--fly" is not understood`},
		"an unknown flag of check":     {"check --fly", nil, 2, "", `citydeck: "--fly" is not understood`},
		"a settings file that lacks":   {"check --config none.toml", nil, 2, "", "citydeck: --config none.toml: there is no such file"},
		"--config without a file":      {"check --config", nil, 2, "", "citydeck: --config needs the name of a file"},
		"a folder as settings file":    {"--config=/tmp check", nil, 1, "", "/tmp: can't be read: is a directory\n"},
		"a setting of another type":    {"check", []string{"COCKPIT_DEMO_ENABLED=no"}, 1, "", "COCKPIT_DEMO_ENABLED: demo.enabled must be true or false\n"},
		"a broken district":            {"check", []string{"COCKPIT_DISTRICT_DIR=" + broken}, 1, "", "cockpits/mill.toml:16: tile \"streets\" overlaps \"rate\" of line 6\n"},
		"a district that lacks":        {"check", []string{"COCKPIT_DISTRICT_DIR=/none"}, 1, "", `citydeck: district.dir = "/none" is not a folder`},
		"the demo with another Redis":  {"serve", []string{"COCKPIT_REDIS_URL=redis://127.0.0.1:1"}, 1, "", "COCKPIT_REDIS_URL: demo.enabled = true "},
		"the demo of another district": {"serve", []string{"COCKPIT_DISTRICT_DIR=" + broken}, 1, "", "COCKPIT_DISTRICT_DIR: demo.enabled = true "},
		"for everybody to see":         {"", []string{"COCKPIT_HTTP_LISTEN=0.0.0.0:0", "COCKPIT_DEMO_ENABLED=false", "COCKPIT_HTTP_INSECURE=true"}, 1, "", `auth.anonymous: auth.anonymous = "viewer" `},
		"nobody's export":              {"person export --purpose x", nil, 2, "", "citydeck: person export: give one of --name, "},
		"two people's export":          {"person export --name a --household b --purpose x", nil, 2, "", "citydeck: person export: give one of --name, "},
		"a deletion for no purpose":    {"person delete --household a", nil, 2, "", "citydeck: person: delete needs --purpose"},
		"the shipped district":         {"check", nil, 0, "xiacheng: no fault in ", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			cmd := exec.Command(file, strings.Fields(tt.line)...)
			cmd.Dir = t.TempDir() // the program starts in an empty folder
			cmd.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "COCKPIT_") }), tt.env...)
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if err != nil && !errors.As(err, new(*exec.ExitError)) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != tt.status {
				t.Errorf("%v citydeck %s ends with %d, want %d\n%s%s", tt.env, tt.line, got, tt.status, &stdout, &stderr)
			}
			for got, want := range map[*bytes.Buffer]string{&stdout: tt.out, &stderr: tt.err} {
				if !strings.HasPrefix(got.String(), want) || want == "" && got.Len() > 0 {
					t.Errorf("%v citydeck %s says\n%s\nwant it to begin with\n%s", tt.env, tt.line, got, want)
				}
			}
		})
	}
}

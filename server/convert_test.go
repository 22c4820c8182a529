package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The files were made by the published formula from the places in the names.
func TestConvertMovesPlacesBackToWhereTheyAre(t *testing.T) {
	t.Parallel()
	file, dir := program(t), t.TempDir()
	tests := map[string]struct {
		name, text string
		status     int
		want       []string
	}{
		"a CSV file": {"points.csv", "\ufefflist,point,area,name,lon,lat\na,1,x,\"灯, 1\",120.17465090765569,30.277644325770286\na,2,x,,,\n", 0,
			[]string{"list,point,area,name,lon,lat\na,1,x,\"灯, 1\",120.17,30.28\na,2,x,,,\n"}},
		"GeoJSON": {"areas.geojson", `{"type":"Feature","properties":{"id":"a","n":1.50},"geometry":{"type":"Polygon","coordinates":[[[120.17465090765569,30.277644325770286,7]]]}}`, 0,
			[]string{`[[[120.17,30.28,7]]]`, `"n":1.50`}},
		"outside of China nothing moves": {"points.csv", "lon,lat\n2.35,48.85\n", 0, []string{"lon,lat\n2.35,48.85\n"}},
		"no columns":                     {"points.csv", "x,y\n1,2\n", 1, []string{"it has no columns lon and lat"}},
		"no position":                    {"points.csv", "lon,lat\n1,2\neast,2\n", 1, []string{`line 3: "east", "2" is no position`}},
		"no coordinates":                 {"a.json", `{"type":"FeatureCollection","features":[]}`, 1, []string{"it has no coordinates"}},
		"coordinates that are none":      {"a.json", `{"coordinates":[["a","b"]]}`, 1, []string{"coordinates are lists of numbers"}},
	}
	for name, tt := range tests {
		path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+tt.name)
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(file, "convert", "gcj02", path)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		if got := cmd.ProcessState.ExitCode(); got != tt.status {
			t.Errorf("%s: ends with %d, want %d: %s", name, got, tt.status, out)
		}
		for _, want := range tt.want {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: says %s, want %s", name, out, want)
			}
		}
	}
	for _, line := range []string{"", "gcj02", "bd09 x.csv", "gcj02 a b"} {
		cmd := exec.Command(file, append([]string{"convert"}, strings.Fields(line)...)...)
		if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 2 {
			t.Errorf("convert %s ends with %d, want 2: %s", line, cmd.ProcessState.ExitCode(), out)
		}
	}
}

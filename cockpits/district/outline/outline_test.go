package outline_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"citydeck/cockpits/district/outline"
)

func file(rings string) []byte {
	return fmt.Appendf(nil, "{\"type\":\"FeatureCollection\",\"features\":[\n{\"type\":\"Feature\",\"properties\":{\"id\":\"a\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":%s}}]}", rings)
}

func TestARingIsLookedAt(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ rings, want string }{
		"a square":                         {"[[[0,0],[2,0],[2,2],[0,2],[0,0]]]", ""},
		"a square the other way":           {"[[[0,0],[0,2],[2,2],[2,0],[0,0]]]", ""},
		"with heights":                     {"[[[0,0,5],[2,0,5],[2,2,5],[0,0,5]]]", ""},
		"a hollow shape":                   {"[[[0,0],[9,0],[9,9],[6,9],[6,3],[3,3],[3,9],[0,9],[0,0]]]", ""},
		"with a hole":                      {"[[[0,0],[9,0],[9,9],[0,9],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]", ""},
		"a corner on a straight line":      {"[[[0,0],[1,0],[2,0],[2,2],[0,0]]]", ""},
		"the same position twice in a row": {"[[[0,0],[2,0],[2,0],[2,2],[0,0],[0,0]]]", ""},
		"a bow tie":                        {"[[[0,0],[2,2],[2,0],[0,2],[0,0]]]", "crosses itself"},
		"a spike there and back":           {"[[[0,0],[2,0],[2,2],[2,1],[2,2],[0,2],[0,0]]]", "crosses itself"},
		"a corner that touches a far line": {"[[[0,0],[4,0],[4,4],[2,0],[0,4],[0,0]]]", "crosses itself"},
		"crossing by the line that closes": {"[[[0,0],[4,0],[4,4],[1,-1],[0,0]]]", "crosses itself"},
		"open":                             {"[[[0,0],[2,0],[2,2],[0,2]]]", "not closed"},
		"three positions":                  {"[[[0,0],[2,0],[0,0]]]", "it needs 4"},
		"a line":                           {"[[[0,0],[2,0],[1,0],[0,0]]]", "crosses itself"},
		"all one position":                 {"[[[1,1],[1,1],[1,1],[1,1]]]", "without any area"},
		"lat beyond the pole":              {"[[[0,0],[2,0],[2,91],[0,0]]]", "swapped"},
		"lon beyond the date line":         {"[[[0,0],[181,0],[2,2],[0,0]]]", "lon 181 is not between"},
		"a position of one number":         {"[[[0],[2,0],[2,2],[0,0]]]", "must be [lon, lat]"},
		"no ring":                          {"[]", "without a ring"},
		"a text":                           {`["x"]`, "lists of rings"},
		"too many positions for one ring":  {"[[" + strings.Repeat("[0,0],", 20_000) + "[0,0]]]", "at most 20000"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			visited := 0
			line, why := outline.Read(file(tt.rings), func(f outline.Feature) {
				visited++
				if (f.Fault == "") != (tt.want == "") || !strings.Contains(f.Fault, tt.want) {
					t.Errorf("%s: fault %q, want %q", name, f.Fault, tt.want)
				}
				if f.Line != 2 || f.ID != "a" || (f.Fault == "") != (len(f.Shape) > 0) {
					t.Errorf("%s: line %d, id %q, %d rings, want line 2, id a, and rings only without fault", name, f.Line, f.ID, len(f.Shape))
				}
			})
			if why != "" || visited != 1 {
				t.Errorf("%s: %d features, line %d: %q, want one feature", name, visited, line, why)
			}
		})
	}
}

// TestALongRingIsLookedAtInTime would take minutes with one line against each other.
func TestALongRingIsLookedAtInTime(t *testing.T) {
	t.Parallel()
	const n = 19_990
	var b strings.Builder
	for i := range n {
		at := 2 * math.Pi * float64(i) / n
		fmt.Fprintf(&b, "[%g,%g],", 50*math.Cos(at), 50*math.Sin(at))
	}
	for name, tt := range map[string]struct{ last, want string }{
		"round":                {"[50,0]", ""},
		"cut at the very last": {"[-60,0.5],[50,0]", "crosses itself"},
	} {
		outline.Read(file("[["+b.String()+tt.last+"]]"), func(f outline.Feature) {
			if (f.Fault == "") != (tt.want == "") || !strings.Contains(f.Fault, tt.want) {
				t.Errorf("%s: fault %q, want %q", name, f.Fault, tt.want)
			}
		})
	}
}

func TestWhatIsNoFeatureCollection(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		line int
		want string
	}{
		"empty":           {"", 1, "ends in the middle"},
		"a list":          {"[]", 1, "FeatureCollection"},
		"another type":    {"{\n\"type\":\"Topology\",\"features\":[]}", 2, "FeatureCollection"},
		"no features":     {`{"type":"FeatureCollection"}`, 1, "FeatureCollection"},
		"cut":             {"{\"type\":\"FeatureCollection\",\n\"features\":[{", 1, "ends in the middle"},
		"something after": {"{\"type\":\"FeatureCollection\",\"features\":[]}\n\n5", 3, "after the end"},
		"not JSON":        {"{\"type\":\"FeatureCollection\",\n\n\"features\":[NaN]}", 3, "invalid character"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line, why := outline.Read([]byte(tt.text), func(outline.Feature) {})
			if line != tt.line || !strings.Contains(why, tt.want) {
				t.Errorf("%q: line %d: %q, want line %d: %q", tt.text, line, why, tt.line, tt.want)
			}
		})
	}
}

func TestTheShiftOfGCJ02(t *testing.T) {
	t.Parallel()
	east, north := outline.Shift(120.17, 30.28)
	if math.Abs(120.17+east-120.17465090765569) > 1e-9 || math.Abs(30.28+north-30.277644325770286) > 1e-9 {
		t.Errorf("120.17, 30.28 becomes %v, %v, want 120.17465090765569, 30.277644325770286", 120.17+east, 30.28+north)
	}
	if east, north := outline.Shift(2.35, 48.85); east != 0 || north != 0 {
		t.Errorf("in Paris the shift is %v, %v, want none", east, north)
	}
}

func TestUnshiftUndoesTheShift(t *testing.T) {
	t.Parallel()
	for _, p := range [][2]float64{{120.17, 30.28}, {87.6, 43.8}, {110.33, 20.02}, {126.5, 45.8}, {2.35, 48.85}} {
		east, north := outline.Shift(p[0], p[1])
		lon, lat := outline.Unshift(p[0]+east, p[1]+north)
		if math.Abs(lon-p[0]) > 1e-8 || math.Abs(lat-p[1]) > 1e-8 {
			t.Errorf("%v there and back is %v, %v", p, lon, lat)
		}
	}
}

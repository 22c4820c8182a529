package ring_test

import (
	"math"
	"strings"
	"testing"

	"citydeck/cockpits/area/ring"
)

func TestWhatIsNoRing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ring []ring.Place
		want string
	}{
		"open":                    {[]ring.Place{{0, 0}, {2, 0}, {2, 2}, {0, 2}}, ""},
		"closed":                  {[]ring.Place{{0, 0}, {2, 0}, {2, 2}, {0, 2}, {0, 0}}, ""},
		"a triangle":              {[]ring.Place{{0, 0}, {2, 0}, {1, 2}}, ""},
		"a corner twice in a row": {[]ring.Place{{0, 0}, {2, 0}, {2, 0}, {1, 2}}, ""},
		"a corner on a side":      {[]ring.Place{{0, 0}, {1, 0}, {2, 0}, {1, 2}}, ""},
		"two corners":             {[]ring.Place{{0, 0}, {2, 0}, {0, 0}}, "fewer than three"},
		"a bow tie":               {[]ring.Place{{0, 0}, {2, 2}, {2, 0}, {0, 2}}, "crosses itself"},
		"there and back":          {[]ring.Place{{0, 0}, {2, 0}, {1, 0}}, "crosses itself"},
		"a spike":                 {[]ring.Place{{0, 0}, {2, 0}, {2, 2}, {2, 1}, {0, 2}}, "crosses itself"},
		"not on this earth":       {[]ring.Place{{0, 0}, {2, 0}, {2, 91}}, "corner 2"},
		"not a number":            {[]ring.Place{{0, 0}, {math.NaN(), 0}, {2, 9}}, "corner 1"},
		"too many corners":        {make([]ring.Place, 100_000), "more than"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ring.Fault(tt.ring)
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("Fault = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestARingHoldsItsEdges(t *testing.T) {
	t.Parallel()
	hollow := []ring.Place{{0, 0}, {9, 0}, {9, 9}, {6, 9}, {6, 3}, {3, 3}, {3, 9}, {0, 9}}
	tests := map[string]struct {
		at   ring.Place
		want bool
	}{
		"inside":                    {ring.Place{1, 5}, true},
		"in the hollow":             {ring.Place{4.5, 5}, false},
		"on a corner":               {ring.Place{6, 3}, true},
		"on a side":                 {ring.Place{3, 4.7}, true},
		"on the side that closes":   {ring.Place{0, 4}, true},
		"on a level with a corner":  {ring.Place{-1, 3}, false},
		"just outside":              {ring.Place{9.000001, 5}, false},
		"just outside of a level":   {ring.Place{10, 9}, false},
		"below, on a level with 0":  {ring.Place{5, 0}, true},
		"above the hollow's bottom": {ring.Place{5, 3.1}, false},
	}
	for name, tt := range tests {
		if got := ring.Holds(hollow, tt.at); got != tt.want {
			t.Errorf("%s: Holds(%v) = %v, want %v", name, tt.at, got, tt.want)
		}
	}
}

func TestMetres(t *testing.T) {
	t.Parallel()
	// A degree of a great circle is 111,195 m on the mean sphere.
	if got := ring.Metres(ring.Place{120, 30}, ring.Place{120, 31}); math.Abs(got-111195.08) > 1 {
		t.Errorf("a degree north is %v m", got)
	}
	if got := ring.Metres(ring.Place{120, 60}, ring.Place{120.001, 60}); math.Abs(got-111.195/2) > 0.01 {
		t.Errorf("a thousandth of a degree east at 60° is %v m, want %v", got, 111.195/2)
	}
	if got := ring.Middle([]ring.Place{{1, 2}, {3, 6}}); got != (ring.Place{2, 4}) {
		t.Errorf("Middle = %v", got)
	}
}

package household

import (
	"slices"
	"strconv"

	"citydeck/cockpits/area"
	"citydeck/cockpits/area/ring"
	"citydeck/cockpits/fault"
)

// Zone 区域 says what is to be emptied: exactly one of its four kinds.
type Zone struct {
	Areas     []string    `json:"areas,omitempty"`
	Polygon   [][]float64 `json:"polygon,omitempty"` // lon, lat
	Circle    *Circle     `json:"circle,omitempty"`
	Buildings []string    `json:"buildings,omitempty"` // "estate/building"
}

// Circle is a place and how far around it.
type Circle struct {
	Centre []float64 `json:"centre"` // lon, lat
	Radius float64   `json:"radius_m"`
}

// The largest zones.
const (
	maxRadius = 50_000.0
	maxNamed  = 10_000
)

// Check says what is wrong with a zone, at its JSON pointer below at.
func (z *Zone) Check(tree *area.Tree, at string) error {
	kinds := 0
	for _, given := range []bool{z.Areas != nil, z.Polygon != nil, z.Circle != nil, z.Buildings != nil} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		return fault.New(fault.Invalid, at, "a zone is one of areas, polygon, circle, buildings; there are %d", kinds)
	}
	if len(z.Areas) > maxNamed || len(z.Buildings) > maxNamed {
		return fault.New(fault.Invalid, at, "more than %d parts", maxNamed)
	}
	for i, id := range z.Areas {
		if _, known := tree.Lookup(id); !known {
			return fault.New(fault.NotFound, at+"/areas/"+strconv.Itoa(i), "no such area")
		}
	}
	switch {
	case z.Polygon != nil:
		return checkPolygon(z.Polygon, at)
	case z.Circle != nil:
		return checkCircle(z.Circle, at)
	}
	return nil
}

func checkPolygon(polygon [][]float64, at string) error {
	if len(polygon) > ring.MaxCorners {
		return fault.New(fault.Invalid, at+"/polygon", "the polygon has more than %d corners", ring.MaxCorners)
	}
	for i, c := range polygon {
		if len(c) != 2 || !ring.OnEarth(ring.Place{c[0], c[1]}) {
			return fault.New(fault.Invalid, at+"/polygon/"+strconv.Itoa(i), "a corner is [lon, lat] in degrees")
		}
	}
	if why := ring.Fault(places(polygon)); why != "" {
		return fault.New(fault.Invalid, at+"/polygon", "the polygon %s", why)
	}
	return nil
}

func checkCircle(c *Circle, at string) error {
	if len(c.Centre) != 2 || !ring.OnEarth(ring.Place{c.Centre[0], c.Centre[1]}) {
		return fault.New(fault.Invalid, at+"/circle/centre", "the centre is [lon, lat] in degrees")
	}
	if !(c.Radius > 0 && c.Radius <= maxRadius) {
		return fault.New(fault.Invalid, at+"/circle/radius_m", "the radius is above 0 m and at most %.0f m", maxRadius)
	}
	return nil
}

func places(polygon [][]float64) []ring.Place {
	out := make([]ring.Place, len(polygon))
	for i, c := range polygon {
		out[i] = ring.Place{c[0], c[1]}
	}
	return out
}

// edge is how much further than its radius a circle holds, in metres.
const edge = 1e-3

// holder answers what a checked zone holds.
type holder struct {
	zone      *Zone
	tree      *area.Tree
	tops      []area.Index
	ring      []ring.Place
	buildings map[string]bool
}

func (z *Zone) holder(tree *area.Tree) *holder {
	h := &holder{zone: z, tree: tree, ring: places(z.Polygon), buildings: map[string]bool{}}
	for _, id := range z.Areas {
		if i, known := tree.Lookup(id); known {
			h.tops = append(h.tops, i)
		}
	}
	for _, b := range z.Buildings {
		h.buildings[b] = true
	}
	return h
}

func (h *holder) area(at area.Index) bool {
	return slices.ContainsFunc(h.tops, func(top area.Index) bool { return h.tree.Within(top, at) })
}

func (h *holder) place(p ring.Place, placed bool) bool {
	switch {
	case !placed:
		return false
	case h.zone.Circle != nil:
		c := h.zone.Circle
		return ring.Metres(ring.Place{c.Centre[0], c.Centre[1]}, p) <= c.Radius+edge
	}
	return len(h.ring) > 0 && ring.Holds(h.ring, p)
}

// Metres is how far two places (lon, lat) are apart.
func Metres(a, b [2]float64) float64 { return ring.Metres(a, b) }

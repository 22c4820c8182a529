package plan

import "fmt"

// maxCorners is how many corners a polygon has at most.
const maxCorners = 5000

// PolygonFault says what is wrong with a ring of lon, lat; empty: nothing. The
// closing point may lack.
func PolygonFault(ring [][2]float64) string {
	if len(ring) > maxCorners {
		return fmt.Sprintf("has more than %d corners", maxCorners)
	}
	for i, c := range ring {
		if !(c[0] >= -180 && c[0] <= 180 && c[1] >= -90 && c[1] <= 90) {
			return fmt.Sprintf("has the corner %d, which is no place: [lon, lat] in degrees", i)
		}
	}
	ring = open(ring)
	if len(ring) < 3 {
		return "has fewer than three corners"
	}
	for i := range ring {
		for j := i + 1; j < len(ring); j++ {
			if touch(ring, i, j) {
				return fmt.Sprintf("crosses itself at the sides %d and %d", i, j)
			}
		}
	}
	area := 0.0
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		area += (a[0]-ring[0][0])*(b[1]-ring[0][1]) - (b[0]-ring[0][0])*(a[1]-ring[0][1])
	}
	if area == 0 {
		return "is without any area"
	}
	return ""
}

// open is a ring without the point that closes it, and without a point that
// stands twice in a row.
func open(ring [][2]float64) [][2]float64 {
	var out [][2]float64
	for _, c := range ring {
		if len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}

// touch tells whether two sides of a ring meet where they should not: anywhere,
// or for neighbours beyond their common corner.
func touch(ring [][2]float64, i, j int) bool {
	n := len(ring)
	a, b, c, d := ring[i], ring[(i+1)%n], ring[j], ring[(j+1)%n]
	switch {
	case j == i+1 && n > 2: // b and c are one
		return turn(a, b, d) == 0 && back(a, b, d)
	case i == 0 && j == n-1: // a and d are one
		return turn(c, a, b) == 0 && back(c, a, b)
	}
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	return turn(a, b, c)*turn(a, b, d) <= 0 && turn(c, d, a)*turn(c, d, b) <= 0
}

func turn(a, b, c [2]float64) int {
	v := (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// back tells whether the way a, b, c on one line turns around at b.
func back(a, b, c [2]float64) bool {
	return (b[0]-a[0])*(c[0]-b[0])+(b[1]-a[1])*(c[1]-b[1]) < 0
}

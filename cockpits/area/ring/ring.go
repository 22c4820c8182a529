// Package ring is what can be asked of a ring of places: whether it is one, what it holds, how far things are apart.
package ring

import (
	"fmt"
	"math"
)

// Place is lon, lat in degrees, WGS-84.
type Place = [2]float64

// MaxCorners is how many corners a ring has at most.
const MaxCorners = 5000

// Fault says what is wrong with a ring; empty: nothing. The closing point may lack.
func Fault(ring []Place) string {
	if len(ring) > MaxCorners {
		return fmt.Sprintf("has more than %d corners", MaxCorners)
	}
	for i, c := range ring {
		if !OnEarth(c) {
			return fmt.Sprintf("has the corner %d, which is no place: [lon, lat] in degrees", i)
		}
	}
	ring = opened(ring)
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
	if area(ring) == 0 {
		return "is without any area"
	}
	return ""
}

// OnEarth tells whether lon and lat are within their limits.
func OnEarth(p Place) bool { return p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90 }

// opened is a ring without the point that closes it, and without a point that
// stands twice in a row.
func opened(ring []Place) []Place {
	var out []Place
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

// area is twice the area in square degrees, with its sign.
func area(ring []Place) float64 {
	sum := 0.0
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		sum += (a[0]-ring[0][0])*(b[1]-ring[0][1]) - (b[0]-ring[0][0])*(a[1]-ring[0][1])
	}
	return sum
}

// touch tells whether two sides of a ring meet where they should not: anywhere,
// or for neighbours beyond their common corner.
func touch(ring []Place, i, j int) bool {
	n := len(ring)
	a, b, c, d := ring[i], ring[(i+1)%n], ring[j], ring[(j+1)%n]
	switch {
	case j == i+1: // b and c are one
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

func turn(a, b, c Place) int {
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
func back(a, b, c Place) bool {
	return (b[0]-a[0])*(c[0]-b[0])+(b[1]-a[1])*(c[1]-b[1]) < 0
}

// slack is how close to a side a place is on it, in degrees: a tenth of a millimetre.
const slack = 1e-9

// Holds tells whether a place lies in a ring, its sides and corners included.
func Holds(ring []Place, p Place) bool {
	inside := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if beside(a, b, p) <= slack {
			return true
		}
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
			inside = !inside
		}
	}
	return inside
}

// beside is how far p is from the side a–b, in degrees.
func beside(a, b, p Place) float64 {
	x, y := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := x*x + y*y; l > 0 {
		t = min(max(((p[0]-a[0])*x+(p[1]-a[1])*y)/l, 0), 1)
	}
	return math.Hypot(a[0]+t*x-p[0], a[1]+t*y-p[1])
}

const earth = 6371008.8 // mean radius in metres

// Metres is how far two places are apart, on the sphere.
func Metres(a, b Place) float64 {
	const degree = math.Pi / 180
	north, east := math.Sin((b[1]-a[1])*degree/2), math.Sin((b[0]-a[0])*degree/2)
	h := north*north + math.Cos(a[1]*degree)*math.Cos(b[1]*degree)*east*east
	return 2 * earth * math.Asin(math.Sqrt(min(h, 1)))
}

// Middle is the mean of places.
func Middle(places []Place) Place {
	var m Place
	for _, p := range places {
		m[0] += p[0] / float64(len(places))
		m[1] += p[1] / float64(len(places))
	}
	return m
}

package outline

import (
	"cmp"
	"fmt"
	"slices"
)

// Ring is a closed line of positions, lon and lat.
type Ring [][2]float64

// Shape is an outline: outer rings and holes.
type Shape []Ring

// fault says what is wrong with a ring; empty: nothing.
func (r Ring) fault() string {
	if len(r) < 4 {
		return fmt.Sprintf("a ring of %d positions: it needs 4, the last equal to the first", len(r))
	}
	if len(r) > maxRing {
		return fmt.Sprintf("a ring of %d positions: at most %d", len(r), maxRing)
	}
	if r[0] != r[len(r)-1] {
		return "a ring is not closed: its last position must equal the first"
	}
	for _, p := range r {
		if why := outOfRange(p); why != "" {
			return why
		}
	}
	if a, b, crosses := r.crossing(); crosses {
		return fmt.Sprintf("a ring crosses itself: the line from %v to %v and the one from %v to %v", r[a], r[a+1], r[b], r[b+1])
	}
	if r.area() == 0 {
		return "a ring without any area"
	}
	return ""
}

func outOfRange(p [2]float64) string {
	lon, lat := p[0], p[1]
	switch {
	case lat > 90 || lat < -90:
		if lon >= -90 && lon <= 90 {
			return fmt.Sprintf("lon and lat of %v are swapped", p)
		}
		return fmt.Sprintf("lat %v is not between -90 and 90", lat)
	case lon > 180 || lon < -180:
		return fmt.Sprintf("lon %v is not between -180 and 180", lon)
	}
	return ""
}

// area is twice the signed area, in square degrees.
func (r Ring) area() float64 {
	sum := 0.0
	for i := range len(r) - 1 {
		// Relative to the first position: the differences are small.
		ax, ay := r[i][0]-r[0][0], r[i][1]-r[0][1]
		bx, by := r[i+1][0]-r[0][0], r[i+1][1]-r[0][1]
		sum += ax*by - bx*ay
	}
	return sum
}

// crossing finds two lines of the ring that meet elsewhere than where one
// follows the other. It sweeps from west to east.
func (r Ring) crossing() (a, b int, found bool) {
	n := len(r) - 1
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	west := func(i int) float64 { return min(r[i][0], r[i+1][0]) }
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(west(i), west(j)), i-j) })
	var open []int
	for _, i := range order {
		kept := open[:0]
		for _, j := range open {
			if max(r[j][0], r[j+1][0]) < west(i) {
				continue
			}
			kept = append(kept, j)
			if r.meet(min(i, j), max(i, j), n) {
				return min(i, j), max(i, j), true
			}
		}
		open = append(kept, i)
	}
	return 0, 0, false
}

// meet tells whether two lines, i before j, share more than the corner that
// neighbours have in common.
func (r Ring) meet(i, j, n int) bool {
	p, q, s, t := r[i], r[i+1], r[j], r[j+1]
	if p == q || s == t {
		return false // the same position twice is no line
	}
	switch {
	case q == s && (j == i+1 || r.still(i+1, j)):
		return folded(p, q, t)
	case p == t && (i == 0 && j == n-1 || r.still(j+1, n) && r.still(0, i)):
		return folded(s, p, q)
	}
	d1, d2 := turn(s, t, p), turn(s, t, q)
	d3, d4 := turn(p, q, s), turn(p, q, t)
	if d1*d2 < 0 && d3*d4 < 0 {
		return true
	}
	return d1 == 0 && within(s, t, p) || d2 == 0 && within(s, t, q) || d3 == 0 && within(p, q, s) || d4 == 0 && within(p, q, t)
}

// still tells whether all positions from a to b are one.
func (r Ring) still(a, b int) bool {
	for i := a; i < b; i++ {
		if r[i] != r[i+1] {
			return false
		}
	}
	return true
}

// folded tells whether the way a, b, c turns back upon itself at b.
func folded(a, b, c [2]float64) bool {
	return turn(a, b, c) == 0 && (a[0]-b[0])*(c[0]-b[0])+(a[1]-b[1])*(c[1]-b[1]) > 0
}

// turn is above 0 where c lies left of the line from a to b.
func turn(a, b, c [2]float64) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

// within tells whether c, which is on the line through a and b, lies between them.
func within(a, b, c [2]float64) bool {
	return min(a[0], b[0]) <= c[0] && c[0] <= max(a[0], b[0]) && min(a[1], b[1]) <= c[1] && c[1] <= max(a[1], b[1])
}

// Holds tells whether a position lies inside a shape, by the even-odd rule.
func (s Shape) Holds(lon, lat float64) bool {
	in := false
	for _, r := range s {
		for i := range len(r) - 1 {
			a, b := r[i], r[i+1]
			if (a[1] > lat) != (b[1] > lat) && lon < a[0]+(lat-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
				in = !in
			}
		}
	}
	return in
}

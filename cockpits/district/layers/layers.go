// Package layers finds which points of a district's lists lie in a tile of the
// map, and gathers them where they are too many to draw.
//
// The plane is Web Mercator's square. Each list is kept in the order of a curve
// that runs through the square quarter by quarter, so that whatever lies in a
// tile, or in a cell of one, stands side by side: it is found by two binary
// searches, and its middle is told from running sums. A tile therefore costs
// the same in a district of two hundred thousand points as in one of two hundred.
package layers

import (
	"cmp"
	"math"
	"slices"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/tile"
)

const (
	// Extent is how many units a tile has a side.
	Extent = 4096
	// Deepest is the last zoom at which there are tiles.
	Deepest = 22
	// Single is the zoom from which on each point stands for itself.
	Single = 14

	side    = 3 // a tile has 2^side cells a side; each gathers what lies in it
	bits    = 32
	mostLat = 85.05112877980659 // degrees: there the square ends
)

// Index holds the points of a district's lists that have a place. It never
// changes, and may be asked by several at once.
type Index struct {
	lists []list // as District.Lists
}

type list struct {
	id     string
	keys   []uint64 // places on the curve, ascending
	points []*tile.Point
	east   []uint64 // sums over the points before, in units of the square
	south  []uint64
}

// Cell is one thing to draw: a point, or several that stand close together.
type Cell struct {
	Key    string      // "list/point", or of several "zoom/column/row" of their cell
	X, Y   int         // 0 to Extent-1, from the tile's north-west corner
	Count  int         // how many points
	Point  *tile.Point // where Count is 1
	Counts []int       // of several: how many of each list, as District.Lists
}

// New puts the points of a district in order.
func New(d *district.District) *Index {
	x := &Index{lists: make([]list, len(d.Lists))}
	for i := range d.Lists {
		x.lists[i] = ordered(&d.Lists[i])
	}
	return x
}

func ordered(of *district.List) list {
	type placed struct {
		key   uint64
		point *tile.Point
	}
	var all []placed
	for i := range of.Points {
		if p := &of.Points[i]; p.Placed {
			east, south := square(p.Lon, p.Lat)
			all = append(all, placed{interleave(east, south), p})
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.key, b.key) })
	l := list{
		id: of.ID, keys: make([]uint64, len(all)), points: make([]*tile.Point, len(all)),
		east: make([]uint64, len(all)+1), south: make([]uint64, len(all)+1),
	}
	for i, p := range all {
		east, south := square(p.point.Lon, p.point.Lat)
		l.keys[i], l.points[i] = p.key, p.point
		l.east[i+1], l.south[i+1] = l.east[i]+uint64(east), l.south[i]+uint64(south)
	}
	return l
}

// square is a place in Web Mercator, in 2^32 units a side from the north-west.
func square(lon, lat float64) (east, south uint32) {
	const whole = 1 << bits
	lat = max(-mostLat, min(mostLat, lat)) * math.Pi / 180
	x := (lon + 180) / 360
	y := (1 - math.Asinh(math.Tan(lat))/math.Pi) / 2
	fit := func(v float64) uint32 { return uint32(max(0, min(whole-1, v*whole))) }
	return fit(x), fit(y)
}

// interleave is a place on the curve: bit by bit, south before east.
func interleave(east, south uint32) uint64 { return spread(east) | spread(south)<<1 }

// spread puts a zero before each bit.
func spread(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	x = (x | x<<1) & 0x5555555555555555
	return x
}

// gather takes every second bit: what spread has put apart.
func gather(x uint64) uint32 {
	x &= 0x5555555555555555
	x = (x | x>>1) & 0x3333333333333333
	x = (x | x>>2) & 0x0f0f0f0f0f0f0f0f
	x = (x | x>>4) & 0x00ff00ff00ff00ff
	x = (x | x>>8) & 0x0000ffff0000ffff
	return uint32(x | x>>16)
}

// Sees tells whether who asks may see what lies in an area; nil: everything.
type Sees func(area.Index) bool

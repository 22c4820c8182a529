package layers

import (
	"fmt"
	"slices"
)

// Tile lists what is to be drawn in a tile of the lists at these places in
// District.Lists. The tile must exist: 0 ≤ zoom ≤ Deepest, 0 ≤ column, row < 2^zoom.
func (x *Index) Tile(zoom, column, row int, lists []int, sees Sees) []Cell {
	q := question{index: x, zoom: zoom, column: column, row: row, lists: lists, sees: sees}
	first := interleave(uint32(column), uint32(row))
	if zoom >= Single {
		return q.points(first)
	}
	var cells []Cell
	for i := range uint64(1 << (2 * side)) {
		if c, some := q.cell(first<<(2*side) | i); some {
			cells = append(cells, c)
		}
	}
	return cells
}

type question struct {
	index             *Index
	zoom, column, row int
	lists             []int
	sees              Sees
}

// points lists each point of the tile by itself.
func (q *question) points(first uint64) []Cell {
	var cells []Cell
	for _, i := range q.lists {
		l := &q.index.lists[i]
		from, to := l.run(first, q.zoom)
		for j := from; j < to; j++ {
			if q.sees == nil || q.sees(l.points[j].Area) {
				cells = append(cells, q.alone(l, j))
			}
		}
	}
	return cells
}

// run is where the points of a quarter of a quarter … of the square stand.
func (l *list) run(first uint64, depth int) (from, to int) {
	shift := 2 * (bits - depth)
	from, _ = slices.BinarySearch(l.keys, first<<shift)
	if first+1 == 1<<(2*depth) { // the last of all: what comes after it does not fit into 64 bits
		return from, len(l.keys)
	}
	n, _ := slices.BinarySearch(l.keys[from:], (first+1)<<shift)
	return from, from + n
}

// cell gathers what lies in one cell of the tile.
func (q *question) cell(first uint64) (Cell, bool) {
	depth := q.zoom + side
	var c Cell
	var east, south uint64
	var one *list
	at := 0
	for _, i := range q.lists {
		l := &q.index.lists[i]
		from, to := l.run(first, depth)
		if from == to {
			continue
		}
		n := to - from
		if q.sees == nil {
			east += l.east[to] - l.east[from]
			south += l.south[to] - l.south[from]
			one, at = l, from
		} else {
			n = 0
			for j := from; j < to; j++ {
				if q.sees(l.points[j].Area) {
					n++
					east += l.east[j+1] - l.east[j]
					south += l.south[j+1] - l.south[j]
					one, at = l, j
				}
			}
		}
		if n > 0 && c.Counts == nil {
			c.Counts = make([]int, len(q.index.lists))
		}
		if n > 0 {
			c.Counts[i] = n
			c.Count += n
		}
	}
	switch c.Count {
	case 0:
		return c, false
	case 1:
		return q.alone(one, at), true
	}
	c.Key = fmt.Sprintf("%d/%d/%d", q.zoom, gather(first), gather(first>>1))
	c.X, c.Y = q.inside(east/uint64(c.Count), south/uint64(c.Count))
	return c, true
}

// alone is a point that stands for itself.
func (q *question) alone(l *list, at int) Cell {
	p := l.points[at]
	c := Cell{Key: l.id + "/" + p.ID, Count: 1, Point: p}
	c.X, c.Y = q.inside(l.east[at+1]-l.east[at], l.south[at+1]-l.south[at])
	return c
}

// inside turns a place in the square into one in the tile.
func (q *question) inside(east, south uint64) (x, y int) {
	shift := bits - q.zoom // the bits below the tile's own
	unit := func(v uint64) int {
		rest := v & (1<<shift - 1)
		return int(rest * Extent >> shift)
	}
	return unit(east), unit(south)
}

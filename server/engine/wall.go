package engine

import (
	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/tile"
)

// Tree is the cockpit that shows the tree itself: one tile per cockpit.
const Tree = "*"

// wall is every tile of every cockpit, and which of them a figure changes.
type wall struct {
	cockpits []cockpit
	tiles    []drawn
	watch    map[rollup.Pair][]int32
	shown    [][]uint64                  // place → a bit an area: whether watch has any
	alerts   []int32                     // tiles that list open alerts
	feeds    []int32                     // tiles that list what happened
	boards   map[indicator.Index][]int32 // tiles that show points of a measure
	restless []int32                     // all boards: points grow stale without a reading
}

type cockpit struct {
	id     string
	from   int // its tiles are tiles[from:to]
	to     int
	dirty  bool
	opened bool
	state  tile.State
	since  int64
	retell bool // the tree is to be told of it anew
}

type drawn struct {
	def     *tile.Definition
	cockpit int
	tile    tile.Tile
	dirty   bool
}

func newWall(d *district.District) wall {
	w := wall{watch: make(map[rollup.Pair][]int32), boards: make(map[indicator.Index][]int32)}
	for ci := range d.Cockpits {
		c := &d.Cockpits[ci]
		from := len(w.tiles)
		for ti := range c.Tiles {
			w.add(&c.Tiles[ti], ci)
		}
		w.cockpits = append(w.cockpits, cockpit{id: c.ID, from: from, to: len(w.tiles), dirty: true})
	}
	return w
}

func (w *wall) add(def *tile.Definition, ci int) {
	i := int32(len(w.tiles))
	w.tiles = append(w.tiles, drawn{def: def, cockpit: ci, dirty: true})
	for _, p := range def.Pairs() {
		w.show(p)
		if list := w.watch[p]; len(list) == 0 || list[len(list)-1] != i {
			w.watch[p] = append(list, i)
		}
	}
	switch def.Kind {
	case tile.Alerts:
		w.alerts = append(w.alerts, i)
	case tile.Feed:
		w.feeds = append(w.feeds, i)
	case tile.Board:
		w.restless = append(w.restless, i)
		for _, m := range def.Measures {
			w.boards[m] = append(w.boards[m], i)
		}
	}
}

// show notes that some tile shows a figure.
func (w *wall) show(p rollup.Pair) {
	for len(w.shown) <= int(p.Place) {
		w.shown = append(w.shown, nil)
	}
	bits := w.shown[p.Place]
	for len(bits) <= int(p.Area/64) {
		bits = append(bits, 0)
	}
	bits[p.Area/64] |= 1 << (p.Area % 64)
	w.shown[p.Place] = bits
}

// watched tells whether some tile shows a figure: of the many that change in a
// round few are, and asking the map for each takes longer than working it out.
func (w *wall) watched(p rollup.Pair) bool {
	return int(p.Place) < len(w.shown) && int(p.Area/64) < len(w.shown[p.Place]) && w.shown[p.Place][p.Area/64]>>(p.Area%64)&1 == 1
}

func (w *wall) mark(i int32) {
	w.tiles[i].dirty = true
	w.cockpits[w.tiles[i].cockpit].dirty = true
}

func (w *wall) markAll(list []int32) {
	for _, i := range list {
		w.mark(i)
	}
}

// Package tile is what is drawn in one tile, and which keys of it differ between two states.
package tile

import (
	"time"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
)

// Kind is a tile kind of contracts §2.
type Kind string

// The tile kinds.
const (
	Stat      Kind = "stat"
	Trend     Kind = "trend"
	Progress  Kind = "progress"
	Ranking   Kind = "ranking"
	Breakdown Kind = "breakdown"
	Table     Kind = "table"
	Board     Kind = "board"
	Map       Kind = "map"
	Alerts    Kind = "alerts"
	Feed      Kind = "feed"
	Command   Kind = "command"
	Video     Kind = "video"
)

// Definition is one [[tile]] of a cockpit's file, checked and with its
// defaults filled in; which fields are used depends on Kind.
type Definition struct {
	ID, Title, TitleEn string
	Short, ShortEn     string
	Kind               Kind
	X, Y, W, H         int // on a 24 × 12 grid
	Area               rollup.Area
	Indicators         []indicator.Place // one for kinds with `indicator`
	Multiple           bool              // written as `indicators`
	Measures           []indicator.Index // board
	Of                 string            // kind of the areas below; empty: none
	Areas              []rollup.Area     // the areas that Of names, in the tree's order
	Order              string            // ranking: worst, desc, asc
	Limit              int
	Span               time.Duration // trend
	Target             *float64      // progress
	Compare            string        // stat: hour, day, week, month, year
	List               string        // board: list id
	Points             []Point       // board: the list's points
	Layers             []string      // map: list ids
	Warn, Alarm        *float64      // board
	URL                string        // video
}

// Point is one row of points.csv.
type Point struct {
	List   string
	ID     string
	Area   rollup.Area
	Name   string
	NameEn string // empty: none
	Lon    float64
	Lat    float64
	Placed bool
	Notes  map[string]string
}

package tile

import "citydeck/cockpits/respond/command"

// Tile is what a screen knows of one tile: the wire form of contracts §4.
// It is never changed after it was published. Times are Unix ms.
type Tile struct {
	ID         string    `json:"id"`
	Value      *float64  `json:"value"`
	Level      *string   `json:"level"`
	Status     string    `json:"status"`
	Since      *int64    `json:"since"`
	AsOf       *int64    `json:"as_of"`
	CountsFrom *int64    `json:"counts_from"`
	Parts      *Parts    `json:"parts"`
	Coverage   *Coverage `json:"coverage"`
	Disputed   *Disputed `json:"disputed"`
	Change     *Change   `json:"change"`
	Spark      []Spark   `json:"spark"`
	Items      []Item    `json:"items"`
	Target     *float64  `json:"target,omitempty"`
}

// Parts are a ratio's numerator and denominator.
type Parts [2]*float64

// Coverage counts the points that are fresh; Silent names up to three children that are not.
type Coverage struct {
	Fresh    int      `json:"fresh"`
	Expected int      `json:"expected"`
	Silent   []string `json:"silent"`
}

// Disputed says how many points below have sources that differ, and the newest such pair.
type Disputed struct {
	Points int       `json:"points"`
	Values []Witness `json:"values"`
}

// Witness is what one source says.
type Witness struct {
	Source string  `json:"source"`
	Value  float64 `json:"value"`
	At     int64   `json:"at"`
}

// Change is now − then.
type Change struct {
	Value *float64 `json:"value"`
	Over  string   `json:"over"`
}

// Spark is one point of a sparkline: the end of a step and the value there.
type Spark struct {
	At    int64
	Value *float64
}

// Item is a row, area, line or point of a tile. Its keys depend on the kind of
// tile; Keys says which of them it has.
type Item struct {
	ID        string
	Has       Keys
	Value     *float64
	Level     *string
	Status    string
	Since     *int64
	AsOf      *int64
	Rank      int
	Coverage  *Coverage
	Spark     []Spark
	Cells     []Cell
	Indicator string
	Area      string
	At        int64
	SeenAt    int64 // of the timeline, where it was seen much earlier than At; else 0
	Kind      string
	Text      string
	TextEn    string
	Command   *command.View
	Unit      *command.UnitView
	Task      *command.TaskMark
	Out       int
}

// Cell is one value of an item's cells: of a table {value, level, status, parts},
// of a board the bare value.
type Cell struct {
	ID     string
	Bare   bool
	Value  *float64
	Level  *string
	Status string
	Parts  *Parts
}

// Keys is a set of an item's keys.
type Keys uint32

// The keys that an item may have besides id.
const (
	HasValue Keys = 1 << iota
	HasLevel
	HasStatus
	HasSince
	HasAsOf
	HasRank
	HasCoverage
	HasSpark
	HasCells
	HasIndicator // with area
	HasFeed      // at, kind, area, text, text_en, of what was seen much earlier also seen_at
	HasCommand   // all keys of a command but its id
	HasUnit      // households, open, cells, signed
	HasForecast  // forecast, late
	HasTask      // role, state, households, done, due, unreachable
	HasPace      // at, out
	HasVersion   // task, version, phase, exercise
)

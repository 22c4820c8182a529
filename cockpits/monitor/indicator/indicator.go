package indicator

import "slices"

// Direction says which way is good.
type Direction string

// The directions.
const (
	HigherBetter Direction = "higher_better"
	LowerBetter  Direction = "lower_better"
	Neutral      Direction = "neutral"
)

// Level is the thresholds' word for a value; empty: none.
type Level string

// The levels.
const (
	NoLevel   Level = ""
	LevelOK   Level = "normal"
	LevelWarn Level = "warn"
	LevelBad  Level = "alarm"
)

// Indicator 指标 is what is shown: a measure, a ratio of two, or a formula over
// several, in a window. Exactly one of Measure, Numerator (with Denominator)
// and Formula is set.
type Indicator struct {
	ID            string
	Name          string
	NameEn        string
	Caliber       string // 口径
	Measure       string
	Numerator     string
	Denominator   string
	Formula       string
	Scale         float64 // of a ratio; 1 when not given
	Unit          string
	Decimals      int
	Window        Window
	Direction     Direction
	Warn          *float64
	Alarm         *float64
	ThresholdsFor []string // kinds of area; empty: all
	MinCoverage   float64  // below this share of fresh points the status is stale
	SuppressBelow float64  // values above 0 and below this are hidden; 0: none
	Sensitivity   Sensitivity
	Versions      []Version // the oldest first
	Parts         []Index   // its measures in the order of numerator, denominator or the formula's first use
	Expr          *Formula
}

// Place is an indicator's place in the catalogue.
type Place int32

// HasThresholds tells whether the indicator can warn at an area of a kind.
func (d *Indicator) HasThresholds(kind string) bool {
	if d.Direction == Neutral || d.Warn == nil && d.Alarm == nil {
		return false
	}
	return len(d.ThresholdsFor) == 0 || slices.Contains(d.ThresholdsFor, kind)
}

// LevelOf is the thresholds' word for a value at an area of a kind. It compares
// the value itself, never its rounded form.
func (d *Indicator) LevelOf(value float64, kind string) Level {
	if !d.HasThresholds(kind) {
		return NoLevel
	}
	return d.grade(value)
}

// grade is the thresholds' word where they hold.
func (d *Indicator) grade(value float64) Level {
	switch {
	case d.beyond(d.Alarm, value):
		return LevelBad
	case d.beyond(d.Warn, value):
		return LevelWarn
	}
	return LevelOK
}

func (d *Indicator) beyond(limit *float64, value float64) bool {
	if limit == nil {
		return false
	}
	if d.Direction == HigherBetter {
		return value < *limit
	}
	return value >= *limit
}

// Ratio tells whether the indicator is a numerator over a denominator.
func (d *Indicator) Ratio() bool { return d.Numerator != "" }

package tile

import "citydeck/cockpits/monitor/indicator"

// State sums up a cockpit: its worst status, and how many of its tiles stand in each.
type State struct {
	Status string `json:"status"`
	Alarms int    `json:"alarms"`
	Warns  int    `json:"warns"`
	Stale  int    `json:"stale"`
}

// StateOf sums up a cockpit's tiles. Worst first: alarm, warn, stale, normal;
// empty only when every tile is.
func StateOf(tiles []Tile) State {
	var s State
	some := false
	for i := range tiles {
		switch indicator.Status(tiles[i].Status) {
		case indicator.Alarm:
			s.Alarms++
		case indicator.Warn:
			s.Warns++
		case indicator.Stale:
			s.Stale++
		}
		some = some || tiles[i].Status != string(indicator.Empty)
	}
	switch {
	case s.Alarms > 0:
		s.Status = string(indicator.Alarm)
	case s.Warns > 0:
		s.Status = string(indicator.Warn)
	case s.Stale > 0:
		s.Status = string(indicator.Stale)
	case some:
		s.Status = string(indicator.Normal)
	default:
		s.Status = string(indicator.Empty)
	}
	return s
}

// Value is any indicator at any area: the answer of GET /values.
type Value struct {
	Indicator  string    `json:"indicator"`
	Area       string    `json:"area"`
	Value      *float64  `json:"value"`
	Level      *string   `json:"level"`
	Status     string    `json:"status"`
	Since      *int64    `json:"since"`
	AsOf       *int64    `json:"as_of"`
	CountsFrom *int64    `json:"counts_from"`
	Coverage   *Coverage `json:"coverage"`
	Disputed   *Disputed `json:"disputed"`
}

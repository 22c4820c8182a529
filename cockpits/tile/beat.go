package tile

// Beat is the sign of life that every screen gets each two seconds: the
// figures of the whole district that contracts §4 names. Times are Unix ms.
type Beat struct {
	Now     int64   `json:"now"`
	Tick    int64   `json:"tick"`   // when the engine last completed a round
	Behind  *int64  `json:"behind"` // ms: how old the oldest unread entry is; null: Redis can't be asked
	Rate    int     `json:"rate"`   // readings a second
	Points  Fresh   `json:"points"`
	Sources Sources `json:"sources"`
}

// Fresh counts points heard in the last seven days, and those fresh now.
type Fresh struct {
	Fresh    int `json:"fresh"`
	Expected int `json:"expected"`
}

// Sources counts the sources heard in the last seven days; Silent names at most three.
type Sources struct {
	Fresh  int      `json:"fresh"`
	All    int      `json:"all"`
	Silent []string `json:"silent"`
}

package district

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"citydeck/cockpits"
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// layout is a short hash of all that a screen draws without any reading: the
// cockpit's definition, what its tiles' indicators say, and the names of their areas.
func (l *loader) layout(c *cockpits.Cockpit) string {
	said := struct {
		Cockpit    *cockpits.Cockpit
		Indicators []*indicator.Indicator
		Measures   []*indicator.Measure
		Areas      []*area.Area
	}{Cockpit: c, Areas: []*area.Area{l.d.Areas.At(c.Area)}}
	for i := range c.Tiles {
		t := &c.Tiles[i]
		for _, p := range t.Indicators {
			said.Indicators = append(said.Indicators, &l.d.Catalogue.Indicators[p])
		}
		for _, m := range t.Measures {
			said.Measures = append(said.Measures, &l.d.Catalogue.Measures[m])
		}
		for _, a := range append([]area.Index{t.Area}, t.Areas...) {
			said.Areas = append(said.Areas, l.d.Areas.At(a))
		}
	}
	text, err := json.Marshal(said)
	if err != nil { // only a number that no file can hold
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

package district

import (
	"math"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district/outline"
)

// mark is a place that a file gives to an area or a point.
type mark struct {
	file string
	line int
	area area.Index // itself, or where the point belongs
	lon  float64
	lat  float64
}

// Maps made in China are drawn in GCJ-02, which lies some 500 m beside WGS-84.
// A file of places in the one and outlines in the other shows itself: places
// lie outside of where they belong, and moved by that shift they lie inside.
const (
	fewestShifted = 3   // places outside that are needed to say so
	sureShifted   = 0.9 // share of these that the shift brings inside
)

// shifted reports, once a file, places that are in GCJ-02 while the outlines
// are not, or the other way round.
func (l *loader) shifted(shapes map[area.Index]outline.Shape) {
	if len(shapes) == 0 || l.Log.In(areasFile) || l.Log.In(geoFile) {
		return
	}
	type count struct{ all, outside, back, on, first int }
	counts := map[string]*count{}
	var files []string
	for _, m := range l.marks {
		s := l.around(shapes, m.area)
		if s == nil {
			continue
		}
		c := counts[m.file]
		if c == nil {
			c = &count{}
			counts[m.file] = c
			files = append(files, m.file)
		}
		c.all++
		if s.Holds(m.lon, m.lat) {
			continue
		}
		c.outside++
		if c.first == 0 {
			c.first = m.line
		}
		east, north := outline.Shift(m.lon, m.lat)
		if s.Holds(m.lon-east, m.lat-north) {
			c.back++
		}
		if s.Holds(m.lon+east, m.lat+north) {
			c.on++
		}
	}
	for _, file := range files {
		c := counts[file]
		if c.outside < fewestShifted || 10*c.outside < c.all {
			continue
		}
		switch need := int(math.Ceil(sureShifted * float64(c.outside))); {
		case c.back >= need:
			l.Log.Add(file, c.first, "the places look like GCJ-02, about 500 m off: %d of %d lie outside their area's outline, and inside when moved back to WGS-84", c.outside, c.all)
		case c.on >= need:
			l.Log.Add(geoFile, 1, "the outlines look like GCJ-02, about 500 m off: %d of %d places of %s lie outside, and inside when moved as well", c.outside, c.all, file)
		}
	}
}

// around is the outline of an area, or of the nearest area above that has one.
func (l *loader) around(shapes map[area.Index]outline.Shape, at area.Index) outline.Shape {
	for ; at != area.None; at = l.d.Areas.Parent(at) {
		if s, known := shapes[at]; known {
			return s
		}
	}
	return nil
}

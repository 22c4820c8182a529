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

// drift counts how the places of one file lie to the outlines.
type drift struct{ all, outside, back, on, first int }

// add counts a place; without an outline around it there is nothing to tell.
func (d *drift) add(s outline.Shape, m mark) {
	if s == nil {
		return
	}
	d.all++
	if s.Holds(m.lon, m.lat) {
		return
	}
	d.outside++
	if d.first == 0 {
		d.first = m.line
	}
	east, north := outline.Shift(m.lon, m.lat)
	if s.Holds(m.lon-east, m.lat-north) {
		d.back++
	}
	if s.Holds(m.lon+east, m.lat+north) {
		d.on++
	}
}

// shifted reports, once a file, places that are in GCJ-02 while the outlines
// are not, or the other way round.
func (l *loader) shifted(shapes map[area.Index]outline.Shape) {
	if len(shapes) == 0 || l.Log.In(areasFile) || l.Log.In(geoFile) {
		return
	}
	drifts := map[string]*drift{}
	var files []string
	for _, m := range l.marks {
		if drifts[m.file] == nil {
			drifts[m.file] = &drift{}
			files = append(files, m.file)
		}
		drifts[m.file].add(l.around(shapes, m.area), m)
	}
	for _, file := range files {
		l.drifted(file, *drifts[file])
	}
}

// drifted reports a file whose places lie beside the outlines by the shift.
func (l *loader) drifted(file string, d drift) {
	if d.outside < fewestShifted || 10*d.outside < d.all {
		return
	}
	switch need := int(math.Ceil(sureShifted * float64(d.outside))); {
	case d.back >= need:
		l.Log.Add(file, d.first, "the places look like GCJ-02, about 500 m off: %d of %d lie outside their area's outline, and inside when moved back to WGS-84 (the command convert does that)", d.outside, d.all)
	case d.on >= need:
		l.Log.Add(geoFile, 1, "the outlines look like GCJ-02, about 500 m off: %d of %d places of %s lie outside, and inside when moved as well (the command convert moves them back)", d.outside, d.all, file)
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

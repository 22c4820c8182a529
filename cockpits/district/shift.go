package district

import (
	"math"

	"citydeck/cockpits/area"
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
func (l *loader) shifted(shapes map[area.Index]shape) {
	if len(shapes) == 0 || l.log.in(areasFile) || l.log.in(geoFile) {
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
		if s.holds(m.lon, m.lat) {
			continue
		}
		c.outside++
		if c.first == 0 {
			c.first = m.line
		}
		east, north := shiftAt(m.lon, m.lat)
		if s.holds(m.lon-east, m.lat-north) {
			c.back++
		}
		if s.holds(m.lon+east, m.lat+north) {
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
			l.log.add(file, c.first, "the places look like GCJ-02, about 500 m off: %d of %d lie outside their area's outline, and inside when moved back to WGS-84", c.outside, c.all)
		case c.on >= need:
			l.log.add(geoFile, 1, "the outlines look like GCJ-02, about 500 m off: %d of %d places of %s lie outside, and inside when moved as well", c.outside, c.all, file)
		}
	}
}

// around is the outline of an area, or of the nearest area above that has one.
func (l *loader) around(shapes map[area.Index]shape, at area.Index) shape {
	for ; at != area.None; at = l.d.Areas.Parent(at) {
		if s, known := shapes[at]; known {
			return s
		}
	}
	return nil
}

// The ellipsoid of Krasovsky, which GCJ-02 is computed on.
const (
	halfAxis     = 6378245.0
	eccentricity = 0.00669342162296594323 // squared
)

// shiftAt is how far GCJ-02 lies beside WGS-84 in degrees; nothing outside of China.
func shiftAt(lon, lat float64) (east, north float64) {
	if lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271 {
		return 0, 0
	}
	x, y := lon-105, lat-35
	wave := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	north = -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + wave +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 + (160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	east = 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + wave +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 + (150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	rad := lat * math.Pi / 180
	magic := 1 - eccentricity*math.Sin(rad)*math.Sin(rad)
	root := math.Sqrt(magic)
	north = north * 180 / (halfAxis * (1 - eccentricity) / (magic * root) * math.Pi)
	east = east * 180 / (halfAxis / root * math.Cos(rad) * math.Pi)
	return east, north
}

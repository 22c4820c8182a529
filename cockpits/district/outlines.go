package district

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/district/outline"
)

const (
	geoFile = "areas.geojson"
	maxGeo  = 50 << 20
)

// outlines reads areas.geojson.
func (l *loader) outlines() map[area.Index]outline.Shape {
	data := l.Open(geoFile, maxGeo, false)
	if data == nil {
		return nil
	}
	shapes := map[area.Index]outline.Shape{}
	drawn := map[string]int{}
	line, why := outline.Read(data, func(f outline.Feature) {
		at, known := l.where(f.ID)
		first, twice := drawn[f.ID]
		switch {
		case f.ID != "" && !known:
			l.Log.Add(geoFile, f.Line, "area %q is unknown", f.ID)
		case f.Fault != "":
			l.Log.Add(geoFile, f.Line, "%s", f.Fault)
		case twice:
			l.Log.Add(geoFile, f.Line, "area %q has an outline already, in line %d", f.ID, first)
		default:
			drawn[f.ID] = f.Line
			shapes[at] = f.Shape
			l.d.Outlines[at] = f.Geometry
		}
	})
	if why != "" {
		l.Log.Add(geoFile, line, "%s", why)
	}
	return shapes
}

package district

import (
	"fmt"
	"strconv"
	"strings"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district/folder"
	"citydeck/cockpits/fault"
)

var areaColumns = []string{"id", "name", "name_en", "kind", "parent", "code", "lon", "lat"}

const areasFile = "areas.csv"

// areas reads the tree. Where it is broken it leaves one in which every id that
// stands in the file is found.
func (l *loader) areas() {
	rows, whole := l.CSV(areasFile, true, areaColumns)
	if len(rows) > maxAreas {
		l.Log.Add(areasFile, rows[maxAreas].Line, "more than %d areas", maxAreas)
		rows, whole = nil, false
	}
	var list []area.Area
	for i := range rows {
		r := &rows[i]
		a := area.Area{
			ID: r.Get("id"), Name: r.Get("name"), NameEn: r.Get("name_en"), Kind: r.Get("kind"),
			Parent: r.Get("parent"), Code: r.Get("code"), Line: r.Line, Notes: r.Notes(areaColumns),
		}
		if r.Bad {
			list = append(list, area.Area{ID: a.ID, Parent: a.Parent, Line: a.Line})
			continue
		}
		l.checkArea(&a)
		if a.Name == "" {
			a.Name = a.ID
		}
		a.Lon, a.Lat, a.Placed = l.position(areasFile, r)
		list = append(list, a)
	}
	l.arealess = !whole
	var found []*fault.Fault
	if whole {
		l.d.Areas, found = area.New(list)
	}
	for _, f := range found {
		line, _ := strconv.Atoi(strings.TrimPrefix(f.At, areasFile+":")) // its own form
		l.Log.Add(areasFile, line, "%s", f.Reason)
	}
	if l.d.Areas == nil {
		l.d.Areas, _ = area.New(mended(list))
	}
	for i := range area.Index(l.d.Areas.Len()) {
		if a := l.d.Areas.At(i); a.Placed {
			m := mark{areasFile, a.Line, i, a.Lon, a.Lat}
			l.swapped(m, fmt.Sprintf("area %q", a.ID), l.d.Areas.Parent(i))
			l.marks = append(l.marks, m)
		}
	}
}

// mended puts everything that has no place in the tree directly below one root,
// only to go on looking for faults. The root has no kind and an id of its own.
func mended(list []area.Area) []area.Area {
	out := []area.Area{{ID: "\x00"}}
	seen := map[string]bool{}
	for _, a := range list {
		if seen[a.ID] {
			continue
		}
		seen[a.ID] = true
		a.Parent = out[0].ID
		out = append(out, a)
	}
	return out
}

// where finds an area. In a broken tree it may be at another place.
func (l *loader) where(id string) (area.Index, bool) {
	at, found := l.d.Areas.Lookup(id)
	if !found && l.arealess && id != "" {
		return l.d.Areas.Root(), true
	}
	return at, found
}

func (l *loader) checkArea(a *area.Area) {
	if !folder.Slug(a.ID) {
		l.Log.Add(areasFile, a.Line, "id %q is not of the form [a-z0-9][a-z0-9_-]{0,63}", a.ID)
	}
	if a.Kind == "" {
		l.Log.Add(areasFile, a.Line, "area %q has no kind", a.ID)
	}
	for _, text := range []string{a.Name, a.NameEn, a.Kind} {
		if why := folder.NameFault(text); why != "" {
			l.Log.Add(areasFile, a.Line, "a name of area %q %s", a.ID, why)
		}
	}
}

// swapped reports a place far away from the area that it belongs to whose lon
// and lat, exchanged, would lie close to it.
func (l *loader) swapped(m mark, what string, at area.Index) {
	if at == area.None {
		return
	}
	p := l.d.Areas.At(at)
	if p.Placed && far(m.lon, m.lat, p.Lon, p.Lat) && !far(m.lat, m.lon, p.Lon, p.Lat) {
		l.Log.Add(m.file, m.line, "lon and lat of %s are swapped", what)
	}
}

// far tells whether two places are more than five degrees apart.
func far(lon, lat, lon2, lat2 float64) bool {
	return max(lon-lon2, lon2-lon) > 5 || max(lat-lat2, lat2-lat) > 5
}

// position reads lon and lat; both may be empty.
func (l *loader) position(name string, r *folder.Row) (lon, lat float64, placed bool) {
	a, b := r.Get("lon"), r.Get("lat")
	if a == "" && b == "" {
		return 0, 0, false
	}
	lon, errLon := strconv.ParseFloat(a, 64)
	lat, errLat := strconv.ParseFloat(b, 64)
	switch {
	case errLon != nil || lon-lon != 0:
		l.Log.Add(name, r.Line, "lon %q is not a number of degrees", a)
	case errLat != nil || lat-lat != 0:
		l.Log.Add(name, r.Line, "lat %q is not a number of degrees", b)
	case lat > 90 || lat < -90:
		if lon >= -90 && lon <= 90 && lat >= -180 && lat <= 180 {
			l.Log.Add(name, r.Line, "lon and lat are swapped (%s, %s)", a, b)
		} else {
			l.Log.Add(name, r.Line, "lat %s is not between -90 and 90", b)
		}
	case lon > 180 || lon < -180:
		l.Log.Add(name, r.Line, "lon %s is not between -180 and 180", a)
	case lon == 0 && lat == 0:
		l.Log.Add(name, r.Line, "lon and lat are 0, 0: leave them empty where the position is unknown")
	default:
		return lon, lat, true
	}
	return 0, 0, false
}

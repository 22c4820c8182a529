package district

import (
	"fmt"
	"strconv"
	"strings"

	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

var areaColumns = []string{"id", "name", "name_en", "kind", "parent", "code", "lon", "lat"}

const areasFile = "areas.csv"

// areas reads the tree. Where it is broken it leaves one in which every id that
// stands in the file is found.
func (l *loader) areas() {
	rows, whole := l.csv(areasFile, true, areaColumns)
	if len(rows) > maxAreas {
		l.log.add(areasFile, rows[maxAreas].line, "more than %d areas", maxAreas)
		rows, whole = nil, false
	}
	var list []area.Area
	for i := range rows {
		r := &rows[i]
		a := area.Area{
			ID: r.get("id"), Name: r.get("name"), NameEn: r.get("name_en"), Kind: r.get("kind"),
			Parent: r.get("parent"), Code: r.get("code"), Line: r.line, Notes: r.notes(areaColumns),
		}
		if r.bad {
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
		l.log.add(areasFile, line, "%s", f.Reason)
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
	if !slug(a.ID) {
		l.log.add(areasFile, a.Line, "id %q is not of the form [a-z0-9][a-z0-9_-]{0,63}", a.ID)
	}
	if a.Kind == "" {
		l.log.add(areasFile, a.Line, "area %q has no kind", a.ID)
	}
	for _, text := range []string{a.Name, a.NameEn, a.Kind} {
		if why := nameFault(text); why != "" {
			l.log.add(areasFile, a.Line, "a name of area %q %s", a.ID, why)
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
		l.log.add(m.file, m.line, "lon and lat of %s are swapped", what)
	}
}

// far tells whether two places are more than five degrees apart.
func far(lon, lat, lon2, lat2 float64) bool {
	return max(lon-lon2, lon2-lon) > 5 || max(lat-lat2, lat2-lat) > 5
}

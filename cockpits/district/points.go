package district

import (
	"fmt"
	"time"

	"citydeck/cockpits/tile"
)

const (
	listsFile    = "lists.toml"
	pointsFile   = "points.csv"
	calendarFile = "calendar.csv"
)

var pointColumns = []string{"list", "point", "area", "name", "lon", "lat"}

// maxPoint is the longest id of a point in bytes, as in a reading.
const maxPoint = 128

func (l *loader) readLists() {
	t := l.toml(listsFile, false)
	if t == nil {
		l.anyList = len(l.log.list) > 0 && l.log.in(listsFile)
		return
	}
	for _, x := range t.each("list") {
		list := List{ID: x.text("id"), Name: x.text("name"), NameEn: x.text("name_en"), Owner: x.text("owner")}
		list.Sensitivity = sensitivity(x, "internal")
		x.names("name", "name_en", "owner")
		x.unknown()
		if !slug(list.ID) {
			l.log.add(listsFile, x.lineOf("id"), "id %q is not of the form [a-z0-9][a-z0-9_-]{0,63}", list.ID)
			continue
		}
		if list.Name == "" {
			list.Name = list.ID
		}
		if _, twice := l.lists[list.ID]; twice {
			l.log.add(listsFile, x.lineOf("id"), "list %q is already defined", list.ID)
			continue
		}
		l.lists[list.ID] = len(l.d.Lists)
		l.d.Lists = append(l.d.Lists, list)
	}
	t.unknown()
}

func (l *loader) readPoints() {
	type key struct{ list, point string }
	seen := map[key]int{}
	for _, r := range l.records(pointsFile, pointColumns) {
		k := key{r.get("list"), r.get("point")}
		at, known := l.lists[k.list]
		if !known && !l.anyList {
			l.log.add(pointsFile, r.line, "list %q is not in %s", k.list, listsFile)
		}
		if k.point == "" || len(k.point) > maxPoint {
			l.log.add(pointsFile, r.line, "a point's id has 1 to %d bytes", maxPoint)
		}
		for _, text := range []string{k.point, r.get("name")} {
			if why := textFault(text); why != "" {
				l.log.add(pointsFile, r.line, "point %q %s", k.point, why)
			}
		}
		where, found := l.where(r.get("area"))
		if !found {
			l.log.add(pointsFile, r.line, "area %q of point %q is unknown", r.get("area"), k.point)
		}
		if first, twice := seen[k]; twice {
			l.log.add(pointsFile, r.line, "point %q of list %q stands in line %d already", k.point, k.list, first)
			continue
		}
		seen[k] = r.line
		p := tile.Point{List: k.list, ID: k.point, Area: where, Name: r.get("name"), Notes: r.notes(pointColumns)}
		p.Lon, p.Lat, p.Placed = l.position(pointsFile, &r)
		if p.Placed && found {
			m := mark{pointsFile, r.line, where, p.Lon, p.Lat}
			l.swapped(m, fmt.Sprintf("point %q", p.ID), where)
			l.marks = append(l.marks, m)
		}
		if known && found {
			l.d.Lists[at].Points = append(l.d.Lists[at].Points, p)
		}
	}
}

func (l *loader) calendar() {
	for _, r := range l.records(calendarFile, []string{"date", "kind"}) {
		date, kind := r.get("date"), r.get("kind")
		if _, err := time.Parse("2006-01-02", date); err != nil {
			l.log.add(calendarFile, r.line, "date %q is not of the form 2026-01-31", date)
			continue
		}
		if kind != "off" && kind != "work" {
			l.log.add(calendarFile, r.line, "kind %q is neither off nor work", kind)
			continue
		}
		if _, twice := l.d.Holidays[date]; twice {
			l.log.add(calendarFile, r.line, "%s stands twice", date)
		}
		l.d.Holidays[date] = kind
	}
}

// addresses checks addresses.csv; nothing of it is kept yet.
func (l *loader) addresses() {
	const file = "addresses.csv"
	seen := map[string]int{}
	for _, r := range l.records(file, []string{"code", "name", "area", "lon", "lat"}) {
		code := r.get("code")
		if code == "" {
			l.log.add(file, r.line, "code is missing")
		}
		if first, twice := seen[code]; twice && code != "" {
			l.log.add(file, r.line, "code %q stands in line %d already", code, first)
		} else {
			seen[code] = r.line
		}
		if _, found := l.where(r.get("area")); !found {
			l.log.add(file, r.line, "area %q of address %q is unknown", r.get("area"), code)
		}
		l.position(file, &r)
	}
}

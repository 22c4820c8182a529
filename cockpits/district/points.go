package district

import (
	"fmt"
	"slices"
	"time"

	"citydeck/cockpits/district/folder"
	"citydeck/cockpits/tile"
)

const (
	listsFile    = "lists.toml"
	pointsFile   = "points.csv"
	calendarFile = "calendar.csv"
)

var (
	pointColumns = []string{"list", "point", "area", "name", "lon", "lat"}
	// knownColumns are those that may stand among the notes and have a meaning.
	knownColumns = append(slices.Clone(pointColumns), "name_en")
)

// maxPoint is the longest id of a point in bytes, as in a reading.
const maxPoint = 128

func (l *loader) readLists() {
	t := l.TOML(listsFile, false)
	if t == nil {
		l.anyList = l.Log.In(listsFile)
		return
	}
	for _, x := range t.Each("list") {
		list := List{ID: x.Text("id"), Name: x.Text("name"), NameEn: x.Text("name_en"), Owner: x.Text("owner")}
		list.Sensitivity = sensitivity(x, "internal")
		x.Names("name", "name_en", "owner")
		x.Unknown("")
		if _, good := x.ID("list", true); !good {
			continue
		}
		if list.Name == "" {
			list.Name = list.ID
		}
		if _, twice := l.lists[list.ID]; twice {
			x.Bad("id", "list %q is already defined", list.ID)
			continue
		}
		l.lists[list.ID] = len(l.d.Lists)
		l.d.Lists = append(l.d.Lists, list)
	}
	t.Unknown("")
}

func (l *loader) readPoints() {
	type key struct{ list, point string }
	seen := map[key]int{}
	for _, r := range l.Records(pointsFile, pointColumns) {
		k := key{r.Get("list"), r.Get("point")}
		at, known := l.lists[k.list]
		if !known && !l.anyList {
			l.Log.Add(pointsFile, r.Line, "list %q is not in %s", k.list, listsFile)
		}
		if k.point == "" || len(k.point) > maxPoint {
			l.Log.Add(pointsFile, r.Line, "a point's id has 1 to %d bytes", maxPoint)
		}
		for _, text := range []string{k.point, r.Get("name"), r.Get("name_en")} {
			if why := folder.TextFault(text); why != "" {
				l.Log.Add(pointsFile, r.Line, "point %q %s", k.point, why)
			}
		}
		where, found := l.where(r.Get("area"))
		if !found {
			l.Log.Add(pointsFile, r.Line, "area %q of point %q is unknown", r.Get("area"), k.point)
		}
		if first, twice := seen[k]; twice {
			l.Log.Add(pointsFile, r.Line, "point %q of list %q stands in line %d already", k.point, k.list, first)
			continue
		}
		seen[k] = r.Line
		p := tile.Point{List: k.list, ID: k.point, Area: where, Name: r.Get("name"), NameEn: r.Get("name_en"), Notes: r.Notes(knownColumns)}
		p.Lon, p.Lat, p.Placed = l.position(pointsFile, &r)
		if p.Placed && found {
			m := mark{pointsFile, r.Line, where, p.Lon, p.Lat}
			l.swapped(m, fmt.Sprintf("point %q", p.ID), where)
			l.marks = append(l.marks, m)
		}
		if known && found {
			l.d.Lists[at].Points = append(l.d.Lists[at].Points, p)
		}
	}
}

func (l *loader) calendar() {
	for _, r := range l.Records(calendarFile, []string{"date", "kind"}) {
		date, kind := r.Get("date"), r.Get("kind")
		if _, err := time.Parse("2006-01-02", date); err != nil {
			l.Log.Add(calendarFile, r.Line, "date %q is not of the form 2026-01-31", date)
			continue
		}
		if kind != "off" && kind != "work" {
			l.Log.Add(calendarFile, r.Line, "kind %q is neither off nor work", kind)
			continue
		}
		if _, twice := l.d.Holidays[date]; twice {
			l.Log.Add(calendarFile, r.Line, "%s stands twice", date)
		}
		l.d.Holidays[date] = kind
	}
}

package district

import (
	"slices"

	"citydeck/cockpits"
	"citydeck/cockpits/area"
	"citydeck/cockpits/tile"
)

// The grid of a cockpit.
const (
	columns = 24
	rows    = 12
)

// screen is a cockpit with the place where it was read.
type screen struct {
	cockpits.Cockpit
	t *table
}

// readCockpits reads all screens and checks that they form one tree.
func (l *loader) readCockpits() {
	var list []*screen
	byID := map[string]*screen{}
	lost := false
	for _, name := range l.files("cockpits") {
		t := l.toml(name, false)
		if t == nil {
			lost = true
			continue
		}
		s := l.cockpit(t)
		if s.ID == "" {
			lost = true
			continue
		}
		if first := byID[s.ID]; first != nil {
			l.log.add(name, t.lineOf("id"), "cockpit %q is already defined in %s:%d", s.ID, first.t.file, first.t.lineOf("id"))
			continue
		}
		byID[s.ID] = s
		list = append(list, s)
	}
	l.tree(list, byID, lost)
	slices.SortStableFunc(list, func(a, b *screen) int { return above(a) - above(b) })
	for _, s := range list {
		s.Layout = l.layout(&s.Cockpit)
		l.d.Cockpits = append(l.d.Cockpits, s.Cockpit)
	}
}

func above(s *screen) int {
	if s.Parent == "" {
		return 0
	}
	return 1
}

// tree checks the parents: one root, all known, no circle. Where a file can't
// be read its cockpit may be any of them.
func (l *loader) tree(list []*screen, byID map[string]*screen, lost bool) {
	var root *screen
	for _, s := range list {
		line := s.t.lineOf("parent")
		switch {
		case s.Parent == "" && root == nil:
			root = s
		case s.Parent == "":
			l.log.add(s.t.file, line, "a second root: the first is %q in %s; all others have a parent", root.ID, root.t.file)
		case byID[s.Parent] == nil && !lost:
			l.log.add(s.t.file, line, "parent %q is not a cockpit", s.Parent)
		case byID[s.Parent] != nil && circular(s, byID):
			l.log.add(s.t.file, line, "cockpit %q is its own ancestor", s.ID)
		}
	}
	if root == nil && len(list) > 0 && !lost && !l.log.in(list[0].t.file) {
		l.log.add(list[0].t.file, list[0].t.lineOf("parent"), "no root: one cockpit must have no parent")
	}
}

// circular tells whether the way up from s comes back to it.
func circular(s *screen, byID map[string]*screen) bool {
	up := byID[s.Parent]
	for range byID {
		if up == nil {
			return false
		}
		if up == s {
			return true
		}
		up = byID[up.Parent]
	}
	return false
}

// cockpit reads one file.
func (l *loader) cockpit(t *table) *screen {
	s := &screen{t: t}
	s.ID, s.Name, s.NameEn, s.Parent = t.text("id"), t.text("name"), t.text("name_en"), t.text("parent")
	if !slug(s.ID) {
		l.log.add(t.file, t.lineOf("id"), "id %q is not of the form [a-z0-9][a-z0-9_-]{0,63}", s.ID)
		s.ID = ""
	}
	t.names("name", "name_en")
	if s.Name == "" {
		s.Name = s.ID
	}
	t.need("kind")
	s.Kind = choice(t, "kind", cockpits.District, cockpits.District, cockpits.Street, cockpits.Theme)
	s.Area = l.scope(t, area.None)
	seen := map[string]int{}
	var boxes []box
	for _, x := range t.each("tile") {
		d := l.tile(x, s.Area)
		switch first, twice := seen[d.ID]; {
		case !slug(d.ID):
			l.log.add(t.file, x.lineOf("id"), "tile id %q is not of the form [a-z0-9][a-z0-9_-]{0,63}", d.ID)
		case twice:
			l.log.add(t.file, x.lineOf("id"), "tile %q is already defined in line %d", d.ID, first)
		default:
			seen[d.ID] = x.lineOf("id")
		}
		if b, good := l.box(x, &d); good {
			for _, other := range boxes {
				if b.overlaps(other) {
					l.log.add(t.file, x.line, "tile %q overlaps %q of line %d", d.ID, other.id, other.line)
				}
			}
			boxes = append(boxes, b)
		}
		s.Tiles = append(s.Tiles, d)
	}
	t.unknown()
	return s
}

// scope reads the key area; without it, otherwise holds, and must be one.
func (l *loader) scope(t *table, otherwise area.Index) area.Index {
	if !t.has("area") {
		if otherwise == area.None {
			t.log.add(t.file, t.line, "area is missing")
			return l.d.Areas.Root()
		}
		return otherwise
	}
	id := t.text("area")
	at, found := l.where(id)
	if !found {
		if t.kindIs("area") {
			t.log.add(t.file, t.lineOf("area"), "area %q is unknown", id)
		}
		return l.d.Areas.Root()
	}
	return at
}

// box is the place of a tile on the grid.
type box struct {
	id         string
	line       int
	x, y, w, h int
}

func (b box) overlaps(o box) bool {
	return b.x < o.x+o.w && o.x < b.x+b.w && b.y < o.y+o.h && o.y < b.y+b.h
}

// box reads where a tile stands; false where that is no place on the grid.
func (l *loader) box(t *table, d *tile.Definition) (box, bool) {
	before := len(l.log.list)
	for _, key := range []string{"x", "y", "w", "h"} {
		t.must(key)
	}
	d.X, d.Y = t.whole("x", 0, 0, columns-1), t.whole("y", 0, 0, rows-1)
	d.W, d.H = t.whole("w", 1, 1, columns), t.whole("h", 1, 1, rows)
	if len(l.log.list) > before {
		return box{}, false
	}
	if d.X+d.W > columns {
		l.log.add(t.file, t.lineOf("w"), "tile %q ends in column %d of %d", d.ID, d.X+d.W, columns)
	}
	if d.Y+d.H > rows {
		l.log.add(t.file, t.lineOf("h"), "tile %q ends in row %d of %d", d.ID, d.Y+d.H, rows)
	}
	return box{d.ID, t.line, d.X, d.Y, d.W, d.H}, len(l.log.list) == before
}

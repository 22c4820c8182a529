package district

import (
	"slices"

	"citydeck/cockpits"
	"citydeck/cockpits/area"
	"citydeck/cockpits/district/folder"
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
	t *folder.Table
}

// readCockpits reads all screens and checks that they form one tree.
func (l *loader) readCockpits() {
	var list []*screen
	byID := map[string]*screen{}
	lost := false
	for _, name := range l.Files("cockpits") {
		t := l.TOML(name, false)
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
			t.Bad("id", "cockpit %q is already defined in %s:%d", s.ID, first.t.File(), first.t.LineOf("id"))
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
		line := s.t.LineOf("parent")
		switch {
		case s.Parent == "" && root == nil:
			root = s
		case s.Parent == "":
			l.Log.Add(s.t.File(), line, "a second root: the first is %q in %s; all others have a parent", root.ID, root.t.File())
		case byID[s.Parent] == nil && !lost:
			l.Log.Add(s.t.File(), line, "parent %q is not a cockpit", s.Parent)
		case byID[s.Parent] != nil && circular(s, byID):
			l.Log.Add(s.t.File(), line, "cockpit %q is its own ancestor", s.ID)
		}
	}
	if root == nil && len(list) > 0 && !lost && !l.Log.In(list[0].t.File()) {
		l.Log.Add(list[0].t.File(), list[0].t.LineOf("parent"), "no root: one cockpit must have no parent")
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
func (l *loader) cockpit(t *folder.Table) *screen {
	s := &screen{t: t}
	s.Name, s.NameEn, s.Parent = t.Text("name"), t.Text("name_en"), t.Text("parent")
	var good bool
	if s.ID, good = t.ID("cockpit", true); !good {
		s.ID = ""
	}
	t.Names("name", "name_en")
	if s.Name == "" {
		s.Name = s.ID
	}
	t.Need("kind")
	s.Kind = folder.Choice(t, "kind", cockpits.District, cockpits.District, cockpits.Street, cockpits.Theme)
	s.Area = l.scope(t, area.None)
	seen := map[string]int{}
	var boxes []box
	for _, x := range t.Each("tile") {
		d := l.tile(x, s.Area)
		first, twice := seen[d.ID]
		if _, good := x.ID("tile", true); good && twice {
			x.Bad("id", "tile %q is already defined in line %d", d.ID, first)
		} else if good {
			seen[d.ID] = x.LineOf("id")
		}
		if b, good := l.box(x, &d); good {
			for _, other := range boxes {
				if b.overlaps(other) {
					x.Bad("", "tile %q overlaps %q of line %d", d.ID, other.id, other.line)
				}
			}
			boxes = append(boxes, b)
		}
		s.Tiles = append(s.Tiles, d)
	}
	t.Unknown("")
	return s
}

// scope reads the key area; without it, otherwise holds, and must be one.
func (l *loader) scope(t *folder.Table, otherwise area.Index) area.Index {
	if !t.Has("area") {
		if otherwise == area.None {
			t.Bad("", "area is missing")
			return l.d.Areas.Root()
		}
		return otherwise
	}
	id := t.Text("area")
	at, found := l.where(id)
	if !found {
		if t.IsText("area") {
			t.Bad("area", "area %q is unknown", id)
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
func (l *loader) box(t *folder.Table, d *tile.Definition) (box, bool) {
	before := l.Log.Len()
	for _, key := range []string{"x", "y", "w", "h"} {
		t.Must(key)
	}
	d.X, d.Y = t.Whole("x", 0, 0, columns-1), t.Whole("y", 0, 0, rows-1)
	d.W, d.H = t.Whole("w", 1, 1, columns), t.Whole("h", 1, 1, rows)
	if l.Log.Len() > before {
		return box{}, false
	}
	if d.X+d.W > columns {
		t.Bad("w", "tile %q ends in column %d of %d", d.ID, d.X+d.W, columns)
	}
	if d.Y+d.H > rows {
		t.Bad("h", "tile %q ends in row %d of %d", d.ID, d.Y+d.H, rows)
	}
	return box{d.ID, t.LineOf(""), d.X, d.Y, d.W, d.H}, l.Log.Len() == before
}

// Package area is the tree of areas: parents, children, ancestors, codes and positions.
package area

import (
	"slices"
	"strconv"

	"citydeck/cockpits/fault"
)

// Index is an area's place in the tree's dense order: parents before children,
// each subtree one run. None is "no area".
type Index int32

// None is the parent of the root.
const None Index = -1

// Area 区域 is a node of the administrative tree.
type Area struct {
	ID     string
	Name   string
	NameEn string
	Kind   string // free text: district, street, community, grid, park …
	Parent string // empty: the root
	Code   string // statistical division code, may be empty
	Lon    float64
	Lat    float64
	Placed bool // whether Lon and Lat (WGS-84 degrees) are given
	Notes  map[string]string
	Line   int // line in areas.csv, for faults
}

// Tree holds all areas of a district. It never changes after New.
type Tree struct {
	areas    []Area
	parent   []Index
	end      []Index // one past the last index of the subtree
	depth    []int
	children [][]Index
	byID     map[string]Index
}

// New builds the tree. Its faults name the line of areas.csv: a duplicate id,
// an unknown parent, a cycle, no root or two.
func New(areas []Area) (*Tree, []*fault.Fault) {
	t := &Tree{byID: make(map[string]Index, len(areas))}
	first := make(map[string]int, len(areas))
	kids := make(map[string][]int, len(areas))
	var faults []*fault.Fault
	bad := func(a Area, format string, args ...any) {
		faults = append(faults, fault.New(fault.Invalid, place(a.Line), format, args...))
	}
	root := -1
	for i, a := range areas {
		if j, twice := first[a.ID]; twice {
			bad(a, "area %q is already defined in line %d", a.ID, areas[j].Line)
			continue
		}
		first[a.ID] = i
		if a.Parent != "" {
			kids[a.Parent] = append(kids[a.Parent], i)
		} else if root < 0 {
			root = i
		} else {
			bad(a, "a second root %q (the first is %q in line %d)", a.ID, areas[root].ID, areas[root].Line)
		}
	}
	for i, a := range areas {
		if _, known := first[a.Parent]; a.Parent != "" && !known && first[a.ID] == i {
			bad(a, "parent %q of area %q is unknown", a.Parent, a.ID)
		}
	}
	if root < 0 {
		return nil, append(faults, fault.New(fault.Invalid, place(1), "no root: one area must have an empty parent"))
	}
	t.add(areas, kids, root, None, 0)
	for i, a := range areas {
		if _, reached := t.byID[a.ID]; !reached && first[a.ID] == i && cyclic(areas, first, i) {
			bad(a, "area %q is its own ancestor", a.ID)
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return t, nil
}

func place(line int) string { return "areas.csv:" + strconv.Itoa(max(line, 1)) }

// cyclic tells whether the way up from area i comes back to it.
func cyclic(areas []Area, first map[string]int, i int) bool {
	at := i
	for range areas {
		up, ok := first[areas[at].Parent]
		if !ok {
			return false
		}
		if up == i {
			return true
		}
		at = up
	}
	return false
}

func (t *Tree) add(areas []Area, kids map[string][]int, i int, parent Index, depth int) Index {
	at := Index(len(t.areas))
	t.areas = append(t.areas, areas[i])
	t.parent = append(t.parent, parent)
	t.end = append(t.end, 0)
	t.depth = append(t.depth, depth)
	t.children = append(t.children, nil)
	t.byID[areas[i].ID] = at
	for _, k := range kids[areas[i].ID] {
		if _, done := t.byID[areas[k].ID]; done {
			continue
		}
		child := t.add(areas, kids, k, at, depth+1)
		t.children[at] = append(t.children[at], child)
	}
	t.end[at] = Index(len(t.areas))
	return at
}

// Len is the number of areas; indices run from 0, the root, to Len-1.
func (t *Tree) Len() int { return len(t.areas) }

// At returns the area at an index.
func (t *Tree) At(i Index) *Area { return &t.areas[i] }

// Lookup finds an area by its id.
func (t *Tree) Lookup(id string) (Index, bool) {
	i, ok := t.byID[id]
	return i, ok
}

// Root is the index of the one area without a parent.
func (t *Tree) Root() Index { return 0 }

// Parent is the area above, None above the root.
func (t *Tree) Parent(i Index) Index { return t.parent[i] }

// Children lists the areas directly below, in the file's order. Not to be changed.
func (t *Tree) Children(i Index) []Index { return t.children[i] }

// End is one past the last index of the subtree of i: the subtree is [i, End(i)).
func (t *Tree) End(i Index) Index { return t.end[i] }

// Depth is 0 for the root.
func (t *Tree) Depth(i Index) int { return t.depth[i] }

// Within tells whether an area is top or lies below it.
func (t *Tree) Within(top, i Index) bool { return i >= top && i < t.end[top] }

// Below lists the areas of one kind strictly below top, in the tree's order.
func (t *Tree) Below(top Index, kind string) []Index {
	var list []Index
	for i := top + 1; i < t.end[top]; i++ {
		if t.areas[i].Kind == kind {
			list = append(list, i)
		}
	}
	return list
}

// Kinds lists the kinds that occur, each once, in the tree's order.
func (t *Tree) Kinds() []string {
	var kinds []string
	for i := range t.areas {
		if !slices.Contains(kinds, t.areas[i].Kind) {
			kinds = append(kinds, t.areas[i].Kind)
		}
	}
	return kinds
}

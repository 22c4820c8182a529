// Package cockpits is the tree of cockpits, 1 + 8 + X, and the tiles each holds.
package cockpits

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/tile"
)

// Kind is the kind of a cockpit.
type Kind string

// The kinds: one district, its streets, X themes and places.
const (
	District Kind = "district"
	Street   Kind = "street"
	Theme    Kind = "theme"
)

// Cockpit 驾驶舱 is a screen of tiles with a scope.
type Cockpit struct {
	ID     string
	Name   string
	NameEn string
	Kind   Kind
	Area   area.Index
	Parent string // empty: the root of the tree
	Layout string // hash of the definition
	Tiles  []tile.Definition
}

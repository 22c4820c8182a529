package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// AreaID is the id of an area.
func (s *State) AreaID(a area.Index) string { return s.tree.At(a).ID }

// AreaKind is the kind of an area.
func (s *State) AreaKind(a area.Index) string { return s.tree.At(a).Kind }

// Within tells whether an area is top or lies below it.
func (s *State) Within(top, a area.Index) bool { return s.tree.Within(top, a) }

// Catalogue is what the state rolls up.
func (s *State) Catalogue() *indicator.Catalogue { return s.cat }

// Shown tells whether an indicator's figure at an area may be drawn without a
// purpose: a personal one only at the root and its children (contracts §2).
func (s *State) Shown(p indicator.Place, a area.Index) bool {
	return !s.Deep(a) || s.cat.SensitivityOf(p).Rank() < indicator.Personal.Rank()
}

// Deep tells whether an area lies below the root's children.
func (s *State) Deep(a area.Index) bool { return s.tree.Depth(a) > 1 }

// Restless tells whether readings of a measure came since it was last asked.
func (s *State) Restless(m indicator.Index) bool {
	was := s.measures[m].restless
	s.measures[m].restless = false
	return was
}

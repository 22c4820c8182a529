package api

import "citydeck/cockpits"

// shown is the cockpits that there are. It never changes.
type shown struct {
	list []cockpits.Cockpit
	byID map[string]*cockpits.Cockpit
}

// Redefine takes other cockpits of the same district, the root first. They must
// not be changed afterwards. Requests under way end with those they began with.
func (a *API) Redefine(list []cockpits.Cockpit) {
	s := &shown{list: list, byID: make(map[string]*cockpits.Cockpit, len(list))}
	for i := range list {
		s.byID[list[i].ID] = &list[i]
	}
	a.shown.Store(s)
}

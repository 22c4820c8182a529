package api

import (
	"maps"

	"citydeck/cockpits"
	"citydeck/cockpits/access"
	"citydeck/cockpits/district"
	"citydeck/cockpits/district/layers"
	"citydeck/cockpits/district/names"
)

// For is the same door of another folder of the district, asking the movers that
// number by it. Requests under way end with the door that they began with.
func (a *API) For(d *district.District, seams Seams) *API {
	next := &API{
		Seams: seams, config: a.config, district: d, log: a.log, metrics: a.metrics, gatherer: a.gatherer,
		foreign: a.foreign, layers: layers.New(d), names: names.New(d), now: a.now,
	}
	next.gate.policy = access.NewPolicy(d.Areas, a.config.Demo)
	a.gate.mu.Lock()
	next.gate.looks = maps.Clone(a.gate.looks) // who looked at many persons is known here too
	a.gate.mu.Unlock()
	next.Redefine(d.Cockpits)
	return next
}

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

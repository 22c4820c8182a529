package household

import (
	"cmp"
	"slices"
	"strconv"

	"citydeck/cockpits/area"
	"citydeck/cockpits/area/ring"
)

func itoa(i int) string { return strconv.Itoa(i) }

// people finds who of the roster could go to a zone.
func (r *Register) people(s *Survey, h *holder, roles []string, areas map[int][]area.Index) {
	for i := range r.responders {
		p := &r.responders[i]
		if !slices.ContainsFunc(p.Roles, func(role string) bool { return slices.Contains(roles, role) }) {
			continue
		}
		person := Person{Responder: *p}
		inside := false
		for n, id := range p.Areas {
			top := r.areaSpot(id)
			if top.area == area.None {
				continue
			}
			if n == 0 || person.Place == (ring.Place{}) {
				person.Place = top.at
			}
			inside = inside || h.area(top.area) || h.place(top.at, top.placed)
			for u := range s.Units {
				if slices.ContainsFunc(areas[u], func(at area.Index) bool { return r.tree.Within(top.area, at) }) {
					person.Covers = append(person.Covers, u)
				}
			}
		}
		slices.Sort(person.Covers)
		person.Covers = slices.Compact(person.Covers)
		if inside || len(person.Covers) > 0 {
			s.People = append(s.People, person)
		}
	}
}

// outside finds the shelters that are not in the zone, the nearest first. One
// without a place of its own stands at its area's point.
func (r *Register) outside(s *Survey, h *holder) {
	var all []ring.Place
	for i := range s.Units {
		all = append(all, s.Units[i].Place)
	}
	middle := ring.Middle(all)
	far := map[string]float64{}
	for _, shelter := range r.shelters {
		at := r.areaSpot(shelter.Area)
		if shelter.Placed {
			at.at, at.placed = ring.Place{shelter.Lon, shelter.Lat}, true
		}
		if at.area != area.None && h.area(at.area) || h.place(at.at, at.placed) {
			continue
		}
		far[shelter.ID] = ring.Metres(middle, at.at)
		s.Shelters = append(s.Shelters, shelter)
	}
	slices.SortStableFunc(s.Shelters, func(a, b Shelter) int { return cmp.Compare(far[a.ID], far[b.ID]) })
}

// Person makes a survey's person of any responder of the roster, for one who
// joins later: he covers what his areas hold.
func (r *Register) Person(id string, s *Survey) (Person, bool) {
	p, found := r.Responder(id)
	if !found {
		return Person{}, false
	}
	person := Person{Responder: *p}
	for n, a := range p.Areas {
		top := r.areaSpot(a)
		if n == 0 {
			person.Place = top.at
		}
		for u := range s.Units {
			holds := slices.ContainsFunc(s.Units[u].Homes, func(i int) bool {
				at, known := r.tree.Lookup(s.Homes[i].Area)
				return known && top.area != area.None && r.tree.Within(top.area, at)
			})
			if holds {
				person.Covers = append(person.Covers, u)
			}
		}
	}
	slices.Sort(person.Covers)
	person.Covers = slices.Compact(person.Covers)
	return person, true
}

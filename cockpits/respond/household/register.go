package household

import (
	"cmp"
	"slices"

	"citydeck/cockpits/area"
	"citydeck/cockpits/area/ring"
	"citydeck/cockpits/fault"
)

// Register 名册 is one state of the three lists over the district's areas.
type Register struct {
	tree       *area.Tree
	households []Household // in walking order
	places     []spot      // of households
	responders []Responder // by id
	shelters   []Shelter   // by id
}

type spot struct {
	at     ring.Place
	placed bool
	area   area.Index
}

// NewRegister orders three checked lists. What names an area that is no more
// has none, and is in no zone of areas.
func NewRegister(tree *area.Tree, households []Household, responders []Responder, shelters []Shelter) *Register {
	r := &Register{tree: tree, households: slices.Clone(households), responders: slices.Clone(responders), shelters: slices.Clone(shelters)}
	slices.SortFunc(r.households, func(a, b Household) int { return Walk(&a, &b) })
	slices.SortFunc(r.responders, func(a, b Responder) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.shelters, func(a, b Shelter) int { return cmp.Compare(a.ID, b.ID) })
	known := map[string][]ring.Place{}
	for i := range r.households {
		if h := &r.households[i]; h.Placed {
			known[h.BuildingKey()] = append(known[h.BuildingKey()], ring.Place{h.Lon, h.Lat})
		}
	}
	middles := map[string]ring.Place{}
	for key, list := range known {
		middles[key] = ring.Middle(list)
	}
	r.places = make([]spot, len(r.households))
	for i := range r.households {
		h := &r.households[i]
		s := r.areaSpot(h.Area)
		if middle, found := middles[h.BuildingKey()]; h.Placed {
			s.at, s.placed = ring.Place{h.Lon, h.Lat}, true
		} else if found {
			s.at, s.placed = middle, true
		}
		r.places[i] = s
	}
	return r
}

// areaSpot is the point of an area, or of the nearest one above that has any.
func (r *Register) areaSpot(id string) spot {
	i, known := r.tree.Lookup(id)
	if !known {
		return spot{area: area.None}
	}
	s := spot{area: i}
	for at := i; at != area.None; at = r.tree.Parent(at) {
		if a := r.tree.At(at); a.Placed {
			s.at, s.placed = ring.Place{a.Lon, a.Lat}, true
			break
		}
	}
	return s
}

// Households lists all, in walking order. Not to be changed; nor the other lists.
func (r *Register) Households() []Household { return r.households }

// Responders lists all, by id.
func (r *Register) Responders() []Responder { return r.responders }

// Shelters lists all, by id.
func (r *Register) Shelters() []Shelter { return r.shelters }

// Residents is how many people live in all households.
func (r *Register) Residents() int {
	n := 0
	for i := range r.households {
		n += r.households[i].Residents
	}
	return n
}

// Responder finds one by his id.
func (r *Register) Responder(id string) (*Responder, bool) {
	i, found := slices.BinarySearchFunc(r.responders, id, func(p Responder, id string) int { return cmp.Compare(p.ID, id) })
	if !found {
		return nil, false
	}
	return &r.responders[i], true
}

// Survey 摸底 is what a zone comes down to: the households in it, the units that
// they make up, who of the roster could go there, and the shelters outside.
type Survey struct {
	Zone     Zone
	Area     string     // the lowest area that holds the zone
	At       area.Index // the same
	Homes    []Home     // in walking order
	Units    []Unit     // in walking order
	People   []Person   // by id, on duty or not
	Shelters []Shelter  // by distance from the zone
}

// Home is a household of the zone with the place that it is taken to have.
type Home struct {
	Household
	Place ring.Place
	Unit  int // in Units
}

// Unit is a unit with households of the zone.
type Unit struct {
	Key      string // "estate/building/unit"
	Building string // "estate/building"
	Homes    []int
	Place    ring.Place
}

// Person is a responder who has a role of the plan, and an area that holds one
// of the zone's households or lies in the zone.
type Person struct {
	Responder
	Covers []int // units, ascending
	Place  ring.Place
}

// Survey looks at a zone for the roles of a plan. A zone that is none, or holds
// no household, is a fault at /zone or below.
func (r *Register) Survey(z Zone, roles []string) (*Survey, error) {
	if err := z.Check(r.tree, "/zone"); err != nil {
		return nil, err
	}
	h := z.holder(r.tree)
	s := &Survey{Zone: z, At: area.None}
	named := map[string]bool{}
	areas := map[int][]area.Index{} // of units
	for i := range r.households {
		home, at := &r.households[i], r.places[i]
		key := home.BuildingKey()
		if !(at.area != area.None && h.area(at.area) || h.place(at.at, at.placed) || h.buildings[key]) {
			continue
		}
		named[key] = true
		u := s.unit(home)
		s.Units[u].Homes = append(s.Units[u].Homes, len(s.Homes))
		s.Homes = append(s.Homes, Home{Household: *home, Place: at.at, Unit: u})
		if at.area != area.None && !slices.Contains(areas[u], at.area) {
			areas[u] = append(areas[u], at.area)
		}
		s.widen(r.tree, at.area)
	}
	if len(s.Homes) == 0 {
		return nil, fault.New(fault.Invalid, "/zone", "the zone holds no household")
	}
	for i, b := range z.Buildings {
		if !named[b] {
			return nil, fault.New(fault.Invalid, "/zone/buildings/"+itoa(i), "no household is in this building")
		}
	}
	for _, top := range h.tops {
		s.widen(r.tree, top)
	}
	if s.At == area.None {
		s.At = r.tree.Root()
	}
	s.Area = r.tree.At(s.At).ID
	for i := range s.Units {
		s.Units[i].Place = s.middle(i)
	}
	r.people(s, h, roles, areas)
	r.outside(s, h)
	return s, nil
}

// unit finds or opens the unit of a household; they come in walking order.
func (s *Survey) unit(h *Household) int {
	key := h.UnitKey()
	if n := len(s.Units); n > 0 && s.Units[n-1].Key == key {
		return n - 1
	}
	s.Units = append(s.Units, Unit{Key: key, Building: h.BuildingKey()})
	return len(s.Units) - 1
}

// widen makes the survey's area hold one more.
func (s *Survey) widen(tree *area.Tree, at area.Index) {
	switch {
	case at == area.None:
		return
	case s.At == area.None:
		s.At = at
	}
	for !tree.Within(s.At, at) {
		s.At = tree.Parent(s.At)
	}
}

func (s *Survey) middle(unit int) ring.Place {
	var list []ring.Place
	for _, i := range s.Units[unit].Homes {
		list = append(list, s.Homes[i].Place)
	}
	return ring.Middle(list)
}

package command

// Arrival is a household as who stands at a shelter's door may see it: where it
// lives and how many of it are found, and nothing of who they are.
type Arrival struct {
	ID        string         `json:"id"`
	Estate    string         `json:"estate"`
	Building  string         `json:"building"`
	Unit      string         `json:"unit"`
	Room      string         `json:"room"`
	Residents int            `json:"residents"`
	Persons   map[string]int `json:"persons"` // by what became of them
}

// Arrivals lists the frozen list in walking order.
func (s *State) Arrivals() []Arrival {
	list := make([]Arrival, len(s.homes))
	for i := range s.homes {
		h := &s.homes[i]
		list[i] = Arrival{h.ID, h.Estate, h.Building, h.Unit, h.Room, h.Residents, zeros([]string{AtAShelter, Settled, Missing})}
		for k, n := range h.persons {
			list[i].Persons[k] = n
		}
	}
	return list
}

// Offers tells whether a shelter is one of those that the command sends people to,
// and how many of its persons are there.
func (s *State) Offers(shelter string) (inside int, offered bool) {
	inside, offered = s.shelters[shelter]
	return inside, offered
}

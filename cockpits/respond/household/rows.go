package household

import (
	"errors"
	"slices"
	"strings"

	"citydeck/cockpits/area"
)

// columnsOf names what a list must have.
func columnsOf(list string) []string {
	switch list {
	case "households":
		return []string{"id", "area", "estate", "building", "unit", "floor", "room", "residents", "needs", "contact_name", "contact_phone", "lon", "lat"}
	case "responders":
		return []string{"id", "name", "roles", "areas", "phone", "channels", "on_duty"}
	}
	return []string{"id", "name", "area", "capacity", "accessible", "lon", "lat"}
}

// Households checks the rows of a list of households. Its error joins a
// *fault.Fault for everything that is wrong; then nothing is to be taken.
func Households(s Sheet, tree *area.Tree) ([]Household, error) {
	r, good := newReader(s, tree, columnsOf("households"))
	if !good {
		return nil, errors.Join(r.errs...)
	}
	var list []Household
	for r.next() {
		h := Household{
			ID: r.id(), Area: r.area("area"), Estate: r.part("estate"), Building: r.part("building"), Unit: r.part("unit"),
			Floor: r.get("floor"), Room: r.part("room"), Residents: r.whole("residents"), Needs: r.list("needs"),
			ContactName: r.get("contact_name"), ContactPhone: r.get("contact_phone"),
		}
		for _, n := range h.Needs {
			if !slices.Contains(Needs(), n) {
				r.bad("needs", "unknown_need", n, strings.Join(Needs(), " "))
			}
		}
		h.Lon, h.Lat, h.Placed = r.position()
		list = append(list, h)
	}
	return list, errors.Join(r.errs...)
}

// Responders checks the rows of a list of responders.
func Responders(s Sheet, tree *area.Tree) ([]Responder, error) {
	r, good := newReader(s, tree, columnsOf("responders"))
	if !good {
		return nil, errors.Join(r.errs...)
	}
	var list []Responder
	for r.next() {
		p := Responder{ID: r.id(), Name: r.get("name"), Roles: r.list("roles"), Areas: r.list("areas"), Phone: r.get("phone"), OnDuty: r.flag("on_duty")}
		for _, a := range p.Areas {
			if _, known := tree.Lookup(a); !known {
				r.bad("areas", "unknown_area", a)
			}
		}
		for _, text := range r.list("channels") {
			kind, address, _ := strings.Cut(text, ":")
			c := Channel{Kind: strings.TrimSpace(kind), Address: strings.TrimSpace(address)}
			switch {
			case !slices.Contains(Kinds(), c.Kind):
				r.bad("channels", "unknown_channel", c.Kind, strings.Join(Kinds(), " "))
			case c.Address == "" && slices.Contains(Addressed(), c.Kind):
				r.bad("channels", "no_address", c.Kind)
			}
			p.Channels = append(p.Channels, c)
		}
		list = append(list, p)
	}
	return list, errors.Join(r.errs...)
}

// Shelters checks the rows of a list of shelters.
func Shelters(s Sheet, tree *area.Tree) ([]Shelter, error) {
	r, good := newReader(s, tree, columnsOf("shelters"))
	if !good {
		return nil, errors.Join(r.errs...)
	}
	var list []Shelter
	for r.next() {
		p := Shelter{ID: r.id(), Name: r.get("name"), Area: r.area("area"), Capacity: r.whole("capacity"), Accessible: r.flag("accessible")}
		p.Lon, p.Lat, p.Placed = r.position()
		list = append(list, p)
	}
	return list, errors.Join(r.errs...)
}

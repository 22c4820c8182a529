package command

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// ground is what a launch stands on: the frozen list and who is on duty.
type ground struct {
	plan   *plan.Plan
	homes  []home
	units  []unit
	people []candidate
}

// freeze takes from a survey what a command keeps of it.
func freeze(p *plan.Plan, s *household.Survey) *ground {
	g := &ground{plan: p}
	for i := range s.Homes {
		h := &s.Homes[i]
		g.homes = append(g.homes, home{
			door: door{
				ID: h.ID, Area: h.Area, Estate: h.Estate, Building: h.Building, Unit: h.Household.Unit, Floor: h.Floor, Room: h.Room,
				Residents: h.Residents, Lon: h.Place[0], Lat: h.Place[1],
			},
			contact: contact{Name: h.ContactName, Phone: h.ContactPhone, Needs: h.Needs},
			unit:    h.Unit, state: Pending, task: -1, helper: -1,
		})
	}
	for i := range s.Units {
		u := &s.Units[i]
		g.units = append(g.units, unit{key: u.Key, building: u.Building, homes: u.Homes, lon: u.Place[0], lat: u.Place[1]})
	}
	for i := range s.People {
		if s.People[i].OnDuty {
			g.people = append(g.people, newCandidate(&s.People[i]))
		}
	}
	return g
}

func newCandidate(p *household.Person) candidate {
	return candidate{
		member:  member{ID: p.ID, Roles: p.Roles, Covers: p.Covers, Lon: p.Place[0], Lat: p.Place[1]},
		contact: contact{Name: p.Name, Phone: p.Phone, Channels: p.Channels}, task: -1,
	}
}

func (c *candidate) covers(unit int) bool {
	_, found := slices.BinarySearch(c.Covers, unit)
	return found
}

func (c *candidate) has(role string) bool { return slices.Contains(c.Roles, role) }

// uncovered lists the units that nobody of the roster covers, on duty or not,
// and those that no candidate does.
func uncovered(s *household.Survey) (anybody, onDuty []string) {
	all, now := make([]bool, len(s.Units)), make([]bool, len(s.Units))
	for i := range s.People {
		for _, u := range s.People[i].Covers {
			all[u] = true
			now[u] = now[u] || s.People[i].OnDuty
		}
	}
	anybody, onDuty = []string{}, []string{}
	for u := range s.Units {
		if !all[u] {
			anybody = append(anybody, s.Units[u].Key)
		}
		if !now[u] {
			onDuty = append(onDuty, s.Units[u].Key)
		}
	}
	return anybody, onDuty
}

// cost is how long a household is expected to take.
func (h *home) cost() time.Duration {
	if len(h.Needs) > 0 {
		return plan.Door + plan.Assist
	}
	return plan.Door
}

// The parts of a revision, in its order.
const (
	ofPlan       = "plan"
	ofZone       = "zone"
	ofHouseholds = "households"
	ofUncovered  = "uncovered"
)

// Revision names the state of a list that a press rests on: the plan's version,
// the zone, the households, and the units that nobody covers. It says nothing of
// who is on duty.
func Revision(p *plan.Plan, s *household.Survey) string {
	type seen struct {
		ID, Estate, Building, Unit, Floor, Room string
		Residents                               int
		Needs                                   []string
	}
	list := make([]seen, len(s.Homes))
	for i := range s.Homes {
		h := &s.Homes[i]
		list[i] = seen{h.ID, h.Estate, h.Building, h.Household.Unit, h.Floor, h.Room, h.Residents, h.Needs}
	}
	bare, _ := uncovered(s)
	return strings.Join([]string{part([]any{p.ID, p.Version}), part(s.Zone), part(list), part(bare)}, ".")
}

func part(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "0"
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// Changes says what differs between two revisions, in the contract's words.
func Changes(was, is string) []string {
	a, b := strings.Split(was, "."), strings.Split(is, ".")
	changed := []string{}
	for i, name := range []string{ofPlan, ofZone, ofHouseholds, ofUncovered} {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			changed = append(changed, name)
		}
	}
	return changed
}

package district

import (
	"fmt"
	"slices"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/area/ring"
	"citydeck/cockpits/respond/plan"
)

// planWarnings warns of plans that are allowed and yet ask for trouble: one
// person alone alarms everybody, a text falls into many short messages.
func planWarnings(d *District) []string {
	var list []string
	for i := range d.Plans {
		p := &d.Plans[i]
		residents := p.Ladder(plan.Inhabitants)
		warn := func(format string, args ...any) {
			list = append(list, fmt.Sprintf("plan %s: ", p.ID)+fmt.Sprintf(format, args...))
		}
		if len(residents) > 0 && p.SecondPerson == plan.None {
			warn("it messages residents, and second_person is none: one person alone alarms everybody")
		}
		for _, c := range residents {
			if !plan.Reaches(c.Audience, c.Kind) {
				warn("no household has an address for %s: its messages to residents fail", c.Kind)
			}
		}
		if len(p.Ladder(plan.Responders)) == 0 {
			warn("no channel speaks to responders: nobody is called")
		}
		if !slices.ContainsFunc(p.Roles, func(r plan.Role) bool { return r.Per.Doors() }) {
			warn("no role is counted by unit or building: whoever is called gets the households")
		}
		if r := p.Reached(nil); r.Over {
			warn("%d households a responder take until %.0f s, all_out is %.0f s: he reaches %d", r.PerResponder, r.LastDoor, p.AllOut.Seconds(), r.Doors)
		}
		for _, name := range []string{"alert", "stand_down", "correction"} {
			if n := plan.SMSParts(p.Template.Of(name).Zh); n > 2 {
				warn("template.%s takes %d short messages", name, n)
			}
		}
	}
	return list
}

// PlanLines says of each plan what its numbers come down to, one line a plan.
func PlanLines(d *District) []string {
	var list []string
	for i := range d.Plans {
		p := &d.Plans[i]
		r := p.Reached(nil)
		list = append(list, fmt.Sprintf("plan %s, version %d: all out in %s; %d households a responder take %.0f s, a deputy is called by %.0f s, the last channel speaks at %.0f s; %d roles, %d channels, %d zones",
			p.ID, p.Version, time.Duration(p.AllOut), r.PerResponder, r.LastDoor, r.LastDeputy, r.LastRung, len(p.Roles), len(p.Channels), len(p.Zones)))
	}
	return list
}

// Proposal is a plan and the prepared zone of it that an alert suggests.
type Proposal struct {
	Plan string `json:"plan"`
	Zone string `json:"zone"`
}

// Proposals lists the prepared zones that meet an area: they name it, or one
// above or below it, or their polygon holds its point. Those that name it, or
// something within it, come first; a person presses.
func (d *District) Proposals(at area.Index) []Proposal {
	var near, around []Proposal
	for i := range d.Plans {
		for _, z := range d.Plans[i].Zones {
			p := Proposal{d.Plans[i].ID, z.ID}
			switch d.meets(z, at) {
			case 2:
				near = append(near, p)
			case 1:
				around = append(around, p)
			}
		}
	}
	return append(near, around...)
}

// meets is 2 where a zone lies in an area or is it, 1 where it reaches around it, else 0.
func (d *District) meets(z plan.Zone, at area.Index) int {
	found := 0
	for _, id := range z.Areas {
		i, known := d.Areas.Lookup(id)
		switch {
		case known && d.Areas.Within(at, i):
			return 2
		case known && d.Areas.Within(i, at):
			found = 1
		}
	}
	if a := d.Areas.At(at); z.Polygon != nil && a.Placed && ring.Holds(z.Polygon, [2]float64{a.Lon, a.Lat}) {
		found = 1
	}
	return found
}

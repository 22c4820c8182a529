package command

import (
	"fmt"
	"slices"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

func (l Launch) decide(d *step) error {
	if is := Revision(l.Plan, l.Survey); is != l.Revision {
		return &Outdated{fault.New(fault.Outdated, "", "the list that you saw is no longer the list"), Changes(l.Revision, is), is}
	}
	if err := clash(l.Plan.ID, l.Exercise, l.Survey, l.Others); err != nil {
		return err
	}
	d.box = newOutbox(&State{ID: l.ID}, l.Rates)
	g := freeze(l.Plan, l.Survey)
	b := body{Plan: l.Plan, Rates: l.Rates, Shelters: []string{}}
	b.list(g)
	for _, s := range l.Survey.Shelters {
		b.Shelters = append(b.Shelters, s.ID)
	}
	e := Event{
		Kind: Launched, By: l.By, Command: l.ID, Plan: l.Plan.ID, Version: l.Plan.Version, Zone: &l.Survey.Zone, Area: l.Survey.Area,
		Exercise: &l.Exercise, Total: len(g.homes), Revision: l.Revision,
	}
	if l.Plan.SecondPerson == plan.All {
		d.add(e.with(b).sealing(contacts(g, l.Salt)))
		return nil
	}
	tasks := d.tasks(g)
	from := d.now
	if l.Plan.SecondPerson == plan.Residents {
		from += plan.Second.Milliseconds()
	}
	b.Messages = d.box.toResidents(l.Plan, doorsOf(g), from)
	d.add(e.with(b).sealing(contacts(g, l.Salt)))
	d.begin(tasks)
	return nil
}

// begin is T0, and who is called.
func (d *step) begin(tasks []Event) {
	d.add(Event{Kind: Reached, By: system, Milestone: "T0"})
	for _, e := range tasks {
		d.add(e)
	}
}

const system = "system"

// tasks calls people: an event for each, with his messages.
func (d *step) tasks(g *ground) []Event {
	var list []Event
	for i, p := range muster(g) {
		id := fmt.Sprintf("t%03d", i+1)
		e := Event{Kind: Tasked, By: system, Task: id, Responder: g.people[p.who].ID, Role: p.role}
		e.Households, e.Helping = g.ids(p.homes), g.ids(p.helping)
		list = append(list, e.with(body{Messages: d.box.toResponder(g.plan, &g.people[p.who], id, 0, d.now)}))
	}
	return list
}

func (g *ground) ids(homes []int) []string {
	var list []string
	for _, i := range homes {
		list = append(list, g.homes[i].ID)
	}
	return list
}

func doorsOf(g *ground) []string {
	list := make([]string, len(g.homes))
	for i := range g.homes {
		list[i] = g.homes[i].ID
	}
	return list
}

// list puts the frozen list into a body.
func (b *body) list(g *ground) {
	for i := range g.homes {
		b.Homes = append(b.Homes, g.homes[i].door)
	}
	for i := range g.people {
		b.Members = append(b.Members, g.people[i].member)
	}
}

// contacts is what of the frozen list is personal.
func contacts(g *ground, salt string) private {
	p := private{Salt: salt, Homes: map[string]contact{}, People: map[string]contact{}}
	for i := range g.homes {
		if h := &g.homes[i]; h.Name != "" || h.Phone != "" || len(h.Needs) > 0 {
			p.Homes[h.ID] = h.contact
		}
	}
	for i := range g.people {
		p.People[g.people[i].ID] = g.people[i].contact
	}
	return p
}

// clash refuses a zone that overlaps a running command of the same plan and
// kind, and an exercise where something real is running.
func clash(plan string, exercise bool, s *household.Survey, others []*State) error {
	for _, o := range others {
		if o.Over() || !overlap(s, o) {
			continue
		}
		same := o.Plan.ID == plan && o.Exercise == exercise
		if same || exercise && !o.Exercise {
			return &Overlap{fault.New(fault.Conflict, "/zone", "a running command holds households of this zone"), o.ID}
		}
	}
	return nil
}

func overlap(s *household.Survey, o *State) bool {
	return slices.ContainsFunc(s.Homes, func(h household.Home) bool { return o.Holds(h.ID) })
}

// Ends lists the exercises that a real launch in a zone stops.
func Ends(s *household.Survey, others []*State) []*State {
	return slices.DeleteFunc(slices.Clone(others), func(o *State) bool {
		return !o.Exercise || o.Over() || !overlap(s, o)
	})
}

// ground is the state's frozen list, with nobody called yet.
func (s *State) ground() *ground {
	g := &ground{plan: &s.Plan, homes: slices.Clone(s.homes), units: s.units, people: s.members}
	for i := range g.homes {
		g.homes[i].task, g.homes[i].helper = -1, -1
	}
	return g
}

func (c Confirm) decide(d *step) error {
	s := d.s
	in := d.now <= s.Launched+plan.Second.Milliseconds()
	switch {
	case s.agreed:
		return nil
	case s.Plan.SecondPerson == plan.None, s.Plan.SecondPerson == "":
		return fault.New(fault.Conflict, "", "this plan asks for no second person")
	case c.By == s.StartedBy:
		return fault.New(fault.Forbidden, "", "the second person is another one than the first")
	case s.Plan.SecondPerson == plan.All && s.Phase == Waiting && in:
		tasks := d.tasks(s.ground())
		b := body{Messages: d.box.toResidents(&s.Plan, doorsOf(s.ground()), d.now)}
		d.add(Event{Kind: Confirmed, By: c.By}.with(b))
		d.begin(tasks)
		return nil
	case s.Plan.SecondPerson == plan.Residents && (s.Phase == Running || s.Phase == Held) && in:
		d.add(Event{Kind: Confirmed, By: c.By})
		return nil
	}
	return fault.New(fault.Conflict, "", "there is nothing to confirm any more")
}

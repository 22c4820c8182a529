package command

import (
	"fmt"
	"slices"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
)

func (w Widen) decide(d *step) error {
	s := d.s
	if err := because(w.Reason); err != nil {
		return err
	}
	if err := d.must("be widened", Running, Held); err != nil {
		return err
	}
	if w.Survey == nil {
		return fault.New(fault.Invalid, "/zone", "the zone is missing")
	}
	fresh := *w.Survey
	fresh.Homes = slices.DeleteFunc(slices.Clone(w.Survey.Homes), func(h household.Home) bool { return s.Holds(h.ID) })
	if len(fresh.Homes) == 0 {
		return fault.New(fault.Invalid, "/zone", "the zone adds no household")
	}
	others := slices.DeleteFunc(slices.Clone(w.Others), func(o *State) bool { return o.ID == s.ID })
	if err := clash(s.Plan.ID, s.Exercise, &fresh, others); err != nil {
		return err
	}
	g, posts := s.addition(&fresh)
	e := Event{
		Kind: Widened, By: w.By, Reason: w.Reason, Zone: &w.Survey.Zone, Area: s.Area, Total: s.total + len(fresh.Homes),
	}
	if w.Area != "" {
		e.Area = w.Area
	}
	grown := ground{homes: g.homes[:len(fresh.Homes)], people: g.people}
	b := body{}
	b.list(&grown)
	var tasks []Event
	next := len(s.tasks)
	for _, p := range posts {
		if len(p.homes) == 0 && len(p.helping) == 0 {
			continue
		}
		m := &g.people[p.who]
		x := Event{Kind: Tasked, By: system, Responder: m.ID, Role: p.role, Households: g.ids(p.homes), Helping: g.ids(p.helping)}
		batch := 0
		if i, known := s.memberAt[m.ID]; known && s.members[i].task >= 0 {
			t := &s.tasks[s.members[i].task]
			x.Task, batch = t.id, len(t.charges)
		} else {
			next++
			x.Task = fmt.Sprintf("t%03d", next)
		}
		tasks = append(tasks, x.with(body{Messages: d.box.toResponder(&s.Plan, m, x.Task, batch, d.now)}))
	}
	b.Messages = d.box.toResidents(&s.Plan, doorsOf(&grown), d.now)
	d.add(e.with(b).sealing(contacts(&grown, w.Salt)))
	for _, t := range tasks {
		d.add(t)
	}
	return nil
}

// addition is the ground that a wider zone adds, with everybody who is on duty
// or called already, and who gets which of the new households. Units are
// numbered as they will be in the state.
func (s *State) addition(fresh *household.Survey) (*ground, []post) {
	g := freeze(&s.Plan, fresh)
	at := make([]int, len(fresh.Units)) // a survey's unit in the state
	next := len(s.units)
	for u := range fresh.Units {
		if i, known := s.unitAt[fresh.Units[u].Key]; known {
			at[u] = i
			continue
		}
		at[u] = next
		next++
	}
	units := make([]unit, next)
	copy(units, s.units)
	for i := range units {
		units[i].homes = nil
	}
	for u := range g.units {
		w := g.units[u]
		w.homes = nil
		units[at[u]] = w
	}
	for i := range g.homes {
		g.homes[i].unit = at[g.homes[i].unit]
		units[g.homes[i].unit].homes = append(units[g.homes[i].unit].homes, i)
	}
	for _, h := range s.homes { // whom nobody could go to before
		if h.task < 0 {
			units[h.unit].homes = append(units[h.unit].homes, len(g.homes))
			g.homes = append(g.homes, h)
		}
	}
	g.units = units
	for i := range g.people {
		covers := make([]int, len(g.people[i].Covers))
		for j, u := range g.people[i].Covers {
			covers[j] = at[u]
		}
		slices.Sort(covers)
		g.people[i].Covers = covers
	}
	s.enrol(g)
	return g, s.reinforce(g)
}

// enrol adds the members of the state to a ground, with what they cover.
func (s *State) enrol(g *ground) {
	seen := map[string]int{}
	for i := range g.people {
		seen[g.people[i].ID] = i
	}
	for i := range s.members {
		m := s.members[i]
		j, known := seen[m.ID]
		if !known {
			g.people = append(g.people, m)
			continue
		}
		p := &g.people[j]
		p.Covers = append(slices.Clone(m.Covers), p.Covers...)
		slices.Sort(p.Covers)
		p.Covers = slices.Compact(p.Covers)
		p.contact = m.contact
		p.task = m.task
	}
}

// reinforce calls who is free for the new doors; who has doors already takes the
// rest. Who is silent or can't gets nothing.
func (s *State) reinforce(g *ground) []post {
	c := newCrew(g)
	free := 0
	for i := range g.people {
		c.called[i] = g.people[i].task >= 0
		if !c.called[i] {
			free++
		}
	}
	c.posts = s.hands(c, false)
	if len(c.posts)+free == 0 { // better who is silent than nobody: the commander sees both
		c.posts = s.hands(c, true)
	}
	had := len(c.posts)
	want, _ := c.asked()
	want = had + min(want, free)
	c.slots(want)
	c.fill(want)
	for i := range c.posts {
		if i < had { // what they have still to do
			for _, h := range s.tasks[g.people[c.posts[i].who].task].homes {
				if !s.homes[h].isTerminal() {
					c.posts[i].load += s.homes[h].cost()
				}
			}
		}
	}
	c.share()
	c.help()
	for i := range c.posts {
		slices.Sort(c.posts[i].homes)
	}
	return c.posts
}

// hands lists who is called already and could have more doors: who has some and
// is not silent, or anybody at all.
func (s *State) hands(c *crew, anybody bool) []post {
	var list []post
	for i := range c.people {
		p := &c.people[i]
		if p.task < 0 {
			continue
		}
		t := &s.tasks[p.task]
		if anybody || !t.silent() && t.answer != "cannot" && c.doors(t.role) {
			list = append(list, post{who: i, role: t.role, unit: -1})
		}
	}
	return list
}

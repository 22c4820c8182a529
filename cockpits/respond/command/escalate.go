package command

import (
	"cmp"
	"fmt"
	"slices"

	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// due is a charge that goes on to a deputy.
type due struct{ task, charge int }

func (Tick) decide(d *step) error {
	s := d.s
	switch s.Phase {
	case Waiting:
		if d.now >= s.Launched+plan.Second.Milliseconds() {
			d.add(Event{Kind: Lapsed, By: system})
		}
	case Running:
		d.escalate(s.expired(d.now))
	}
	return nil
}

// expired lists the charges whose deadline is over and that nobody has answered.
func (s *State) expired(now int64) []due {
	var list []due
	for t := range s.tasks {
		for c := range s.tasks[t].charges {
			x := &s.tasks[t].charges[c]
			if x.state == asked && x.deadline <= now && (len(x.homes) == 0 || s.left(s.own(t, x.homes)) > 0) {
				list = append(list, due{t, c})
			}
		}
	}
	return list
}

// own is which of some households are a task's now.
func (s *State) own(t int, homes []int) []int {
	return slices.DeleteFunc(slices.Clone(homes), func(i int) bool { return s.homes[i].task != t })
}

// left is how many of some households aren't terminal.
func (s *State) left(homes []int) int {
	n := 0
	for _, i := range homes {
		if !s.homes[i].isTerminal() {
			n++
		}
	}
	return n
}

// relay hands charges on within one decision.
type relay struct {
	*step
	quiet map[int]bool // members who are silent, or can't
	load  map[int]int  // households that a member gets here
	fresh map[int]string
}

func (d *step) relay() *relay {
	return &relay{step: d, quiet: map[int]bool{}, load: map[int]int{}, fresh: map[int]string{}}
}

// escalate moves charges to deputies. All who are silent are known before the
// first deputy is sought.
func (d *step) escalate(list []due) {
	r := d.relay()
	for i := range d.s.tasks {
		if t := &d.s.tasks[i]; t.silent() || t.answer == "cannot" || t.overdue(d.now) {
			r.quiet[t.who] = true
		}
	}
	for _, x := range list {
		r.quiet[d.s.tasks[x.task].who] = true
	}
	for _, x := range list {
		r.pass(x)
	}
}

// overdue tells whether a deadline of a task has gone by without a word, also for
// what the commander has given to somebody else since.
func (t *task) overdue(now int64) bool {
	return slices.ContainsFunc(t.charges, func(c charge) bool { return c.state == asked && c.deadline <= now })
}

// pass hands one charge on, or says that nobody is left.
func (r *relay) pass(x due) {
	s := r.s
	t := &s.tasks[x.task]
	c := &t.charges[x.charge]
	homes := s.own(x.task, c.homes)
	if len(homes) == 0 && len(c.homes) > 0 {
		return // the commander has given them to somebody else
	}
	role, _ := s.Plan.Role(t.role)
	e := Event{
		Kind: Escalated, By: system, Task: t.id, Responder: s.members[t.who].ID, Households: s.ids(homes),
		Charge: x.charge + 1, Round: c.round + 1,
	}
	tried := append(slices.Clone(c.tried), s.members[t.who].ID)
	who := -1
	if c.round < role.Deputies {
		who = r.deputy(t, homes, tried)
	}
	if who < 0 {
		r.add(e)
		return
	}
	e.To = s.members[who].ID
	r.add(e)
	moved := slices.DeleteFunc(slices.Clone(t.helping), func(i int) bool { return x.charge != 0 || s.taskIs(i, who) || slices.Contains(homes, i) })
	r.give(gift{who: who, role: t.role, homes: homes, helping: moved, round: c.round + 1, tried: tried})
}

// taskIs tells whether a household is a member's already.
func (s *State) taskIs(home, who int) bool {
	t := s.homes[home].task
	return t >= 0 && s.tasks[t].who == who
}

// deputy finds who takes a charge over: of the same role, not silent, the
// nearest to the unit, then who has least to do.
func (r *relay) deputy(t *task, homes []int, tried []string) int {
	s := r.s
	best, bestFar, bestLoad := -1, 0.0, 0
	for i := range s.members {
		m := &s.members[i]
		if i == t.who || !m.has(t.role) || r.quiet[i] || slices.Contains(tried, m.ID) {
			continue
		}
		load := r.load[i]
		if m.task >= 0 {
			other := &s.tasks[m.task]
			if other.role != t.role || len(homes) == 0 {
				continue // he has something else to do
			}
			load += s.open(other)
		} else if r.fresh[i] != "" && len(homes) == 0 {
			continue
		}
		far := s.distance(i, homes)
		if o := cmp.Or(cmp.Compare(far, bestFar), cmp.Compare(load, bestLoad)); best < 0 || o < 0 {
			best, bestFar, bestLoad = i, far, load
		}
	}
	return best
}

// distance is how far a member is from the unit of the first of some households:
// none when he covers it.
func (s *State) distance(who int, homes []int) float64 {
	if len(homes) == 0 {
		return 0
	}
	u := s.homes[homes[0]].unit
	m := &s.members[who]
	if m.covers(u) {
		return 0
	}
	return household.Metres([2]float64{m.Lon, m.Lat}, [2]float64{s.units[u].lon, s.units[u].lat})
}

// gift is what somebody gets, on top of what he has.
type gift struct {
	who     int
	role    string
	homes   []int
	helping []int
	round   int
	tried   []string
	quiet   bool // he is not asked
}

// give makes a task, or adds to the one that there is, and calls again.
func (r *relay) give(g gift) {
	s := r.s
	id, batch := r.fresh[g.who], 0
	role := g.role
	switch {
	case s.members[g.who].task >= 0:
		t := &s.tasks[s.members[g.who].task]
		id, role, batch = t.id, t.role, len(t.charges)
	case id == "":
		id = fmt.Sprintf("t%03d", len(s.tasks)+len(r.fresh)+1)
		r.fresh[g.who] = id
	}
	e := Event{Kind: Tasked, By: system, Task: id, Responder: s.members[g.who].ID, Role: role, Round: g.round}
	e.Households, e.Helping = s.ids(g.homes), s.ids(g.helping)
	b := body{Tried: g.tried, Quiet: g.quiet}
	if !g.quiet {
		b.Messages = r.box.toResponder(&s.Plan, &s.members[g.who], id, batch, r.now)
	}
	r.load[g.who] += len(g.homes)
	r.add(e.with(b))
	for _, i := range g.homes {
		r.relieve(i, g.who)
	}
}

// relieve finds another helper for a household whose helper has become the one
// who sees to it.
func (r *relay) relieve(home, who int) {
	s := r.s
	h := &s.homes[home]
	if h.helper < 0 || s.tasks[h.helper].who != who {
		return
	}
	best, bestLoad := -1, 0
	for i := range s.members {
		m := &s.members[i]
		if m.task < 0 || i == who || r.quiet[i] {
			continue
		}
		load := len(s.tasks[m.task].helping) + r.load[i]
		if m.covers(h.unit) {
			load -= 1000
		}
		if best < 0 || load < bestLoad {
			best, bestLoad = i, load
		}
	}
	if best < 0 && h.task >= 0 { // who had it helps: better than nobody
		best = s.tasks[h.task].who
	}
	if best >= 0 && best != who {
		r.give(gift{who: best, role: s.tasks[s.members[best].task].role, helping: []int{home}, quiet: true})
	}
}

func (s *State) ids(homes []int) []string {
	var list []string
	for _, i := range homes {
		list = append(list, s.homes[i].ID)
	}
	return list
}

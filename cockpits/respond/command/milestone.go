package command

import (
	"fmt"
	"strings"
)

// holds tells whether what a milestone stands for is so.
func (t *tally) holds(k int) bool {
	switch k {
	case 1:
		return t.sent
	case 2:
		return t.acknowledged
	case 3:
		return t.terminal >= 1
	case 4:
		return t.terminal >= (t.total+1)/2
	case 5:
		return t.terminal >= (9*t.total+9)/10
	case 6:
		return t.terminal >= t.total
	case 7:
		return t.signed >= t.units
	case 8:
		return t.settled >= t.residents && t.residents > 0
	}
	return false
}

// milestones appends those that the step's events reach, or that no longer hold
// where the commander has opened a household again.
func (d *step) milestones() {
	t := d.s.tally
	for i := range d.events {
		d.s.count(&t, &d.events[i])
	}
	if t.total == 0 {
		return // before anything stands
	}
	for k := 1; k <= 8; k++ {
		held := d.s.Milestone[k] != 0
		switch {
		case !held && t.holds(k):
			d.add(Event{Kind: Reached, By: system, Milestone: name(k)})
		case held && d.reopen && !t.holds(k):
			d.add(Event{Kind: Reached, By: system, Milestone: name(k), Void: true})
		}
	}
}

func name(k int) string { return fmt.Sprintf("T%d", k) }

// indexOf is the number of a milestone, -1 for what is none.
func indexOf(milestone string) int {
	for k := range Milestones {
		if strings.EqualFold(name(k), milestone) {
			return k
		}
	}
	return -1
}

// count adds what an event changes to a tally. The state is the one before it.
func (s *State) count(t *tally, e *Event) {
	switch e.Kind {
	case Sent:
		t.sent = true
	case Answered:
		t.acknowledged = t.acknowledged || e.Answer == "yes"
	case Signed:
		t.signed++
	case Reported:
		i, found := s.homeAt[e.Household]
		if !found || !e.Counts {
			return
		}
		if s.homes[i].isTerminal() {
			t.terminal--
		}
		if row(e.State) == terminal {
			t.terminal++
		}
		if e.Voids != "" {
			t.signed--
		}
	case CheckedIn:
		i, found := s.homeAt[e.Household]
		if !found {
			return
		}
		h := &s.homes[i]
		p := h.placed(e.State, e.Persons)
		t.settled += p[AtAShelter] + p[Settled] - h.persons[AtAShelter] - h.persons[Settled]
	}
}

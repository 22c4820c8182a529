package command

import (
	"encoding/json"
	"fmt"

	"citydeck/cockpits/respond/plan"
)

// Apply folds the next event into the state.
func (s *State) Apply(e Event) error {
	if e.N != s.N+1 {
		return fmt.Errorf("apply event %d to %s: the last one was %d", e.N, s.ID, s.N)
	}
	var b body
	if e.Body != nil {
		if err := json.Unmarshal(e.Body, &b); err != nil {
			return fmt.Errorf("apply event %d to %s: %w", e.N, s.ID, err)
		}
	}
	var p private
	if e.Private != nil {
		if err := json.Unmarshal(e.Private, &p); err != nil {
			return fmt.Errorf("apply event %d to %s: what is sealed can't be read", e.N, s.ID)
		}
	}
	if (e.Kind == Launched) != (s.Phase == "") || e.Kind == Launched && b.Plan == nil {
		return fmt.Errorf("apply event %d: a command begins with its launch, once", e.N)
	}
	s.N, s.Last = e.N, e.ReceivedAt
	out := s.terminal
	s.count(&s.tally, &e)
	if err := s.fold(&e, &b, &p); err != nil {
		return err
	}
	if e.Kind == Reported || e.Kind == Signed || e.Kind == CheckedIn || e.Kind == Photographed {
		s.heard(e.By)
	}
	s.trace(&e, &b, out)
	return nil
}

func (s *State) fold(e *Event, b *body, p *private) error {
	switch e.Kind {
	case Launched:
		s.launch(e, b, p)
	case Confirmed:
		s.confirm(e, b)
	case Lapsed, Closed:
		s.Phase = Finished
		s.cancel(func(*Message) bool { return true }, e.ReceivedAt)
	case Tasked:
		return s.tasked(e, b)
	case Sent, Delivered, Seen, Failed:
		return s.receipt(e, b)
	case Answered:
		return s.answered(e)
	case Escalated:
		return s.escalated(e)
	case Reported:
		return s.reported(e)
	case Signed:
		return s.sign(e)
	case CheckedIn:
		return s.arrived(e)
	case Photographed:
		s.photographed(e)
	case Reached:
		s.reached(e)
	case Returned:
	case Stepped:
		s.steps[e.Step] = called{e.By, e.ReceivedAt}
	case Learnt:
		if b.Lesson != nil {
			s.lessons = append(s.lessons, *b.Lesson)
		}
	default:
		return s.verb(e, b, p)
	}
	return nil
}

// launch is the first event: the frozen list.
func (s *State) launch(e *Event, b *body, p *private) {
	*s = State{
		ID: e.Command, Plan: *b.Plan, Zone: *e.Zone, Area: e.Area, Exercise: e.Exercise != nil && *e.Exercise, Revision: e.Revision,
		StartedBy: e.By, Leader: e.By, Phase: Running, Launched: e.ReceivedAt, Last: e.ReceivedAt, N: e.N, rates: b.Rates,
		homeAt: map[string]int{}, unitAt: map[string]int{}, memberAt: map[string]int{}, taskAt: map[string]int{}, letterAt: map[string]int{},
		lettersTo: map[string][]int{}, reports: map[string]Verdict{}, recalled: map[plan.Audience]recall{}, checkIns: map[string]CheckIn{}, pictures: map[string]Picture{}, shelters: map[string]int{}, steps: map[string]called{},
	}
	if s.Plan.SecondPerson == plan.All {
		s.Phase = Waiting
	}
	for _, id := range b.Shelters {
		s.shelters[id] = 0
	}
	s.enlist(b, p)
	s.post(b.Messages, e.ReceivedAt)
}

// enlist adds to the frozen list.
func (s *State) enlist(b *body, p *private) {
	for _, x := range b.Homes {
		h := home{door: x, contact: p.Homes[x.ID], state: Pending, task: -1, helper: -1}
		key := x.Estate + "/" + x.Building + "/" + x.Unit
		u, known := s.unitAt[key]
		if !known {
			u = len(s.units)
			s.unitAt[key] = u
			s.units = append(s.units, unit{key: key, building: x.Estate + "/" + x.Building})
			s.tally.units++
		}
		h.unit = u
		s.homeAt[x.ID] = len(s.homes)
		w := &s.units[u]
		n := float64(len(w.homes))
		w.lon, w.lat = (w.lon*n+x.Lon)/(n+1), (w.lat*n+x.Lat)/(n+1)
		w.homes = append(w.homes, len(s.homes))
		if w.signed.By != "" { // nobody has seen the new door
			w.signed = Signature{}
			s.signed--
		}
		s.homes = append(s.homes, h)
		s.total++
		s.tally.residents += x.Residents
	}
	for _, x := range b.Members {
		if i, known := s.memberAt[x.ID]; known {
			s.members[i].Covers = x.Covers
			continue
		}
		s.memberAt[x.ID] = len(s.members)
		s.members = append(s.members, candidate{member: x, contact: p.People[x.ID], task: -1})
	}
}

// post puts messages into the outbox.
func (s *State) post(list []Message, at int64) {
	for _, m := range list {
		m.State, m.At = Queued, at
		s.letterAt[m.ID] = len(s.messages)
		s.lettersTo[m.To] = append(s.lettersTo[m.To], len(s.messages))
		if t, found := s.taskAt[m.Task]; found && m.Purpose == ForTask {
			s.tasks[t].letters = append(s.tasks[t].letters, len(s.messages))
		}
		s.messages = append(s.messages, m)
	}
}

// cancel takes back what has lost its sense before it was sent.
func (s *State) cancel(which func(*Message) bool, at int64) {
	for i := range s.messages {
		if m := &s.messages[i]; m.State == Queued && which(m) {
			m.State, m.At = Cancelled, at
		}
	}
}

func (s *State) confirm(e *Event, b *body) {
	s.agreed = true
	s.With = append(s.With, e.By)
	if s.Phase == Waiting {
		s.Phase = Running
		s.post(b.Messages, e.ReceivedAt)
		return
	}
	early := max(s.Launched+plan.Second.Milliseconds()-e.ReceivedAt, 0)
	for i := range s.messages {
		if m := &s.messages[i]; m.State == Queued && m.Purpose == ForAlert {
			m.Due = max(m.Due-early, e.ReceivedAt)
		}
	}
}

func (s *State) reached(e *Event) {
	k := indexOf(e.Milestone)
	if k < 0 {
		return
	}
	s.Milestone[k] = e.ReceivedAt
	if e.Void {
		s.Milestone[k] = 0
	}
}

func (s *State) reported(e *Event) error {
	i, found := s.homeAt[e.Household]
	if !found {
		return fmt.Errorf("apply event %d to %s: no such household", e.N, s.ID)
	}
	h := &s.homes[i]
	contested := e.Contested != nil && *e.Contested
	if e.Counts {
		h.state, h.at, h.received, h.by = e.State, e.At, e.ReceivedAt, e.By
	}
	h.contested = h.contested || contested
	if u, signed := s.unitAt[e.Voids]; signed && e.Voids != "" {
		s.units[u].signed = Signature{}
	}
	if h.isTerminal() {
		s.quieten(h.ID, e.ReceivedAt)
	}
	s.reports[e.Report] = Verdict{ID: e.Report, Household: h.ID, State: h.state, Contested: contested, At: e.At, ReceivedAt: e.ReceivedAt}
	return nil
}

// quieten cancels what is still to be said to a household.
func (s *State) quieten(household string, at int64) {
	for _, i := range s.lettersTo[household] {
		if m := &s.messages[i]; m.State == Queued && m.Purpose == ForAlert {
			m.State, m.At = Cancelled, at
		}
	}
}

func (s *State) sign(e *Event) error {
	u, found := s.unitAt[e.Unit]
	if !found {
		return fmt.Errorf("apply event %d to %s: no such unit", e.N, s.ID)
	}
	s.units[u].signed = Signature{Unit: e.Unit, By: e.By, At: e.At}
	return nil
}

func (s *State) arrived(e *Event) error {
	i, found := s.homeAt[e.Household]
	if !found {
		return fmt.Errorf("apply event %d to %s: no such household", e.N, s.ID)
	}
	h := &s.homes[i]
	h.persons = h.placed(e.State, e.Persons)
	c := CheckIn{ID: e.CheckIn, Household: e.Household, State: e.State, Persons: e.Persons, At: e.At, ReceivedAt: e.ReceivedAt}
	if e.Shelter != "" {
		c.Shelter = &e.Shelter
		if e.State == AtAShelter {
			s.shelters[e.Shelter] += e.Persons
		}
	}
	s.checkIns[e.CheckIn] = c
	return nil
}

func (s *State) verb(e *Event, b *body, p *private) error {
	switch e.Kind {
	case Paused:
		s.Phase, s.heldAt = Held, e.ReceivedAt
	case Resumed:
		s.resume(e.ReceivedAt)
	case HandedOver:
		s.Leader = e.To
	case Joined:
		s.With = append(s.With, e.By)
	case Widened:
		s.Added = append(s.Added, *e.Zone)
		s.Area = e.Area
		s.enlist(b, p)
		s.post(b.Messages, e.ReceivedAt)
	case Reassigned:
		s.enlist(b, p)
	case Broadcasts:
		s.broadcast(e, b)
	case StoodDown:
		s.Phase = Down
		s.cancel(func(*Message) bool { return true }, e.ReceivedAt)
		s.post(b.Messages, e.ReceivedAt)
		if b.Recall != "" {
			s.recalled[plan.Responders], s.recalled[plan.Inhabitants] = recall{purpose: b.Recall}, recall{purpose: b.Recall}
		}
	default:
		return fmt.Errorf("apply event %d to %s: unknown kind %q", e.N, s.ID, e.Kind)
	}
	return nil
}

// broadcast posts messages; a correction overtakes what it corrects, also where
// nobody has been reached yet.
func (s *State) broadcast(e *Event, b *body) {
	to := plan.Audience(e.Audience)
	if b.Recall == ForCorrection || len(b.Messages) > 0 && b.Messages[0].Purpose == ForCorrection {
		s.cancel(func(m *Message) bool { return m.Purpose == ForAlert && m.Audience == to }, e.ReceivedAt)
		s.recalled[to] = recall{ForCorrection, b.Text}
	}
	s.post(b.Messages, e.ReceivedAt)
}

// resume moves everything that was ahead by as long as the command was held.
func (s *State) resume(at int64) {
	pause := at - s.heldAt
	for i := range s.messages {
		if m := &s.messages[i]; m.State == Queued && m.Due > s.heldAt {
			m.Due += pause
		}
	}
	for i := range s.tasks {
		for j := range s.tasks[i].charges {
			if c := &s.tasks[i].charges[j]; c.state == asked && c.deadline > s.heldAt {
				c.deadline += pause
			}
		}
	}
	s.Phase, s.heldAt = Running, 0
}

// Report finds what was answered to a report by its client's id.
func (s *State) Report(id string) (Verdict, bool) {
	v, found := s.reports[id]
	return v, found
}

// CheckedIn finds a check-in by its client's id.
func (s *State) CheckedIn(id string) (CheckIn, bool) {
	c, found := s.checkIns[id]
	return c, found
}

// Signature finds who has signed a unit.
func (s *State) Signature(unit string) (Signature, bool) {
	u, found := s.unitAt[unit]
	if !found || s.units[u].signed.By == "" {
		return Signature{}, false
	}
	return s.units[u].signed, true
}

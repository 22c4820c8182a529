package command

import (
	"fmt"
	"slices"

	"citydeck/cockpits/respond/plan"
)

// tasked makes a task or adds to one.
func (s *State) tasked(e *Event, b *body) error {
	who, known := s.memberAt[e.Responder]
	if !known {
		return fmt.Errorf("apply event %d to %s: nobody of that name was called", e.N, s.ID)
	}
	t, found := s.taskAt[e.Task]
	if !found {
		if s.members[who].task >= 0 {
			return fmt.Errorf("apply event %d to %s: a second task for one responder", e.N, s.ID)
		}
		t = len(s.tasks)
		s.taskAt[e.Task] = t
		s.tasks = append(s.tasks, task{id: e.Task, who: who, role: e.Role})
		s.members[who].task = t
	}
	c := charge{deadline: e.ReceivedAt + s.Plan.AcknowledgeWithin.Milliseconds(), round: e.Round, tried: b.Tried}
	for _, id := range e.Households {
		i, known := s.homeAt[id]
		if !known {
			return fmt.Errorf("apply event %d to %s: no such household", e.N, s.ID)
		}
		s.move(i, t)
		c.homes = append(c.homes, i)
	}
	for _, id := range e.Helping {
		if i, known := s.homeAt[id]; known {
			s.lend(i, t)
		}
	}
	if b.Quiet && len(c.homes) == 0 {
		return nil
	}
	if b.Quiet {
		c.state = accepted
	}
	s.tasks[t].charges = append(s.tasks[t].charges, c)
	s.post(b.Messages, e.ReceivedAt)
	return nil
}

// move gives a household to a task, and takes it from the one that had it.
func (s *State) move(i, t int) {
	h := &s.homes[i]
	if h.task == t {
		return
	}
	if h.task >= 0 {
		without(&s.tasks[h.task].homes, i)
	}
	if h.helper == t {
		without(&s.tasks[t].helping, i)
		h.helper = -1
	}
	h.task = t
	at, _ := slices.BinarySearch(s.tasks[t].homes, i)
	s.tasks[t].homes = slices.Insert(s.tasks[t].homes, at, i)
}

// lend makes a task's responder the helper of a household.
func (s *State) lend(i, t int) {
	h := &s.homes[i]
	if h.task == t || h.helper == t {
		return
	}
	if h.helper >= 0 {
		without(&s.tasks[h.helper].helping, i)
	}
	h.helper = t
	s.tasks[t].helping = append(s.tasks[t].helping, i)
}

func without(list *[]int, i int) {
	*list = slices.DeleteFunc(*list, func(x int) bool { return x == i })
}

func (s *State) receipt(e *Event, b *body) error {
	i, found := s.letterAt[e.Message]
	if !found {
		return fmt.Errorf("apply event %d to %s: no such message", e.N, s.ID)
	}
	m := &s.messages[i]
	m.State, m.At, m.Detail = string(e.Kind), e.At, e.Detail
	defer s.post(b.Messages, e.ReceivedAt)
	switch {
	case e.Kind == Failed:
		s.onward(m, e.ReceivedAt)
	case e.Kind != Sent && m.Audience == plan.Inhabitants:
		if h := &s.homes[s.homeAt[m.To]]; h.state == Pending {
			h.state = Notified
		}
		s.quieten(m.To, e.ReceivedAt)
	}
	return nil
}

// onward lets the next rung of a failed message's ladder speak at once.
func (s *State) onward(failed *Message, at int64) {
	next := -1
	for _, i := range s.lettersTo[failed.To] {
		m := &s.messages[i]
		same := m.Purpose == failed.Purpose && m.Batch == failed.Batch && m.State == Queued
		if same && m.Rung > failed.Rung && (next < 0 || m.Rung < s.messages[next].Rung) {
			next = i
		}
	}
	if next >= 0 {
		s.messages[next].Due = min(s.messages[next].Due, at)
	}
}

func (s *State) answered(e *Event) error {
	i, found := s.taskAt[e.Task]
	if !found {
		return fmt.Errorf("apply event %d to %s: no such task", e.N, s.ID)
	}
	t := &s.tasks[i]
	t.at, t.received, t.by = e.At, e.ReceivedAt, e.By
	s.members[t.who].spoke = true
	for j := range t.charges {
		t.charges[j].mute = false
	}
	s.cancelTask(t, -1, e.ReceivedAt)
	if e.Late {
		t.late = e.Answer
		return nil
	}
	t.answer, t.late = e.Answer, ""
	for j := range t.charges {
		c := &t.charges[j]
		switch {
		case e.Answer == "yes" && (c.state == asked || c.state == stuck):
			c.state = accepted
		case e.Answer == "cannot" && (c.state == asked || c.state == accepted):
			c.state, c.deadline = asked, e.ReceivedAt // to be passed on at once
		}
	}
	return nil
}

// cancelTask cancels what is still to be said of a task's charge; -1: of all.
func (s *State) cancelTask(t *task, batch int, at int64) {
	for _, i := range t.letters {
		if m := &s.messages[i]; m.State == Queued && (batch < 0 || m.Batch == batch) {
			m.State, m.At = Cancelled, at
		}
	}
}

func (s *State) escalated(e *Event) error {
	i, found := s.taskAt[e.Task]
	if !found || e.Charge < 1 || e.Charge > len(s.tasks[i].charges) {
		return fmt.Errorf("apply event %d to %s: no such task", e.N, s.ID)
	}
	t := &s.tasks[i]
	c := &t.charges[e.Charge-1]
	c.mute = t.answer != "cannot"
	c.state = passed
	if e.To == "" {
		c.state = stuck
	}
	s.cancelTask(t, e.Charge-1, e.ReceivedAt)
	return nil
}

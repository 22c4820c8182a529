package command

import (
	"slices"
	"strings"

	"citydeck/cockpits/fault"
)

func (a Acknowledge) decide(d *step) error {
	s := d.s
	i, found := s.taskAt[a.Task]
	switch {
	case !found:
		return fault.New(fault.NotFound, "", "no such task")
	case s.Phase == Finished:
		return fault.New(fault.Conflict, "", "the command is closed")
	case a.Answer != "yes" && a.Answer != "cannot":
		return fault.New(fault.Invalid, "/answer", "an answer is yes or cannot")
	}
	t := &s.tasks[i]
	if !strings.HasPrefix(a.By, "channel:") && a.Responder != s.members[t.who].ID {
		return fault.New(fault.Forbidden, "", "this is another's task")
	}
	late := t.silent() && !t.holds()
	if t.repeats(a.Answer, late) {
		return nil
	}
	at, said := d.said(a.At)
	d.add(Event{
		Kind: Answered, By: a.By, At: at, SaidAt: said, Task: t.id, Responder: s.members[t.who].ID, Answer: a.Answer, Late: late,
	})
	if a.Answer == "cannot" && !late && s.Phase == Running {
		var list []due
		for c := range t.charges {
			if x := &t.charges[c]; x.state == asked || x.state == accepted {
				list = append(list, due{i, c})
			}
		}
		d.escalate(list)
	}
	return nil
}

// holds tells whether anything that the task was asked for is still its own.
func (t *task) holds() bool {
	return slices.ContainsFunc(t.charges, func(c charge) bool { return c.state != passed })
}

// repeats tells whether an answer says what was answered already, and nothing was
// asked since.
func (t *task) repeats(answer string, late bool) bool {
	if late {
		return t.late == answer
	}
	open := slices.ContainsFunc(t.charges, func(c charge) bool {
		return c.state == asked && (answer == "yes" || c.deadline > t.received) || c.state == stuck && c.mute
	})
	return t.answer == answer && !open
}

func (r Receipt) decide(d *step) error {
	i, found := d.s.letterAt[r.Message]
	if !found {
		return fault.New(fault.NotFound, "", "no such message")
	}
	m := &d.s.messages[i]
	if d.s.Phase == Finished || !m.takes(r.State) {
		return nil
	}
	at, said := d.said(r.At)
	e := Event{By: r.By, At: at, SaidAt: said, Message: m.ID, Channel: m.Channel, Audience: string(m.Audience), Task: m.Task}
	if late := d.overtaken(m); late != nil {
		e = e.with(body{Messages: late})
	}
	if r.State != string(Sent) && r.State != Failing && rank(m.State) < rank(string(Sent)) {
		sent := e
		sent.Kind = Sent
		d.add(sent)
		e.Body, e.Digest = nil, ""
	}
	e.Kind, e.Detail = Kind(r.State), r.Detail
	d.add(e)
	return nil
}

// takes tells whether a receipt brings a message further.
func (m *Message) takes(state string) bool {
	switch Kind(state) {
	case Failed:
		return m.State == Queued || m.State == string(Sent)
	case Sent:
		return m.State == Queued || m.State == Cancelled
	case Delivered, Seen:
		return rank(state) > rank(m.State)
	}
	return false
}

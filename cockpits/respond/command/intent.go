package command

import (
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// Intent is something that somebody wants, or that time brings.
type Intent interface {
	decide(*step) error
}

// Who wants it. Whether he may was decided before; what only the rules of the
// command can tell – whose task, which unit – is decided here.
type Who struct {
	By        string // "user:N", "responder:ID", "system", "channel:KIND": as the ledger names him
	Responder string // the responder that he is; empty: none
	Commander bool
	Salt      string // random, for what is kept sealed
}

// Overlap is why a launch is refused: another command holds households of its zone.
type Overlap struct {
	*fault.Fault
	Command string
}

// Unwrap is the fault.
func (o *Overlap) Unwrap() error { return o.Fault }

// Outdated is why a launch is refused: it rests on a list that is no more.
type Outdated struct {
	*fault.Fault
	Changed  []string // plan, zone, households, uncovered
	Revision string   // of the list as it is
}

// Unwrap is the fault.
func (o *Outdated) Unwrap() error { return o.Fault }

// step is one decision: the state as it was, and the events so far.
type step struct {
	s      *State
	now    int64
	events []Event
	box    *outbox
	reopen bool // the commander has opened a household again
}

// Decide says which events an intent comes down to at an instant (Unix ms), or
// the fault why not. No events: it was carried out before. The state stays as it
// was; for a Launch it is the empty one.
func Decide(s *State, in Intent, now int64) ([]Event, error) {
	d := &step{s: s, now: max(now, s.Last), box: newOutbox(s, s.rates)}
	if _, launch := in.(Launch); !launch && s.Phase == "" {
		return nil, fault.New(fault.NotFound, "", "no such command")
	}
	if err := in.decide(d); err != nil {
		return nil, err
	}
	d.milestones()
	return d.events, nil
}

// add appends an event at the step's own time, and answers it to be completed.
func (d *step) add(e Event) *Event {
	e.N = d.s.N + int64(len(d.events)) + 1
	e.ReceivedAt = d.now
	if e.At == 0 {
		e.At = d.now
	}
	d.events = append(d.events, e)
	return &d.events[len(d.events)-1]
}

// said is when something happened: what the other clock says, but never later
// than arrival; then said keeps what it said.
func (d *step) said(at int64) (happened, said int64) {
	switch {
	case at <= 0:
		return d.now, 0
	case at > d.now:
		return d.now, at
	}
	return at, 0
}

// must is a fault unless the command is in one of some phases.
func (d *step) must(what string, phases ...Phase) error {
	for _, p := range phases {
		if d.s.Phase == p {
			return nil
		}
	}
	return fault.New(fault.Conflict, "", "the command is %s: it can't %s", d.s.Phase, what)
}

func because(reason string) error {
	if len(reason) == 0 {
		return fault.New(fault.Invalid, "/reason", "a reason is missing")
	}
	if len(reason) > 2000 {
		return fault.New(fault.Invalid, "/reason", "the reason is longer than 2000 bytes")
	}
	return nil
}

// Launch 一键启动 is the press.
type Launch struct {
	Who
	ID       string // of the new command
	Plan     *plan.Plan
	Survey   *household.Survey
	Rates    map[string]plan.Rate
	Exercise bool
	Revision string   // of the list that the press rests on
	Others   []*State // commands that are open
}

// Confirm is a second person's word.
type Confirm struct{ Who }

// Tick is time: deadlines, the end of waiting.
type Tick struct{}

// Acknowledge 签收 is a responder's answer to his task.
type Acknowledge struct {
	Who
	Task   string
	At     int64  // Unix ms; 0: now
	Answer string // yes, cannot
}

// Receipt is what a channel knows of a message.
type Receipt struct {
	Who
	Message string
	State   string // sent, delivered, seen, failed
	At      int64
	Detail  string // of a failure, a word: not_configured, no_address, …
}

// Report 上报 is what was seen at a door.
type Report struct {
	Who
	Household string
	ID        string
	State     string
	At        int64
	Note      string
}

// Sign 签字 closes a unit.
type Sign struct {
	Who
	Unit string // estate/building/unit
}

// Arrive is a check-in 安置登记 of persons of a household.
type Arrive struct {
	Who
	ID        string
	Household string
	Shelter   string // empty: none
	State     string // checked_in, self_settled, missing
	Persons   int
	At        int64
}

// Pause holds everything: nothing queued leaves, no deputy is called; answers are taken.
type Pause struct {
	Who
	Reason string
}

// Resume goes on where Pause stopped: everything ahead is later by as long as it took.
type Resume struct {
	Who
	Reason string
}

// Join puts another commander beside who leads.
type Join struct {
	Who
	Reason string
}

// Return 回迁 says that people are back: T10.
type Return struct {
	Who
	Reason string
}

// Close ends all: nothing is taken any more.
type Close struct {
	Who
	Reason string
}

// HandOver makes another user the leader.
type HandOver struct {
	Who
	Reason, To string
}

// Widen 扩大范围 adds what another zone holds, as a new frozen list.
type Widen struct {
	Who
	Reason string
	Survey *household.Survey
	Area   string   // the lowest area that holds the command's and the new zone; empty: the command's
	Others []*State // commands that are open
}

// Reassign 改派 gives households, or all of a task, to another responder.
type Reassign struct {
	Who
	Reason     string
	Households []string
	Task       string
	To         string
	Extra      *household.Person // To, when he was not on the frozen roster
}

// Broadcast speaks to everybody who was called, or to every household.
type Broadcast struct {
	Who
	Reason     string
	Audience   plan.Audience
	Text       string
	Correction bool // in place of what was said: to exactly those who were reached
}

// StandDown 解除 ends the command: T9.
type StandDown struct {
	Who
	Reason     string
	Correction bool // it was false from the beginning
}

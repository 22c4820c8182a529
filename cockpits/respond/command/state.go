// Package command is a launched plan as the sequence of what happened: Decide(state, intent, now) gives events, Apply folds them.
//
// Decide is the only door: it looks at a State, never changes it, and answers
// the events that an Intent comes down to, or the fault why not. No event at all
// means that the intent was carried out before. Apply folds an event into the
// state; whoever folds the same events has the same state, at any later time.
// Nothing here sends, stores or waits: messages are rows of the state that are
// due at an instant, and time comes as an Intent, Tick.
package command

import (
	"slices"
	"strings"

	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// Phase is where a command stands.
type Phase string

// The phases. A command that stood down is still open for reports and answers.
const (
	Waiting  Phase = "waiting" // for the second person
	Running  Phase = "running"
	Held     Phase = "paused"
	Down     Phase = "stood_down"
	Finished Phase = "closed"
)

// The states of a household.
const (
	Pending  = "pending"
	Notified = "notified"
	Knocked  = "knocked"
	Refused  = "refused"
	NeedHelp = "need_help"
	NoAnswer = "no_answer" // also of a task
	Left     = "left"
	Empty    = "empty"
	Helped   = "helped"
)

// HouseholdStates lists them in the order of their rows.
func HouseholdStates() []string {
	return []string{Pending, Notified, Knocked, Refused, NeedHelp, NoAnswer, Left, Empty, Helped}
}

// row is which of the rows a state stands in, -1 for what is no state.
func row(state string) int {
	switch state {
	case Pending:
		return 0
	case Notified:
		return 1
	case Knocked:
		return 2
	case Refused, NeedHelp, NoAnswer:
		return 3
	case Left, Empty, Helped:
		return terminal
	}
	return -1
}

const terminal = 4

// Out tells whether a state of a household is terminal: nobody is left behind that door.
func Out(state string) bool { return row(state) == terminal }

// TaskStates lists the states of a task.
func TaskStates() []string {
	return []string{"queued", "sent", "delivered", "seen", "acknowledged", "cannot", NoAnswer, "done"}
}

// Milestones is how many there are: T0 … T10.
const Milestones = 11

// State is a command, folded from its events. It belongs to who folds it.
type State struct {
	ID        string
	Plan      plan.Plan
	Zone      household.Zone
	Added     []household.Zone // by widening
	Area      string
	Exercise  bool
	Revision  string
	StartedBy string
	Leader    string   // who leads now
	With      []string // commanders who joined
	Phase     Phase
	Launched  int64 // when it was pressed
	Milestone [Milestones]int64
	Last      int64 // received_at of the last line
	N         int64 // its number

	rates     map[string]plan.Rate
	homes     []home
	homeAt    map[string]int
	units     []unit
	unitAt    map[string]int
	members   []candidate
	memberAt  map[string]int
	tasks     []task
	taskAt    map[string]int
	messages  []Message
	letterAt  map[string]int
	lettersTo map[string][]int
	reports   map[string]Verdict
	checkIns  map[string]CheckIn
	pictures  map[string]Picture
	recalled  map[plan.Audience]recall
	shelters  map[string]int // persons by shelter; the key stands for every shelter that is offered
	heldAt    int64
	agreed    bool // a second person has confirmed
	steps     map[string]called
	lessons   []Lesson
	marks     []Mark     // the newest of the timeline, the oldest first
	outs      []PaceMark // how many were out, whenever that changed
	touched   int64      // number of the last line that concerns every task
	tally
}

// recall is what everybody of an audience who was reached has been told last:
// whose message is on its way meanwhile, and arrives, must hear it too.
type recall struct {
	purpose Purpose
	text    string
}

// tally is what milestones are counted from.
type tally struct {
	total, terminal, units, signed, residents, settled int
	sent, acknowledged                                 bool
}

// home is a household of the frozen list and how it stands.
type home struct {
	door
	contact
	unit      int
	state     string
	at        int64  // of the report that counts; 0: none
	received  int64  // when the server learned of it
	by        string // of the same
	contested bool
	task      int // -1: nobody's
	helper    int // -1: none
	persons   map[string]int
	photos    []string // ids
}

type unit struct {
	key      string
	building string
	homes    []int
	lon, lat float64
	signed   Signature
}

// Signature 签字 says that a sweeper has seen every door of a unit.
type Signature struct {
	Unit string `json:"unit"`
	By   string `json:"by"`
	At   int64  `json:"at"`
}

// candidate is somebody who can be called.
type candidate struct {
	member
	contact
	task  int  // -1: free
	spoke bool // has answered, reported, signed or checked somebody in
}

// task is one responder's list.
type task struct {
	id       string
	who      int
	role     string
	homes    []int
	helping  []int
	answer   string // yes, cannot; empty: none that counts
	late     string // one that came when his households had moved on
	at       int64  // of the newest answer
	received int64
	by       string
	charges  []charge
	letters  []int
	touched  int64 // number of the last line that concerns it
}

// charge is what a responder was asked for at one time, and until when he has
// to answer.
type charge struct {
	homes    []int
	deadline int64
	round    int      // how many were asked before him
	tried    []string // who
	state    chargeState
	mute     bool // the deadline went by without a word
}

type chargeState int

const (
	asked    chargeState = iota
	accepted             // or never asked about
	passed               // on to a deputy
	stuck                // nobody is left to ask
)

// Fold makes a state of a command's events.
func Fold(events []Event) (*State, error) {
	s := &State{}
	for i := range events {
		if err := s.Apply(events[i]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Open tells whether reports and answers are still taken.
func (s *State) Open() bool { return s.Phase != Finished && s.Phase != "" }

// Over tells whether the command has stood down or is closed: it holds no zone any more.
func (s *State) Over() bool { return s.Phase == Down || s.Phase == Finished }

// Holds tells whether a household is on the frozen list.
func (s *State) Holds(household string) bool {
	_, found := s.homeAt[household]
	return found
}

// Stands is the state of a household of the frozen list.
func (s *State) Stands(household string) (state string, found bool) {
	i, found := s.homeAt[household]
	if !found {
		return "", false
	}
	return s.homes[i].state, true
}

// Calls tells whether a responder has been called, and his task.
func (s *State) Calls(responder string) (task string, called bool) {
	m, found := s.memberAt[responder]
	if !found || s.members[m].task < 0 {
		return "", false
	}
	return s.tasks[s.members[m].task].id, true
}

// TaskOf is the responder whose task has an id.
func (s *State) TaskOf(id string) (responder string, found bool) {
	t, found := s.taskAt[id]
	if !found {
		return "", false
	}
	return s.members[s.tasks[t].who].ID, true
}

// Total is how many households are on the frozen list.
func (s *State) Total() int { return s.total }

// AtShelter is how many persons of this command are in each shelter.
func (s *State) AtShelter() map[string]int {
	out := map[string]int{}
	for id, n := range s.shelters {
		if n > 0 {
			out[id] = n
		}
	}
	return out
}

func (h *home) isTerminal() bool { return row(h.state) == terminal }

// open tells whether a task still has a household that isn't terminal.
func (s *State) open(t *task) int {
	n := 0
	for _, i := range t.homes {
		if !s.homes[i].isTerminal() {
			n++
		}
	}
	return n
}

// silent tells whether a responder has let a deadline go by and not spoken since.
func (t *task) silent() bool {
	return slices.ContainsFunc(t.charges, func(c charge) bool { return c.mute })
}

// lost tells whether nobody knows of a responder: he let a deadline go by, and has
// never answered nor reported anything.
func (s *State) lost(t *task) bool { return t.silent() && !s.members[t.who].spoke }

// heard notes that a responder has spoken for himself.
func (s *State) heard(by string) {
	id, is := strings.CutPrefix(by, "responder:")
	if i, found := s.memberAt[id]; is && found {
		s.members[i].spoke = true
	}
}

// furthest is how far a task's messages have come.
func (s *State) furthest(t *task) string {
	best := "queued"
	for _, i := range t.letters {
		if m := s.messages[i].State; rank(m) > rank(best) {
			best = m
		}
	}
	return best
}

// taskState is a task's state: its furthest.
func (s *State) taskState(t *task) string {
	role, _ := s.Plan.Role(t.role)
	switch {
	case len(t.homes) > 0 && s.open(t) == 0:
		return "done"
	case s.Over() && len(t.homes) == 0 && !role.Per.Doors():
		return "done"
	case t.answer == "yes":
		return "acknowledged"
	case t.answer == "cannot":
		return "cannot"
	case t.silent(), t.late != "":
		return NoAnswer
	}
	return s.furthest(t)
}

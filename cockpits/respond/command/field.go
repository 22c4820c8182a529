package command

import (
	"maps"
	"slices"

	"citydeck/cockpits/fault"
)

// longestID is how long an id that a client makes may be, in bytes.
const longestID = 128

// longestNote is how long a note may be, in bytes.
const longestNote = 2000

// mine is a fault unless somebody may answer for the command's doors.
func (d *step) mine(w Who) error {
	if _, called := d.s.Calls(w.Responder); !w.Commander && !called {
		return fault.New(fault.Forbidden, "", "this command has not called you")
	}
	return nil
}

// field is a fault unless the command takes what is seen outside.
func (d *step) field() error {
	if d.s.Phase == Finished {
		return fault.New(fault.Conflict, "", "the command is closed")
	}
	return d.must("take reports", Running, Held, Down)
}

func named(id string) error {
	if id == "" || len(id) > longestID {
		return fault.New(fault.Invalid, "/id", "an id has 1 to %d bytes", longestID)
	}
	return nil
}

// Verdict is the answer to a report: what counts now.
type Verdict struct {
	ID         string `json:"id"`
	Household  string `json:"household"`
	State      string `json:"state"` // the one that counts
	Contested  bool   `json:"contested"`
	At         int64  `json:"at"`
	ReceivedAt int64  `json:"received_at"`
}

func (r Report) decide(d *step) error {
	i, found := d.s.homeAt[r.Household]
	if !found {
		return fault.New(fault.NotFound, "", "no such household in this command")
	}
	if err := d.mine(r.Who); err != nil {
		return err
	}
	if err := named(r.ID); err != nil {
		return err
	}
	if _, known := d.s.reports[r.ID]; known {
		return nil
	}
	if err := d.field(); err != nil {
		return err
	}
	if row(r.State) < 0 {
		return fault.New(fault.Invalid, "/state", "no such state")
	}
	if len(r.Note) > longestNote {
		return fault.New(fault.Invalid, "/note", "the note is longer than %d bytes", longestNote)
	}
	h := &d.s.homes[i]
	at, said := d.said(r.At)
	contested, counts := h.weigh(r.State, at, r.Commander)
	e := Event{
		Kind: Reported, By: r.By, At: at, SaidAt: said, Household: h.ID, State: r.State, Report: r.ID, Contested: &contested, Counts: counts,
	}
	if counts && h.isTerminal() && row(r.State) < terminal {
		d.reopen = true
		if u := &d.s.units[h.unit]; u.signed.By != "" {
			e.Voids = u.key
		}
	}
	if r.Note != "" {
		e = e.sealing(private{Salt: r.Salt, Note: r.Note})
	}
	d.add(e)
	return nil
}

// weigh says whether a report contradicts the one that counts, and whether it
// counts from now on.
func (h *home) weigh(state string, at int64, commander bool) (contested, counts bool) {
	before := h.at != 0 && at < h.at
	allowed := !h.isTerminal() && row(state) >= row(h.state)
	contested = state != h.state && (!allowed || before)
	return contested, commander || !before && !h.isTerminal()
}

func (g Sign) decide(d *step) error {
	s := d.s
	u, found := s.unitAt[g.Unit]
	if !found {
		return fault.New(fault.NotFound, "", "no such unit in this command")
	}
	if !g.Commander && !s.sweeps(g.Responder, u) {
		return fault.New(fault.Forbidden, "", "who signs has a household of this unit")
	}
	if s.units[u].signed.By != "" {
		return nil
	}
	if err := d.field(); err != nil {
		return err
	}
	if n := s.left(s.units[u].homes); n > 0 {
		return fault.New(fault.Conflict, "", "%d households of this unit are open", n)
	}
	d.add(Event{Kind: Signed, By: g.By, Unit: g.Unit})
	return nil
}

// sweeps tells whether a responder has a household of a unit.
func (s *State) sweeps(responder string, unit int) bool {
	m, found := s.memberAt[responder]
	if !found || s.members[m].task < 0 {
		return false
	}
	t := &s.tasks[s.members[m].task]
	here := func(i int) bool { return s.homes[i].unit == unit }
	return slices.ContainsFunc(t.homes, here) || slices.ContainsFunc(t.helping, here)
}

// The states of a person after he has left.
const (
	AtAShelter = "checked_in"
	Settled    = "self_settled"
	Missing    = "missing"
)

// CheckIn is the answer to a check-in.
type CheckIn struct {
	ID         string  `json:"id"`
	Household  string  `json:"household"`
	Shelter    *string `json:"shelter"`
	State      string  `json:"state"`
	Persons    int     `json:"persons"`
	At         int64   `json:"at"`
	ReceivedAt int64   `json:"received_at"`
}

// most is how many persons one check-in names at most.
const most = 1000

func (a Arrive) decide(d *step) error {
	if err := d.mine(a.Who); err != nil {
		return err
	}
	if err := named(a.ID); err != nil {
		return err
	}
	if _, known := d.s.checkIns[a.ID]; known {
		return nil
	}
	if err := d.field(); err != nil {
		return err
	}
	if _, found := d.s.homeAt[a.Household]; !found {
		return fault.New(fault.NotFound, "/household", "no such household in this command")
	}
	if !slices.Contains([]string{AtAShelter, Settled, Missing}, a.State) {
		return fault.New(fault.Invalid, "/state", "a person is checked_in, self_settled or missing")
	}
	if a.Persons < 1 || a.Persons > most {
		return fault.New(fault.Invalid, "/persons", "persons is 1 to %d", most)
	}
	if _, offered := d.s.shelters[a.Shelter]; a.Shelter != "" && !offered {
		return fault.New(fault.NotFound, "/shelter", "no such shelter outside of the zone")
	}
	at, said := d.said(a.At)
	d.add(Event{
		Kind: CheckedIn, By: a.By, At: at, SaidAt: said, CheckIn: a.ID, Household: a.Household, Shelter: a.Shelter, State: a.State, Persons: a.Persons,
	})
	return nil
}

// placed is how a household's residents stand after some of them are found in a
// state. Nobody is counted twice, and never more than live there: who is found
// was missing before, or unheard of.
func (h *home) placed(state string, persons int) map[string]int {
	p := maps.Clone(h.persons)
	if p == nil {
		p = map[string]int{}
	}
	p[state] = min(p[state]+persons, h.Residents)
	over := p[AtAShelter] + p[Settled] + p[Missing] - h.Residents
	for _, other := range []string{Missing, Settled, AtAShelter} {
		if other != state && over > 0 {
			take := min(over, p[other])
			p[other] -= take
			over -= take
		}
	}
	return p
}

package command_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// TestWhateverHappensNobodyIsForgotten draws histories: whatever is asked for, in
// whatever order, the invariants hold and a replay gives the same state. The long
// form is -rapid.checks=100000.
func TestWhateverHappensNobodyIsForgotten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		for range rapid.IntRange(1, 40).Draw(t, "length") {
			h.step()
			h.invariants()
		}
		h.replay()
	})
}

type history struct {
	*rapid.T
	state  *command.State
	events []command.Event
	now    int64
	plan   *plan.Plan
	people []string
	ids    int
}

func newHistory(t *rapid.T) *history {
	p := testPlan()
	p.SecondPerson = rapid.SampledFrom([]plan.SecondPerson{plan.None, plan.Residents, plan.All}).Draw(t, "second")
	p.Roles[0].Count = rapid.IntRange(1, 2).Draw(t, "count")
	p.Roles[0].Deputies = rapid.IntRange(0, 2).Draw(t, "deputies")
	p.PerResponder = rapid.IntRange(1, 4).Draw(t, "per responder")
	if rapid.Bool().Draw(t, "guard") {
		p.Roles = append(p.Roles, plan.Role{ID: "guard", Per: plan.Whole, Count: 1, Deputies: 1})
	}
	h := &history{T: t, state: &command.State{}, now: t0}
	h.plan = p
	s := h.survey(1)
	h.must(command.Launch{Who: boss, ID: "c1", Plan: p, Survey: s, Rates: rates(), Revision: command.Revision(p, s)})
	return h
}

// survey draws a zone of at least so many units.
func (h *history) survey(least int) *household.Survey {
	units := rapid.SliceOfN(rapid.IntRange(1, 3), least, least+2).Draw(h.T, "units")
	people := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b:0", "c:1", "d-", "guard/g", "e", "guard/f:0"}), 0, 6, rapid.ID[string]).Draw(h.T, "people")
	s := place(units, people...)
	s.People = slices.DeleteFunc(s.People, func(p household.Person) bool {
		_, known := h.plan.Role(p.Roles[0])
		return !known
	})
	for i := range s.Homes {
		if rapid.IntRange(0, 3).Draw(h.T, "needs") == 0 {
			s.Homes[i].Needs = []string{"oxygen"}
		}
	}
	h.people = []string{"a", "b", "c", "d", "e", "f", "g"}
	return s
}

func (h *history) must(in command.Intent) {
	h.Helper()
	if err := h.do(in); err != nil {
		h.Fatalf("%T: %v", in, err)
	}
}

// do decides and folds; what is refused must be refused with a fault, and the
// state must be as it was.
func (h *history) do(in command.Intent) error {
	before := h.text()
	events, err := command.Decide(h.state, in, h.now)
	if after := h.text(); after != before {
		h.Fatalf("deciding %T has changed the state\n%s\ninto\n%s", in, before, after)
	}
	if err != nil {
		if len(fault.All(err)) != 1 {
			h.Fatalf("%T is refused with %v, which is no fault", in, err)
		}
		return err
	}
	for _, e := range events {
		if err := h.state.Apply(e); err != nil {
			h.Fatalf("apply %s: %v", e.Line(), err)
		}
	}
	h.events = append(h.events, events...)
	return nil
}

func (h *history) text() string {
	if h.state.Phase == "" {
		return ""
	}
	return everything(h.state, h.now)
}

// everything is all that can be seen of a state.
func everything(s *command.State, now int64) string {
	open := func(string) bool { return true }
	text, err := json.Marshal([]any{s.View(now), s.Tasks(), s.Households(open), s.Messages(), s.Units(now), s.AtShelter(), s.Next(now), len(s.Due(now)), s.With, s.Leader, s.Board(now), s.Steps(now), s.Lessons()})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// step does one thing that may happen.
func (h *history) step() {
	h.now += rapid.SampledFrom([]int64{0, 1, 900, 15_000, 60_000}).Draw(h.T, "later")
	who := command.Who{By: "responder:x", Responder: rapid.SampledFrom(h.people).Draw(h.T, "who")}
	who.By = "responder:" + who.Responder
	if rapid.IntRange(0, 3).Draw(h.T, "boss") == 0 {
		who = rapid.SampledFrom([]command.Who{boss, {By: "user:li", Commander: true}}).Draw(h.T, "commander")
	}
	h.ids++
	home, id := h.home(), fmt.Sprintf("i%d", rapid.IntRange(max(h.ids-2, 0), h.ids).Draw(h.T, "id"))
	states := append(command.HouseholdStates(), "nonsense")
	var in command.Intent
	switch rapid.SampledFrom([]string{"report", "report", "report", "tick", "tick", "answer", "answer", "receipt", "receipt", "sign", "arrive", "verb", "reassign", "widen", "confirm"}).Draw(h.T, "what") {
	case "report":
		in = command.Report{Who: who, Household: home, ID: id, State: rapid.SampledFrom(states).Draw(h.T, "state"), At: h.now - rapid.Int64Range(-5000, 90_000).Draw(h.T, "ago")}
	case "tick":
		in = command.Tick{}
	case "answer":
		in = command.Acknowledge{Who: who, Task: h.task(), Answer: rapid.SampledFrom([]string{"yes", "yes", "cannot", "perhaps"}).Draw(h.T, "answer")}
	case "receipt":
		in = command.Receipt{Who: command.Who{By: "channel:sms"}, Message: fmt.Sprintf("c1-m%d", rapid.IntRange(1, 30).Draw(h.T, "message")), State: rapid.SampledFrom([]string{"sent", "delivered", "seen", "failed"}).Draw(h.T, "receipt")}
	case "sign":
		in = command.Sign{Who: who, Unit: fmt.Sprintf("e/1/%d", rapid.IntRange(1, 4).Draw(h.T, "unit"))}
	case "arrive":
		in = command.Arrive{Who: who, ID: id, Household: home, State: rapid.SampledFrom([]string{"checked_in", "self_settled", "missing"}).Draw(h.T, "person"), Persons: rapid.IntRange(0, 3).Draw(h.T, "persons")}
	case "verb":
		in = h.verb()
	case "reassign":
		in = command.Reassign{Who: boss, Reason: "x", Households: []string{home}, To: rapid.SampledFrom(h.people).Draw(h.T, "to")}
	case "widen":
		in = command.Widen{Who: boss, Reason: "x", Survey: h.survey(1)}
	case "confirm":
		in = command.Confirm{Who: who}
	}
	_ = h.do(in) // refused or not, the invariants hold
}

func (h *history) verb() command.Intent {
	return rapid.SampledFrom([]command.Intent{
		command.Pause{Who: boss, Reason: "x"}, command.Resume{Who: boss, Reason: "x"}, command.Resume{Who: boss, Reason: "x"},
		command.HandOver{Who: boss, Reason: "x", To: "li"}, command.StandDown{Who: boss, Reason: "x"}, command.Close{Who: boss, Reason: "x"},
		command.Return{Who: boss, Reason: "x"}, command.Pause{Who: boss}, command.Join{Who: boss, Reason: "x"},
		command.Broadcast{Who: boss, Reason: "x", Audience: plan.Responders, Text: "x"}, command.Broadcast{Who: boss, Reason: "x", Audience: plan.Inhabitants, Correction: true},
	}).Draw(h.T, "verb")
}

func (h *history) home() string {
	return fmt.Sprintf("h%d%d", rapid.IntRange(1, 3).Draw(h.T, "unit"), rapid.IntRange(1, 3).Draw(h.T, "door"))
}

func (h *history) task() string {
	return fmt.Sprintf("t%03d", rapid.IntRange(1, 6).Draw(h.T, "task"))
}

func sum(m map[string]int) int {
	n := 0
	for _, v := range m {
		n += v
	}
	return n
}

// invariants is what must hold at every moment.
func (h *history) invariants() {
	v := h.state.View(h.now)
	if sum(v.Households) != v.Total || v.Total != h.state.Total() {
		h.Fatalf("the states of %v add up to %d, not to %d", v.Households, sum(v.Households), v.Total)
	}
	if r := v.Residents; r.CheckedIn+r.Settled+r.Missing > r.Total {
		h.Fatalf("more people than there are: %+v", r)
	}
	owner, helper, of := map[string]string{}, map[string]string{}, map[string]bool{}
	for _, t := range h.state.Tasks() {
		if of[t.Responder] {
			h.Fatalf("%s holds two tasks", t.Responder)
		}
		of[t.Responder] = true
		for _, id := range t.Households {
			if owner[id] != "" {
				h.Fatalf("household %s is in two tasks", id)
			}
			owner[id] = t.ID
		}
		for _, id := range t.Helping {
			if helper[id] != "" {
				h.Fatalf("household %s has two helpers", id)
			}
			helper[id] = t.ID
		}
	}
	nobody := 0
	for _, x := range h.state.Households(nil) {
		switch {
		case x.Task == nil && owner[x.ID] != "", x.Task != nil && owner[x.ID] != *x.Task:
			h.Fatalf("household %s says %v, the tasks say %s", x.ID, x.Task, owner[x.ID])
		case x.Helper != nil && (*x.Helper == owner[x.ID] || helper[x.ID] != *x.Helper):
			h.Fatalf("household %s of %s is helped by %v, the tasks say %s", x.ID, owner[x.ID], *x.Helper, helper[x.ID])
		case x.Task == nil:
			nobody++
		}
	}
	if nobody != v.Unassigned || len(of) > 0 && nobody > 0 && v.State != command.Waiting {
		h.Fatalf("%d households are nobody's, %d are said to be, %d people are called", nobody, v.Unassigned, len(of))
	}
	h.units()
	h.reached(v)
	h.board(v)
}

// board looks at what walls are shown: it adds up to the same numbers.
func (h *history) board(v command.View) {
	b, cells := h.state.Board(h.now), ""
	for _, u := range b.Units {
		cells += u.Cells
		if len(u.Cells) != u.Households || len(u.Floors) != u.Households {
			h.Fatalf("unit %s has %d households, %q and %v", u.Unit, u.Households, u.Cells, u.Floors)
		}
	}
	contested := strings.IndexFunc(cells, unicode.IsUpper) >= 0
	cells = strings.ToLower(cells)
	for letter, state := range map[string]string{
		"p": "pending", "n": "notified", "k": "knocked", "l": "left", "e": "empty", "h": "helped", "r": "refused", "d": "need_help", "a": "no_answer",
	} {
		if n := strings.Count(cells, letter); n != v.Households[state] {
			h.Fatalf("%d cells of %s are %s, %d households", n, cells, state, v.Households[state])
		}
	}
	done := v.Households["left"] + v.Households["empty"] + v.Households["helped"]
	switch {
	case contested != (v.Contested > 0):
		h.Fatalf("contested cells: %v, households: %d", contested, v.Contested)
	case len(b.Pace) > 0 && b.Pace[0].Out != done:
		h.Fatalf("the pace ends with %d, %d are out", b.Pace[0].Out, done)
	case len(b.Pace) == 0 && done > 0, len(b.Pace) > 120, len(b.Timeline) > 60, len(b.Timeline) == 0:
		h.Fatalf("%d points of a pace with %d out, %d lines of a timeline", len(b.Pace), done, len(b.Timeline))
	}
	for i := 1; i < len(b.Pace); i++ {
		if b.Pace[i].Since >= b.Pace[i-1].Since {
			h.Fatalf("the pace goes back: %v", b.Pace)
		}
	}
}

// units looks at signatures: none stands over an open door.
func (h *history) units() {
	for _, u := range h.state.Units(h.now) {
		if u.SignedBy != nil && u.Open > 0 {
			h.Fatalf("unit %s is signed with %d open doors", u.Unit, u.Open)
		}
	}
}

// reached looks at milestones: they come in their order, and T6 never with an open door,
// unless the zone has grown since.
func (h *history) reached(v command.View) {
	at := func(k int) int64 {
		if p := v.Milestones[fmt.Sprintf("T%d", k)]; p != nil {
			return *p
		}
		return 0
	}
	done := v.Households["left"] + v.Households["empty"] + v.Households["helped"]
	if at(6) != 0 && done < v.Total && len(v.Added) == 0 {
		h.Fatalf("T6 is reached with %d of %d", done, v.Total)
	}
	if at(6) == 0 && done == v.Total {
		h.Fatalf("all %d are out, and T6 isn't reached", done)
	}
	for k := 4; k <= 6; k++ {
		if at(k) != 0 && (at(k-1) == 0 || at(k) < at(k-1)) && len(v.Added) == 0 {
			h.Fatalf("T%d at %d, T%d at %d", k, at(k), k-1, at(k-1))
		}
	}
}

// replay folds what was written, as it was written.
func (h *history) replay() {
	hash := ""
	var read []command.Event
	for i := range h.events {
		line := h.events[i].Line()
		hash = command.Hash(hash, line)
		e, err := command.Parse([]byte(command.Sealed(line, hash)), h.events[i].Body, h.events[i].Private)
		if err != nil {
			h.Fatal(err)
		}
		if e.N != int64(i+1) {
			h.Fatalf("line %d has the number %d", i+1, e.N)
		}
		read = append(read, e)
	}
	again, err := command.Fold(read)
	if err != nil {
		h.Fatal(err)
	}
	if got, want := everything(again, h.now), everything(h.state, h.now); got != want {
		h.Fatalf("replayed it is\n%s\nwas\n%s", got, want)
	}
}

func TestWhatIsNoHistoryIsRefused(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{1}, "a"))
	if err := (&command.State{}).Apply(r.events[1]); err == nil {
		t.Error("a history without a beginning is folded")
	}
	if err := r.state.Apply(r.events[0]); err == nil {
		t.Error("a line is folded twice")
	}
	if errors.Is(r.try(command.Tick{}), fault.Conflict) {
		t.Error("time is refused")
	}
}

func TestAViewStaysWhatItWas(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{1, 1}, "a", "b"))
	r.yes("a")
	r.report(responder("a"), "h11", "left", 0)
	r.do(command.Sign{Who: boss, Unit: "e/1/1"})
	views := []any{r.state.View(r.now), r.state.Tasks(), r.state.Households(nil), r.state.Units(r.now), r.state.Messages()}
	was, _ := json.Marshal(views)
	r.at(5_000)
	r.do(command.Acknowledge{Who: responder("a"), Task: "t001", Answer: "cannot"})
	r.report(boss, "h11", "no_answer", 0)
	r.do(command.Widen{Who: boss, Reason: "x", Survey: place([]int{2, 2, 2}, "c")})
	r.do(command.StandDown{Who: boss, Reason: "x"})
	if is, _ := json.Marshal(views); string(is) != string(was) {
		t.Errorf("what was seen before has become\n%s\nwas\n%s", is, was)
	}
}

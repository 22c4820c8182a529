package command_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// t0 is when commands are launched here, in Unix ms.
const t0 = int64(1_700_000_000_000)

const second = int64(1000)

// testPlan calls one sweeper a unit; who doesn't answer in 60 s has two deputies.
func testPlan() *plan.Plan {
	return &plan.Plan{
		ID: "dam", Name: "溃坝", Version: 1, AllOut: plan.Span(10 * time.Minute), AcknowledgeWithin: plan.Span(time.Minute), PerResponder: 12,
		SecondPerson: plan.None,
		Roles:        []plan.Role{{ID: "sweeper", Per: plan.Unit, Count: 1, Deputies: 2}},
		Channels: []plan.Channel{
			{Audience: plan.Responders, Kind: plan.App}, {Audience: plan.Responders, Kind: plan.SMS, After: plan.Span(15 * time.Second)},
			{Audience: plan.Inhabitants, Kind: plan.SMS},
		},
		Template: plan.Templates{Task: plan.Text{Zh: "{name}去{unit}：{households}户", En: "go"}, Alert: plan.Text{Zh: "走"}, StandDown: plan.Text{Zh: "完"}, Correction: plan.Text{Zh: "误"}},
	}
}

func rates() map[string]plan.Rate {
	return map[string]plan.Rate{plan.App: {Ready: true}, plan.SMS: {Ready: true, PerSecond: 50}}
}

// place is a survey of units with so many households each, and people: "a" covers
// all units, "a:0,2" some, a trailing "-" is off duty, a leading "guard/" names
// another role than sweeper.
func place(units []int, people ...string) *household.Survey {
	s := &household.Survey{Zone: household.Zone{Areas: []string{"street"}}, Area: "street"}
	for u, n := range units {
		x := household.Unit{Key: fmt.Sprintf("e/1/%d", u+1), Building: "e/1"}
		for i := range n {
			x.Homes = append(x.Homes, len(s.Homes))
			s.Homes = append(s.Homes, household.Home{Unit: u, Household: household.Household{
				ID: fmt.Sprintf("h%d%d", u+1, i+1), Estate: "e", Building: "1", Unit: fmt.Sprint(u + 1), Floor: fmt.Sprint(n - i), Room: fmt.Sprint(i),
				Residents: 2, ContactName: "王安", ContactPhone: "100",
			}})
		}
		s.Units = append(s.Units, x)
	}
	for _, text := range people {
		id, off := strings.CutSuffix(text, "-")
		id, only, some := strings.Cut(id, ":")
		role, name, other := strings.Cut(id, "/")
		if !other {
			role, name = "sweeper", id
		}
		p := household.Person{Responder: household.Responder{
			ID: name, Roles: []string{role}, OnDuty: !off, Phone: "100", Channels: []household.Channel{{Kind: plan.App}, {Kind: plan.SMS}},
		}}
		for u := range units {
			if !some || strings.Contains(","+only+",", fmt.Sprintf(",%d,", u)) {
				p.Covers = append(p.Covers, u)
			}
		}
		s.People = append(s.People, p)
	}
	return s
}

// run is a command that a test carries on with.
type run struct {
	t      testing.TB
	state  *command.State
	events []command.Event
	now    int64
}

var boss = command.Who{By: "user:wang", Commander: true}

func responder(id string) command.Who {
	return command.Who{By: "responder:" + id, Responder: id}
}

func press(t testing.TB, p *plan.Plan, s *household.Survey) *run {
	t.Helper()
	r := &run{t: t, state: &command.State{}, now: t0}
	r.do(command.Launch{Who: boss, ID: "c1", Plan: p, Survey: s, Rates: rates(), Revision: command.Revision(p, s)})
	return r
}

// try decides and, where nothing is wrong, folds.
func (r *run) try(in command.Intent) error {
	events, err := command.Decide(r.state, in, r.now)
	if err != nil {
		return err
	}
	for _, e := range events {
		if err := r.state.Apply(e); err != nil {
			r.t.Fatalf("apply %s: %v", e.Line(), err)
		}
	}
	r.events = append(r.events, events...)
	return nil
}

func (r *run) do(in command.Intent) []command.Event {
	r.t.Helper()
	before := len(r.events)
	if err := r.try(in); err != nil {
		r.t.Fatalf("%T: %v", in, err)
	}
	return r.events[before:]
}

// at goes on to so many ms after the press, and lets time do what is due.
func (r *run) at(ms int64) *run {
	r.now = t0 + ms
	r.do(command.Tick{})
	return r
}

func (r *run) refused(in command.Intent, kind fault.Kind) {
	r.t.Helper()
	if err := r.try(in); !errors.Is(err, kind) {
		r.t.Errorf("%T %+v: %v, want %s", in, in, err, kind)
	}
}

func (r *run) yes(who string) {
	r.t.Helper()
	task, _ := r.state.Calls(who)
	r.do(command.Acknowledge{Who: responder(who), Task: task, Answer: "yes"})
}

// tasks says who has which households, and in which state the task is.
func (r *run) tasks() string {
	var list []string
	for _, t := range r.state.Tasks() {
		list = append(list, fmt.Sprintf("%s %s %s", t.Responder, t.State, strings.Join(t.Households, ",")))
	}
	return strings.Join(list, "; ")
}

func (r *run) wantTasks(want string) {
	r.t.Helper()
	if got := r.tasks(); got != want {
		r.t.Errorf("after %d s the tasks are\n%s\nwant\n%s", (r.now-t0)/1000, got, want)
	}
}

// report reports by wang, with an id of its own.
func (r *run) report(by command.Who, household, state string, at int64) command.Verdict {
	r.t.Helper()
	id := fmt.Sprintf("r%d", len(r.events))
	r.do(command.Report{Who: by, Household: household, ID: id, State: state, At: at})
	v, _ := r.state.Report(id)
	return v
}

func (r *run) milestones() string {
	var list []string
	v := r.state.View(r.now)
	for k := range command.Milestones {
		if at := v.Milestones[fmt.Sprintf("T%d", k)]; at != nil {
			list = append(list, fmt.Sprintf("T%d+%d", k, (*at-t0)/1000))
		}
	}
	return strings.Join(list, " ")
}

func TestWhoIsCalled(t *testing.T) {
	t.Parallel()
	two := testPlan()
	two.Roles[0].Count = 2
	few := testPlan()
	few.PerResponder = 1
	guarded := testPlan()
	guarded.Roles = append(guarded.Roles, plan.Role{ID: "guard", Per: plan.Whole, Count: 1})
	leader := testPlan()
	leader.Roles = []plan.Role{{ID: "sweeper", Per: plan.Building, Count: 1}}
	tests := map[string]struct {
		plan   *plan.Plan
		units  []int
		people []string
		want   string
	}{
		"one a unit, the others stay free":      {testPlan(), []int{2, 2}, []string{"a:0", "b:1", "c"}, "a queued h11,h12; b queued h21,h22"},
		"two a unit share it from the top down": {two, []int{4}, []string{"a", "b"}, "a queued h11,h12; b queued h13,h14"},
		"as many as the lists ask for":          {few, []int{3}, []string{"a", "b", "c", "d"}, "a queued h11; b queued h12; c queued h13"},
		"one for everything":                    {testPlan(), []int{2, 2}, []string{"a:0"}, "a queued h11,h12,h21,h22"},
		"nobody covers it: who has least to do": {testPlan(), []int{3, 1, 1}, []string{"a:0", "b:1"}, "a queued h11,h12,h13; b queued h21,h31"},
		"nobody on duty":                        {testPlan(), []int{2}, []string{"a-"}, ""},
		"nobody at all":                         {testPlan(), []int{2}, nil, ""},
		"a guard has no doors":                  {guarded, []int{2}, []string{"a", "guard/g"}, "g queued ; a queued h11,h12"},
		"only guards: then they have":           {guarded, []int{2}, []string{"guard/g"}, "g queued h11,h12"},
		"one a building":                        {leader, []int{2, 2}, []string{"a:0", "b:1"}, "a queued h11,h12,h21,h22"},
		"another role is nobody":                {testPlan(), []int{2}, []string{"cook/c"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := place(tt.units, tt.people...)
			s.People = slices.DeleteFunc(s.People, func(p household.Person) bool {
				return !slices.ContainsFunc(tt.plan.Roles, func(r plan.Role) bool { return r.ID == p.Roles[0] })
			})
			r := press(t, tt.plan, s)
			r.wantTasks(tt.want)
			unassigned := 0
			if tt.want == "" {
				unassigned = len(s.Homes)
			}
			if v := r.state.View(r.now); v.Unassigned != unassigned || v.Total != len(s.Homes) {
				t.Errorf("%d of %d households are nobody's, want %d", v.Unassigned, v.Total, unassigned)
			}
		})
	}
}

func TestWhoNeedsHelpHasTwo(t *testing.T) {
	t.Parallel()
	for people, want := range map[int]string{1: "<nil>", 2: "t002", 3: "t002"} {
		s := place([]int{2, 2}, []string{"a:0", "b:1", "c"}[:people]...)
		s.Homes[1].Needs = []string{"wheelchair"}
		r := press(t, testPlan(), s)
		h := r.state.Households(nil)[1]
		got := "<nil>"
		if h.Helper != nil {
			got = *h.Helper
		}
		if got != want || *h.Task != "t001" {
			t.Errorf("with %d people the helper of t001's household is %s, want %s", people, got, want)
		}
	}
}

func TestThePreviewSaysWhatThePressDoes(t *testing.T) {
	t.Parallel()
	s := place([]int{2, 3, 1}, "a:0", "b:1-")
	s.Homes[0].Needs = []string{"oxygen", "deaf"}
	s.Shelters = []household.Shelter{{ID: "school", Capacity: 10}}
	p := testPlan()
	p.Channels = append(p.Channels, plan.Channel{Audience: plan.Responders, Kind: plan.Voice, After: plan.Span(30 * time.Second)})
	v := command.Look(p, s, rates(), map[string]int{"school": 4})
	if fmt.Sprint(v.Uncovered, v.Unmanned, v.NotConfigured) != "[e/1/3] [e/1/2 e/1/3] [voice]" {
		t.Errorf("uncovered %v, unmanned %v, not configured %v", v.Uncovered, v.Unmanned, v.NotConfigured)
	}
	if v.Households != 6 || v.Residents != 12 || v.Needs["oxygen"] != 1 || v.Responders != 1 || v.Shelters[0].Room != 6 {
		t.Errorf("preview %+v", v)
	}
	if fmt.Sprint(v.Messages) != "map[residents:map[sms:6] responders:map[app:1 sms:1 voice:0]]" {
		t.Errorf("messages %v", v.Messages)
	}
	if v.LastMessage == nil || *v.LastMessage != 15 {
		t.Errorf("the last message leaves at %v s, want 15", v.LastMessage)
	}
	// 110 s to the first door, six of 30 s, one of which takes 30 s more.
	if v.LastDoor == nil || *v.LastDoor != 110+6*30+30 || v.Over {
		t.Errorf("the last door is reached at %v s, want 320", *v.LastDoor)
	}
	if v := command.Look(p, place([]int{2}), rates(), nil); v.LastDoor != nil || v.Unassigned != 2 || !v.Over {
		t.Errorf("with nobody: last door %v, unassigned %d", v.LastDoor, v.Unassigned)
	}
}

func TestChannelsAreNeverAskedForMoreThanTheyCan(t *testing.T) {
	t.Parallel()
	p := testPlan()
	r := press(t, p, place([]int{200, 200, 200}, "a", "b", "c"))
	due := map[int64]int{}
	for _, m := range r.state.Messages() {
		if m.Channel == plan.SMS {
			due[(m.Due-t0)/1000]++
		}
	}
	for s, n := range due {
		if n > 50 {
			t.Errorf("%d messages by sms in second %d, at most 50 are allowed", n, s)
		}
	}
	if due[0] != 50 || due[15] != 3 {
		t.Errorf("50 messages in the first second, 3 at 15 s wanted: %v", due)
	}
}

func TestARevisionSaysWhatChanged(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*plan.Plan, *household.Survey)
		want   string
	}{
		"nothing":                 {func(*plan.Plan, *household.Survey) {}, ""},
		"the plan's version":      {func(p *plan.Plan, _ *household.Survey) { p.Version = 2 }, "plan"},
		"the zone":                {func(_ *plan.Plan, s *household.Survey) { s.Zone.Areas = []string{"other"} }, "zone"},
		"somebody moved in":       {func(_ *plan.Plan, s *household.Survey) { s.Homes[0].Residents = 3 }, "households"},
		"nobody covers it now":    {func(_ *plan.Plan, s *household.Survey) { s.People = nil }, "uncovered"},
		"a shift ends":            {func(_ *plan.Plan, s *household.Survey) { s.People[0].OnDuty = false }, ""},
		"a shelter is full":       {func(_ *plan.Plan, s *household.Survey) { s.Shelters = nil }, ""},
		"a telephone has changed": {func(_ *plan.Plan, s *household.Survey) { s.Homes[0].ContactPhone = "101" }, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, s := testPlan(), place([]int{2, 2}, "a")
			seen := command.Revision(p, s)
			tt.change(p, s)
			_, err := command.Decide(&command.State{}, command.Launch{Who: boss, ID: "c1", Plan: p, Survey: s, Revision: seen}, t0)
			var old *command.Outdated
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("the press is refused: %v", err)
			case tt.want != "" && (!errors.As(err, &old) || !errors.Is(err, fault.Outdated) || strings.Join(old.Changed, " ") != tt.want):
				t.Errorf("the press fails with %v, want %q changed", err, tt.want)
			}
		})
	}
	if got := strings.Join(command.Changes("*", "a.b.c.d"), " "); got != "plan zone households uncovered" {
		t.Errorf("of what is no revision everything has changed: %s", got)
	}
}

func TestTwoCommandsInOneZone(t *testing.T) {
	t.Parallel()
	launch := func(p *plan.Plan, s *household.Survey, exercise bool, others ...*command.State) error {
		_, err := command.Decide(&command.State{}, command.Launch{Who: boss, ID: "c2", Plan: p, Survey: s, Exercise: exercise, Revision: command.Revision(p, s), Others: others}, t0)
		return err
	}
	p, s := testPlan(), place([]int{2}, "a")
	other := testPlan()
	other.ID = "fire"
	away := place([]int{2}, "a")
	away.Homes[0].ID, away.Homes[1].ID = "x", "y"
	real := press(t, p, s).state
	drill := &run{t: t, state: &command.State{}, now: t0}
	drill.do(command.Launch{Who: boss, ID: "d1", Plan: p, Survey: s, Exercise: true, Revision: command.Revision(p, s)})
	over := press(t, p, s)
	over.do(command.StandDown{Who: boss, Reason: "x"})
	tests := map[string]struct {
		err  error
		want string
	}{
		"the same plan":                      {launch(p, s, false, real), "c1"},
		"another plan":                       {launch(other, s, false, real), ""},
		"another zone":                       {launch(p, away, false, real), ""},
		"a drill under a real one":           {launch(other, s, true, real), "c1"},
		"a drill under a drill":              {launch(p, s, true, drill.state), "d1"},
		"a drill of another plan in a drill": {launch(other, s, true, drill.state), ""},
		"a real one over a drill":            {launch(p, s, false, drill.state), ""},
		"one that has stood down":            {launch(p, s, false, over.state), ""},
	}
	for name, tt := range tests {
		var o *command.Overlap
		if tt.want == "" && tt.err != nil || tt.want != "" && (!errors.As(tt.err, &o) || o.Command != tt.want || !errors.Is(tt.err, fault.Conflict)) {
			t.Errorf("%s: %v, want %q", name, tt.err, tt.want)
		}
	}
	if got := command.Ends(s, []*command.State{real, drill.state, over.state}); len(got) != 1 || got[0].ID != "d1" {
		t.Errorf("a real launch stops %v, want the drill", got)
	}
}

package command_test

import (
	"fmt"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
)

func TestWhichReportCounts(t *testing.T) {
	t.Parallel()
	type said struct {
		state string
		at    int64 // seconds after the press
		boss  bool
	}
	tests := map[string]struct {
		before    []said
		report    said
		counts    string
		contested bool
	}{
		"the first":                            {nil, said{"knocked", 5, false}, "knocked", false},
		"from nothing to a terminal state":     {nil, said{"left", 5, false}, "left", false},
		"on to a later row":                    {[]said{{"knocked", 5, false}}, said{"no_answer", 6, false}, "no_answer", false},
		"within a row":                         {[]said{{"refused", 5, false}}, said{"need_help", 6, false}, "need_help", false},
		"back: kept, counts by its time":       {[]said{{"no_answer", 5, false}}, said{"knocked", 6, false}, "knocked", true},
		"back to pending":                      {[]said{{"knocked", 5, false}}, said{"pending", 6, false}, "pending", true},
		"older than what counts":               {[]said{{"refused", 9, false}}, said{"need_help", 6, false}, "refused", true},
		"older, and says the same":             {[]said{{"refused", 9, false}}, said{"refused", 6, false}, "refused", false},
		"at the same time":                     {[]said{{"refused", 9, false}}, said{"left", 9, false}, "left", false},
		"older, and terminal":                  {[]said{{"refused", 9, false}}, said{"left", 6, false}, "refused", true},
		"nothing leaves a terminal state":      {[]said{{"left", 5, false}}, said{"need_help", 9, false}, "left", true},
		"nor for another terminal one":         {[]said{{"left", 5, false}}, said{"helped", 9, false}, "left", true},
		"the same terminal one":                {[]said{{"left", 5, false}}, said{"left", 9, false}, "left", false},
		"but the commander opens it":           {[]said{{"left", 5, false}}, said{"no_answer", 9, true}, "no_answer", true},
		"the commander's counts though older":  {[]said{{"refused", 9, false}}, said{"left", 6, true}, "left", true},
		"after the commander's own":            {[]said{{"left", 5, false}, {"no_answer", 9, true}}, said{"left", 10, false}, "left", false},
		"after the commander's own, but older": {[]said{{"left", 5, false}, {"no_answer", 9, true}}, said{"left", 8, false}, "no_answer", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := press(t, testPlan(), place([]int{1}, "a"))
			r.now = t0 + 60*second
			by := func(s said) command.Who {
				if s.boss {
					return boss
				}
				return responder("a")
			}
			for _, s := range tt.before {
				r.report(by(s), "h11", s.state, t0+s.at*second)
			}
			v := r.report(by(tt.report), "h11", tt.report.state, t0+tt.report.at*second)
			if v.State != tt.counts || v.Contested != tt.contested {
				t.Errorf("%v after %v: %s counts, contested %v; want %s, %v", tt.report, tt.before, v.State, v.Contested, tt.counts, tt.contested)
			}
			if got := r.state.View(r.now).Households[tt.counts]; got != 1 {
				t.Errorf("%d households are %s", got, tt.counts)
			}
		})
	}
}

func TestAReportIsAnsweredOnceAndForAll(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2}, "a", "b"))
	first := command.Report{Who: responder("a"), Household: "h11", ID: "x", State: "knocked", At: t0 + 999*second, Note: "王 is ill"}
	r.at(5_000)
	events := r.do(first)
	if len(events) != 1 || events[0].SaidAt != t0+999*second || events[0].At != r.now || events[0].Sealed == "" {
		t.Fatalf("a clock that is ahead is kept as %+v", events)
	}
	want, _ := r.state.Report("x")
	first.State, first.Household = "left", "h12"
	if again := r.do(first); len(again) != 0 {
		t.Errorf("the same id again is %d lines", len(again))
	}
	if got, _ := r.state.Report("x"); got != want {
		t.Errorf("the answer has become %+v, was %+v", got, want)
	}
	r.refused(command.Report{Who: responder("a"), Household: "h99", ID: "y", State: "left"}, fault.NotFound)
	r.refused(command.Report{Who: responder("z"), Household: "h11", ID: "y", State: "left"}, fault.Forbidden)
	r.refused(command.Report{Who: responder("b"), Household: "h11", ID: "y", State: "left"}, fault.Forbidden)
	r.refused(command.Report{Who: responder("a"), Household: "h11", ID: "", State: "left"}, fault.Invalid)
	r.refused(command.Report{Who: responder("a"), Household: "h11", ID: "y", State: "asleep"}, fault.Invalid)
	r.do(command.StandDown{Who: boss, Reason: "x"})
	r.do(command.Report{Who: responder("a"), Household: "h11", ID: "late", State: "left"})
	r.do(command.Close{Who: boss, Reason: "x"})
	r.refused(command.Report{Who: responder("a"), Household: "h11", ID: "later", State: "left"}, fault.Conflict)
	if again := r.do(command.Report{Who: responder("a"), Household: "h11", ID: "late", State: "left"}); len(again) != 0 {
		t.Errorf("a known id after the end is %d lines", len(again))
	}
}

func TestADeliveredMessageNotifies(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2}, "a"))
	for _, m := range r.state.Messages() {
		if m.To == "h11" {
			r.do(command.Receipt{Who: command.Who{By: "channel:sms"}, Message: m.ID, State: "delivered"})
		}
	}
	h := r.state.Households(nil)
	if h[0].State != "notified" || h[0].At != nil || h[1].State != "pending" {
		t.Errorf("households are %s at %v and %s", h[0].State, h[0].At, h[1].State)
	}
	if v := r.report(responder("a"), "h11", "left", t0-99*second); v.Contested || v.State != "left" {
		t.Errorf("a report from before the message: %+v", v)
	}
}

func TestAUnitIsSigned(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{1, 1}, "a:0", "b:1"))
	sign := func(who command.Who) command.Sign { return command.Sign{Who: who, Unit: "e/1/1"} }
	r.refused(sign(responder("a")), fault.Conflict)
	r.report(responder("b"), "h11", "left", 0)
	r.refused(sign(responder("b")), fault.Forbidden)
	r.refused(command.Sign{Who: boss, Unit: "e/1/9"}, fault.NotFound)
	r.at(5_000).do(sign(responder("a")))
	if again := r.at(9_000).do(sign(boss)); len(again) != 0 {
		t.Errorf("signing again is %d lines", len(again))
	}
	if got, _ := r.state.Signature("e/1/1"); got.By != "responder:a" || got.At != t0+5_000 {
		t.Errorf("signed %+v", got)
	}
	r.report(boss, "h11", "no_answer", 0)
	if _, signed := r.state.Signature("e/1/1"); signed || r.state.View(r.now).Signed != 0 {
		t.Error("the commander has opened a household, and the unit is still signed")
	}
}

func TestMilestonesAreReachedAndLost(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{5, 5}, "a", "b"))
	id := func(i int) string { return fmt.Sprintf("h%d%d", 1+i/5, 1+i%5) }
	for i := range 10 {
		r.at(int64(i+1)*second).report(boss, id(i), "left", 0)
	}
	if got, want := r.milestones(), "T0+0 T3+1 T4+5 T5+9 T6+10"; got != want {
		t.Fatalf("milestones %s, want %s", got, want)
	}
	r.at(20_000).do(command.Sign{Who: boss, Unit: "e/1/1"})
	r.at(21_000).do(command.Sign{Who: boss, Unit: "e/1/2"})
	r.at(30_000).report(boss, id(0), "no_answer", 0)
	if got, want := r.milestones(), "T0+0 T3+1 T4+5 T5+9"; got != want {
		t.Errorf("after a household was opened: %s, want %s", got, want)
	}
	r.at(40_000).report(responder("a"), id(0), "helped", 0)
	r.at(41_000).do(command.Sign{Who: boss, Unit: "e/1/1"})
	if got, want := r.milestones(), "T0+0 T3+1 T4+5 T5+9 T6+40 T7+41"; got != want {
		t.Errorf("after it is out again: %s, want %s", got, want)
	}
	for i := range 10 {
		r.at(50_000).do(command.Arrive{Who: responder("b"), ID: id(i), Household: id(i), State: "self_settled", Persons: 2})
	}
	r.at(60_000).do(command.StandDown{Who: boss, Reason: "x"})
	r.at(61_000).do(command.Return{Who: boss, Reason: "x"})
	if got, want := r.milestones(), "T0+0 T3+1 T4+5 T5+9 T6+40 T7+41 T8+50 T9+60 T10+61"; got != want {
		t.Errorf("at the end: %s, want %s", got, want)
	}
	r.refused(command.Return{Who: boss, Reason: "x"}, fault.Conflict)
	lines := 0
	for _, e := range r.events {
		if e.Kind == command.Reached {
			lines++
		}
	}
	if lines != 9+2+2 { // all but T1 and T2; two were lost, and reached again
		t.Errorf("%d lines of milestones, want 13", lines)
	}
}

func TestPeopleAreCountedOnce(t *testing.T) {
	t.Parallel()
	s := place([]int{1}, "a")
	s.Homes[0].Residents = 3
	s.Shelters = []household.Shelter{{ID: "school"}}
	r := press(t, testPlan(), s)
	n := 0
	arrive := func(state, shelter string, persons int) {
		n++
		r.do(command.Arrive{Who: responder("a"), ID: fmt.Sprint(n), Household: "h11", Shelter: shelter, State: state, Persons: persons})
	}
	want := func(in, settled, missing int) {
		t.Helper()
		if got := r.state.View(r.now).Residents; got != (command.Residents{Total: 3, CheckedIn: in, Settled: settled, Missing: missing}) {
			t.Errorf("after %d check-ins: %+v, want %d, %d, %d", n, got, in, settled, missing)
		}
	}
	arrive("checked_in", "school", 1)
	want(1, 0, 0)
	arrive("missing", "", 2)
	want(1, 0, 2)
	arrive("self_settled", "", 1) // one of the missing
	want(1, 1, 1)
	arrive("checked_in", "school", 4) // with guests
	want(3, 0, 0)
	if got := r.state.AtShelter()["school"]; got != 5 {
		t.Errorf("%d persons are at the shelter, want 5", got)
	}
	r.refused(command.Arrive{Who: responder("a"), ID: "x", Household: "h11", Shelter: "inside", State: "checked_in", Persons: 1}, fault.NotFound)
	r.refused(command.Arrive{Who: responder("a"), ID: "x", Household: "h11", State: "asleep", Persons: 1}, fault.Invalid)
	r.refused(command.Arrive{Who: responder("a"), ID: "x", Household: "h11", State: "missing"}, fault.Invalid)
}

package command_test

import (
	"fmt"
	"strings"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/plan"
)

func (r *run) unreachable() string { return strings.Join(r.state.View(r.now).Unreachable, " ") }

func TestDeputiesAreCalledToTheSecond(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2, 1}, "a:0", "b:1", "c:0", "d:0"))
	r.wantTasks("a queued h11,h12; b queued h21")
	r.yes("b")
	r.at(59_999).wantTasks("a queued h11,h12; b acknowledged h21")
	if next := r.state.Next(r.now); next != t0+60_000 {
		t.Errorf("the next thing is due at +%d ms, want +60000", next-t0)
	}
	r.at(60_000).wantTasks("a no_answer ; b acknowledged h21; c queued h11,h12")
	if got := r.unreachable(); got != "a" {
		t.Errorf("unreachable: %q, want a", got)
	}
	m := r.state.Messages()
	last := m[len(m)-2:]
	if last[0].To != "c" || last[0].Due != t0+60_000 || last[1].Channel != plan.SMS || last[1].Due != t0+75_000 {
		t.Errorf("the deputy is called by %+v", last)
	}
	r.at(119_999).wantTasks("a no_answer ; b acknowledged h21; c queued h11,h12")
	r.at(120_000).wantTasks("a no_answer ; b acknowledged h21; c no_answer ; d queued h11,h12")
	r.at(180_000).wantTasks("a no_answer ; b acknowledged h21; c no_answer ; d no_answer h11,h12")
	if got := r.unreachable(); got != "a c d" {
		t.Errorf("unreachable: %q, want a c d", got)
	}
	n := len(r.events)
	r.at(600_000)
	if len(r.events) != n {
		t.Errorf("after the last deputy %d more lines are written", len(r.events)-n)
	}
	r.yes("d") // they are still his
	r.wantTasks("a no_answer ; b acknowledged h21; c no_answer ; d acknowledged h11,h12")
	r.yes("a") // too late: they are not
	r.wantTasks("a no_answer ; b acknowledged h21; c no_answer ; d acknowledged h11,h12")
	if got, _ := r.state.Answered("t001"); got.Answer != "yes" || !got.Late || got.State != "no_answer" {
		t.Errorf("the late answer is %+v", got)
	}
	if got := r.unreachable(); got != "c" {
		t.Errorf("unreachable: %q, want c", got)
	}
}

func TestADeputyWithATaskAnswersForWhatWasAdded(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{1, 1}, "a", "b"))
	r.yes("b")
	r.at(60_000).wantTasks("a no_answer ; b acknowledged h11,h21")
	if got := r.unreachable(); got != "a" {
		t.Errorf("unreachable: %q, want a", got)
	}
	events := r.do(command.Acknowledge{Who: responder("b"), Task: "t002", Answer: "yes"})
	if len(events) != 1 {
		t.Errorf("the answer for what was added is %d lines, want 1", len(events))
	}
	if again := r.do(command.Acknowledge{Who: responder("b"), Task: "t002", Answer: "yes"}); len(again) != 0 {
		t.Errorf("the same answer again is %d lines, want none", len(again))
	}
	r.at(200_000).wantTasks("a no_answer ; b acknowledged h11,h21")
}

func TestWhoIsSilentAtTheSameTimeIsNobodysDeputy(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{1, 1, 1}, "a", "b", "c"))
	r.yes("c")
	r.at(60_000).wantTasks("a no_answer ; b no_answer ; c acknowledged h11,h21,h31")
}

func TestWhoCannotIsReplacedAtOnce(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2}, "a", "b", "c"))
	r.at(5_000)
	r.do(command.Acknowledge{Who: responder("a"), Task: "t001", Answer: "cannot"})
	r.wantTasks("a cannot ; b queued h11,h12")
	if got := r.unreachable(); got != "" {
		t.Errorf("unreachable: %q, want nobody: he has answered", got)
	}
	r.at(64_999).wantTasks("a cannot ; b queued h11,h12")
	r.at(65_000).wantTasks("a cannot ; b no_answer ; c queued h11,h12")
	r.do(command.Acknowledge{Who: responder("a"), Task: "t001", Answer: "yes"}) // changes his mind
	r.wantTasks("a acknowledged ; b no_answer ; c queued h11,h12")
}

func TestWithoutADeputyTheHouseholdsStay(t *testing.T) {
	t.Parallel()
	p := testPlan()
	p.Roles = append(p.Roles, plan.Role{ID: "guard", Per: plan.Whole, Count: 1, Deputies: 2})
	r := press(t, p, place([]int{1}, "a", "guard/g", "guard/h"))
	r.at(60_000).wantTasks("g no_answer ; a no_answer h11; h queued ")
	r.do(command.StandDown{Who: boss, Reason: "x"})
	r.wantTasks("g done ; a no_answer h11; h done ")
}

func TestOnlyWhoSaidSoHasAcknowledgedAndOnlyWhoNeverSpokeIsUnreachable(t *testing.T) {
	t.Parallel()
	p := testPlan()
	p.Roles = append(p.Roles, plan.Role{ID: "guard", Per: plan.Whole, Count: 1})
	r := press(t, p, place([]int{1, 1}, "a", "b", "guard/g"))
	r.yes("a")
	r.report(responder("b"), "h21", command.Left, r.now) // without a word that he comes
	r.at(60_000)
	if got := r.unreachable(); got != "g" {
		t.Errorf("unreachable: %q, want g: b has reported", got)
	}
	r.do(command.StandDown{Who: boss, Reason: "x"})
	v := r.state.View(r.now)
	if v.Acknowledged != 1 || v.Tasks["done"] != 2 {
		t.Errorf("%d have acknowledged, tasks %v, want 1 (a) while b and g are done", v.Acknowledged, v.Tasks)
	}
	r.yes("g")
	if v = r.state.View(r.now); v.Acknowledged != 2 || len(v.Unreachable) != 0 {
		t.Errorf("after a late yes %d have acknowledged, unreachable %v", v.Acknowledged, v.Unreachable)
	}
}

func TestWhileHeldNobodyIsCalled(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{1}, "a", "b"))
	r.at(10_000).do(command.Pause{Who: boss, Reason: "wait"})
	if due := r.state.Due(r.now); len(due) != 0 {
		t.Errorf("while held %d messages are due", len(due))
	}
	r.at(100_000).wantTasks("a queued h11")
	r.refused(command.Pause{Who: boss, Reason: "again"}, fault.Conflict)
	r.do(command.Resume{Who: boss, Reason: "on"})
	r.at(149_999).wantTasks("a queued h11") // 50 s were left
	r.at(150_000).wantTasks("a no_answer ; b queued h11")
}

func TestWhoCannotWhileHeldIsReplacedAfterwards(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{1}, "a", "b"))
	r.at(1_000).do(command.Pause{Who: boss, Reason: "wait"})
	r.do(command.Acknowledge{Who: responder("a"), Task: "t001", Answer: "cannot"})
	r.wantTasks("a cannot h11")
	r.at(2_000).do(command.Resume{Who: boss, Reason: "on"})
	r.at(2_001).wantTasks("a cannot ; b queued h11")
}

func TestTheHelperWhoTakesOverIsReplaced(t *testing.T) {
	t.Parallel()
	s := place([]int{1, 1, 1}, "a", "b", "c")
	s.Homes[0].Needs = []string{"oxygen"}
	r := press(t, testPlan(), s)
	r.yes("b")
	r.yes("c")
	r.at(60_000)
	h := r.state.Households(nil)[0]
	if *h.Task == "t001" || h.Helper == nil || *h.Helper == *h.Task || *h.Helper == "t001" {
		t.Errorf("the household has %v and the helper %v", *h.Task, h.Helper)
	}
}

func TestALadderStopsWhenSomebodyAnswersAndGoesOnWhenARungFails(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{1, 1}, "a", "b"))
	state := func() string {
		var list []string
		for _, m := range r.state.Messages() {
			if m.Audience == string(plan.Responders) {
				list = append(list, fmt.Sprintf("%s %s %s+%d", m.To, m.Channel, m.State, (m.Due-t0)/1000))
			}
		}
		return strings.Join(list, ", ")
	}
	if got, want := state(), "a app queued+0, a sms queued+15, b app queued+0, b sms queued+15"; got != want {
		t.Errorf("messages %s, want %s", got, want)
	}
	gate := command.Who{By: "channel:app"}
	r.at(1_000)
	r.do(command.Receipt{Who: gate, Message: "c1-m1", State: "delivered"})
	r.do(command.Receipt{Who: gate, Message: "c1-m3", State: "failed", Detail: "gone"})
	r.yes("a")
	if got, want := state(), "a app delivered+0, a sms cancelled+15, b app failed+0, b sms queued+1"; got != want {
		t.Errorf("messages %s, want %s", got, want)
	}
	if again := r.do(command.Receipt{Who: gate, Message: "c1-m1", State: "sent"}); len(again) != 0 {
		t.Errorf("a receipt that brings nothing new is %d lines", len(again))
	}
	r.refused(command.Receipt{Who: gate, Message: "nobody's", State: "sent"}, fault.NotFound)
	r.wantTasks("a acknowledged h11; b queued h21")
	if got, want := r.milestones(), "T0+0 T1+1 T2+1"; got != want {
		t.Errorf("milestones %s, want %s", got, want)
	}
}

func TestASecondPerson(t *testing.T) {
	t.Parallel()
	li := command.Who{By: "user:li", Commander: true}
	alert := func(r *run) int64 {
		for _, m := range r.state.Messages() {
			if m.Audience == string(plan.Inhabitants) {
				return (m.Due - t0) / second
			}
		}
		return -1
	}
	two := func(s plan.SecondPerson) *run {
		p := testPlan()
		p.SecondPerson = s
		return press(t, p, place([]int{1}, "a", "b"))
	}
	r := two(plan.None)
	r.refused(command.Confirm{Who: li}, fault.Conflict)
	if got := alert(r); got != 0 {
		t.Errorf("residents hear at +%d s, want at once", got)
	}

	r = two(plan.Residents)
	if got := alert(r); got != 60 || r.tasks() != "a queued h11" {
		t.Errorf("residents hear at +%d s, want 60; tasks %s", got, r.tasks())
	}
	r.refused(command.Confirm{Who: boss}, fault.Forbidden)
	r.at(20_000).do(command.Confirm{Who: li})
	if got := alert(r); got != 20 {
		t.Errorf("after the second person's word residents hear at +%d s, want 20", got)
	}

	r = two(plan.All)
	if v := r.state.View(r.now); v.State != command.Waiting || v.Milestones["T0"] != nil || r.tasks() != "" || v.Total != 1 || len(r.state.Due(r.now+99*second)) > 0 {
		t.Errorf("before the second person: %+v, tasks %s", v, r.tasks())
	}
	r.at(30_000).do(command.Confirm{Who: li})
	if got := r.milestones(); got != "T0+30" || r.tasks() != "a queued h11" || alert(r) != 30 {
		t.Errorf("after the second person: %s, %s, alert +%d", got, r.tasks(), alert(r))
	}
	r.at(89_999).wantTasks("a queued h11")
	r.at(90_000).wantTasks("a no_answer ; b queued h11")

	r = two(plan.All)
	if next := r.state.Next(r.now); next != t0+60_000 {
		t.Errorf("it lapses at +%d", next-t0)
	}
	r.at(60_000)
	if v := r.state.View(r.now); v.State != command.Finished || v.Milestones["T0"] != nil {
		t.Errorf("after a minute: %+v", v)
	}
	r.refused(command.Confirm{Who: li}, fault.Conflict)
}

func TestACommandThatIsResumedKeepsItsRates(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{100}, "a"))
	r.at(500).do(command.Pause{Who: boss, Reason: "x"})
	r.at(10_500).do(command.Resume{Who: boss, Reason: "x"})
	late := 0
	for _, m := range r.state.Messages() {
		if m.Audience == string(plan.Inhabitants) && m.Due > t0+10*second {
			late++
		}
	}
	if late != 74 { // those of the first half second, its end included, were due before
		t.Errorf("%d of 100 messages were moved, want 74", late)
	}
}

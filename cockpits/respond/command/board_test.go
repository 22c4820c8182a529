package command_test

import (
	"fmt"
	"strings"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/plan"
)

func TestTheTimelineTellsWhatHappenedAndNamesNobody(t *testing.T) {
	t.Parallel()
	p := testPlan()
	p.Steps = []plan.Step{{ID: "gas", Name: "关阀", Role: "sweeper", Due: plan.Span(second * 1_000_000)}}
	r := press(t, p, place([]int{2, 1}, "a:0", "b:1", "c"))
	r.yes("a")
	r.do(command.Report{Who: responder("a"), Household: "h11", ID: "1", State: command.NeedHelp, Note: "王安 needs a chair"})
	r.do(command.Report{Who: responder("a"), Household: "h11", ID: "2", State: command.Helped})
	r.do(command.Report{Who: responder("b"), Household: "h11", ID: "3", State: command.Left, At: t0 - 1})
	r.do(command.Call{Who: boss, Step: "gas", Reason: "王安 turned it"})
	r.do(command.Pause{Who: boss, Reason: "smoke at 王安's"})
	r.do(command.Resume{Who: boss, Reason: "on"})
	r.at(60 * second)
	var zh, en []string
	for _, m := range r.state.Board(r.now).Timeline {
		zh, en = append(zh, m.Text), append(en, m.TextEn)
	}
	all := strings.Join(zh, "|") + "\n" + strings.Join(en, "|")
	for _, want := range []string{"溃坝启动：3 户", "首个签收", "e/1/1 一户需协助", "首户撤离", "一户说法不一", "步骤完成：关阀", "指挥暂停", "指挥继续", "未应答", "no answer", "first household out"} {
		if !strings.Contains(all, want) {
			t.Errorf("the timeline does not say %q:\n%s", want, all)
		}
	}
	if strings.Contains(all, "王安") || strings.Contains(all, "h11") {
		t.Errorf("the timeline names somebody:\n%s", all)
	}
	if len(zh) != len(en) || strings.Contains(all, "||") {
		t.Errorf("a line lacks a language:\n%s", all)
	}
}

func TestWhatWasSeenLongBeforeItArrivesHasBothClocks(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{3, 1}, "a:0", "b:1"))
	r.yes("a")
	r.yes("b")
	said := func(at int64, home, id, state string) {
		r.do(command.Report{Who: responder("a"), Household: home, ID: id, State: state, At: at})
	}
	r.at(400 * second)
	said(t0+100*second, "h11", "1", command.Left)
	said(t0+110*second, "h12", "2", command.Knocked)
	said(t0+399*second, "h13", "3", command.Left) // as good as at once
	said(t0+120*second, "h21", "4", command.NeedHelp)
	got := ""
	for _, m := range r.state.Board(r.now).Timeline {
		if m.SeenAt != 0 {
			got += fmt.Sprintf("%s +%d seen +%d; ", m.Text, (m.At-t0)/second, (m.SeenAt-t0)/second)
		}
	}
	if want := "e/1/2 一户需协助 +400 seen +120; e/1/1 补报 2 条 +400 seen +100; "; got != want {
		t.Errorf("the timeline says %s, want %s", got, want)
	}
	h := r.state.Households(nil)[0]
	if h.State != command.Left || *h.At != t0+100*second || *h.ReceivedAt != t0+400*second {
		t.Errorf("the household is %s, seen at +%d, heard of at +%d", h.State, (*h.At-t0)/second, (*h.ReceivedAt-t0)/second)
	}
}

func TestTheVersionOfATaskGrowsWithWhatConcernsIt(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2, 2}, "a:0", "b:1"))
	version := func(who string) int64 {
		for _, m := range r.state.Board(r.now).Tasks {
			if m.Responder == who {
				return m.Version
			}
		}
		t.Fatalf("%s has no task", who)
		return 0
	}
	steps := []struct {
		what string
		in   command.Intent
		a, b bool
	}{
		{"his answer", command.Acknowledge{Who: responder("a"), Task: first(r, "a"), Answer: "yes"}, true, false},
		{"a report of another at his door", command.Report{Who: responder("b"), Household: "h11", ID: "1", State: command.Left}, true, false},
		{"a report at another's door", command.Report{Who: responder("b"), Household: "h21", ID: "2", State: command.Left}, false, true},
		{"a broadcast", command.Broadcast{Who: boss, Reason: "r", Audience: plan.Responders, Text: "hurry"}, true, true},
		{"another responder's doors for him", command.Reassign{Who: boss, Reason: "r", Task: first(r, "b"), To: "a"}, true, true},
		{"the end", command.StandDown{Who: boss, Reason: "r"}, true, true},
	}
	for _, s := range steps {
		a, b := version("a"), version("b")
		r.do(s.in)
		if version("a") > a != s.a || version("b") > b != s.b {
			t.Errorf("%s: a's version grew: %v, b's: %v; want %v and %v", s.what, version("a") > a, version("b") > b, s.a, s.b)
		}
	}
}

func first(r *run, who string) string {
	task, _ := r.state.Calls(who)
	return task
}

func TestThePaceOfALongCommandHasFewPoints(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{400}, "a"))
	r.yes("a")
	for i := range 400 {
		r.now = t0 + int64(i)*37*second
		r.do(command.Report{Who: responder("a"), Household: fmt.Sprintf("h1%d", i+1), ID: fmt.Sprint(i), State: command.Left})
	}
	pace := r.state.Board(r.now).Pace
	if n := len(pace); n < 40 || n > 120 {
		t.Errorf("%d points", n)
	}
	if pace[0].Out != 400 || pace[0].At != r.now || pace[len(pace)-1].Since != 0 {
		t.Errorf("it goes from %+v to %+v", pace[len(pace)-1], pace[0])
	}
}

func TestStepsAndLessons(t *testing.T) {
	t.Parallel()
	p := testPlan()
	p.Steps = []plan.Step{{ID: "gas", Name: "关阀", Due: plan.Span(120 * 1_000_000_000)}, {ID: "road", Name: "封路", Due: plan.Span(60 * 1_000_000_000)}}
	r := press(t, p, place([]int{1}, "a"))
	r.refused(command.Call{Who: boss, Step: "none", Reason: "r"}, fault.NotFound)
	r.refused(command.Call{Who: boss, Step: "gas"}, fault.Invalid)
	r.at(61 * second).do(command.Call{Who: boss, Step: "gas", Reason: "shut"})
	steps := r.state.Steps(r.now)
	if steps[0].Late || steps[0].DoneAt == nil || !steps[1].Late || steps[1].DoneAt != nil {
		t.Errorf("after a minute: %+v", steps)
	}
	if again := r.do(command.Call{Who: boss, Step: "gas", Reason: "again"}); len(again) != 0 {
		t.Errorf("a step that is called again leaves %d lines", len(again))
	}
	r.do(command.StandDown{Who: boss, Reason: "over"})
	r.do(command.Close{Who: boss, Reason: "over"})
	r.refused(command.Call{Who: boss, Step: "road", Reason: "r"}, fault.Conflict)
	for name, tt := range map[string]struct {
		lesson command.Lesson
		want   fault.Kind
	}{
		"without an id": {command.Lesson{Kind: command.Problem, Text: "x"}, fault.Invalid},
		"of no kind":    {command.Lesson{ID: "1", Kind: "song", Text: "x"}, fault.Invalid},
		"without words": {command.Lesson{ID: "1", Kind: command.Action}, fault.Invalid},
		"too long":      {command.Lesson{ID: "1", Kind: command.Action, Text: strings.Repeat("x", 3000)}, fault.Invalid},
	} {
		if err := r.try(command.Learn{Who: boss, Lesson: tt.lesson}); err == nil {
			t.Errorf("a lesson %s is taken", name)
		}
	}
	r.do(command.Learn{Who: boss, Lesson: command.Lesson{ID: "1", Kind: command.Insight, Text: "早点名"}})
	if again := r.do(command.Learn{Who: boss, Lesson: command.Lesson{ID: "1", Kind: command.Insight, Text: "晚点名"}}); len(again) != 0 {
		t.Error("the same lesson is kept twice")
	}
	if l := r.state.Lessons(); len(l) != 1 || l[0].Text != "早点名" || l[0].By != boss.By {
		t.Errorf("the lessons: %+v", l)
	}
}

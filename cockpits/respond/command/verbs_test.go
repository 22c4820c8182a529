package command_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

func TestAVerbNeedsAReasonAndItsState(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{1}, "a"))
	for _, in := range []command.Intent{
		command.Pause{Who: boss}, command.HandOver{Who: boss, To: "li"}, command.StandDown{Who: boss}, command.Close{Who: boss},
		command.Widen{Who: boss}, command.Reassign{Who: boss}, command.Broadcast{Who: boss, Audience: plan.Responders, Text: "x"},
	} {
		r.refused(in, fault.Invalid)
	}
	r.refused(command.Resume{Who: boss, Reason: "x"}, fault.Conflict)
	r.refused(command.Close{Who: boss, Reason: "x"}, fault.Conflict)
	r.refused(command.Return{Who: boss, Reason: "x"}, fault.Conflict)
	r.do(command.HandOver{Who: boss, Reason: "shift", To: "user:li"})
	r.do(command.Join{Who: command.Who{By: "user:zhao"}, Reason: "x"})
	if r.state.Leader != "user:li" || len(r.state.With) != 1 {
		t.Errorf("led by %s with %v", r.state.Leader, r.state.With)
	}
	r.do(command.StandDown{Who: boss, Reason: "x"})
	r.refused(command.StandDown{Who: boss, Reason: "x"}, fault.Conflict)
	r.refused(command.Pause{Who: boss, Reason: "x"}, fault.Conflict)
	r.do(command.Close{Who: boss, Reason: "x"})
	r.refused(command.Close{Who: boss, Reason: "x"}, fault.Conflict)
	if _, err := command.Decide(&command.State{}, command.Tick{}, t0); err == nil {
		t.Error("a command that never was has a time")
	}
}

func TestStandingDownReachesExactlyWhoWasReached(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2}, "a"))
	gate := command.Who{By: "channel:x"}
	r.do(command.Receipt{Who: gate, Message: "c1-m1", State: "seen"})
	for _, m := range r.state.Messages() {
		if m.To == "h12" {
			r.do(command.Receipt{Who: gate, Message: m.ID, State: "sent"})
		}
	}
	r.at(9_000).do(command.StandDown{Who: boss, Reason: "over"})
	got := ""
	for _, m := range r.state.Due(r.now) {
		got += fmt.Sprintf("%s %s %s; ", m.To, m.Channel, m.Purpose)
	}
	if want := "a app stand_down; h12 sms stand_down; "; got != want {
		t.Errorf("due after the end: %s, want %s", got, want)
	}
	to, _ := r.state.Recipient(r.state.Due(r.now)[1].ID, "")
	if to.Zh != "完" || to.Address != "100" {
		t.Errorf("the household gets %+v", to)
	}
}

func TestWhoseMessageWasOnItsWayAtTheEndIsToldToo(t *testing.T) {
	t.Parallel()
	gate := command.Who{By: "channel:sms"}
	for name, tt := range map[string]struct {
		end   command.Intent
		state string
		want  string
	}{
		"the end":                        {command.StandDown{Who: boss, Reason: "over"}, "sent", "h11 stand_down"},
		"a correction at the end":        {command.StandDown{Who: boss, Reason: "false", Correction: true}, "sent", "h11 correction"},
		"a correction":                   {command.Broadcast{Who: boss, Reason: "false", Audience: plan.Inhabitants, Correction: true}, "sent", "h11 correction"},
		"a receipt that tells of both":   {command.StandDown{Who: boss, Reason: "over"}, "delivered", "h11 stand_down"},
		"it did not arrive, nobody told": {command.StandDown{Who: boss, Reason: "over"}, "failed", ""},
	} {
		r := press(t, testPlan(), place([]int{1}, "a"))
		var alert string
		for _, m := range r.state.Messages() {
			if m.To == "h11" {
				alert = m.ID
			}
		}
		r.at(100).do(tt.end) // the provider has been asked, and hasn't answered
		for range 2 {        // it may say so twice
			r.at(900).do(command.Receipt{Who: gate, Message: alert, State: tt.state})
		}
		var told []string
		for _, m := range r.state.Messages() {
			if m.To == "h11" && m.ID != alert {
				told = append(told, m.To+" "+string(m.Kind))
			}
		}
		if got := strings.Join(told, ", "); got != tt.want {
			t.Errorf("%s: then %q, want %q", name, got, tt.want)
		}
	}
}

func TestACorrectionOvertakesWhatItCorrects(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2}, "a"))
	for _, m := range r.state.Messages() {
		if m.To == "h11" {
			r.do(command.Receipt{Who: command.Who{By: "channel:sms"}, Message: m.ID, State: "sent"})
		}
	}
	r.do(command.Broadcast{Who: boss, Reason: "false", Audience: plan.Inhabitants, Correction: true})
	got := ""
	for _, m := range r.state.Messages() {
		if m.Audience == "residents" {
			got += fmt.Sprintf("%s %s %s; ", m.To, m.Kind, m.State)
		}
	}
	if want := "h11 alert sent; h12 alert cancelled; h11 correction queued; "; got != want {
		t.Errorf("messages %s, want %s", got, want)
	}
	r.do(command.Broadcast{Who: boss, Reason: "x", Audience: plan.Inhabitants, Text: "集合点改到学校"})
	last := r.state.Messages()[len(r.state.Messages())-1]
	to, _ := r.state.Recipient(last.ID, "")
	if to.Zh != "集合点改到学校" || last.To != "h12" {
		t.Errorf("the last broadcast says %q to %s", to.Zh, last.To)
	}
	r.refused(command.Broadcast{Who: boss, Reason: "x", Audience: plan.Inhabitants, Text: "这不是演习"}, fault.Invalid)
	r.refused(command.Broadcast{Who: boss, Reason: "x", Audience: "all", Text: "x"}, fault.Invalid)
}

func TestHouseholdsAreGivenToAnother(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2, 2}, "a:0", "b:1", "c"))
	r.yes("a")
	give := func(to string, homes ...string) command.Reassign {
		return command.Reassign{Who: boss, Reason: "x", Households: homes, To: to}
	}
	r.do(give("b", "h11"))
	r.wantTasks("a acknowledged h12; b queued h11,h21,h22")
	if again := r.do(give("b", "h11")); len(again) != 0 {
		t.Errorf("giving what is his already is %d lines", len(again))
	}
	r.do(give("c", "h12"))
	r.wantTasks("a acknowledged ; b queued h11,h21,h22; c queued h12")
	r.do(command.Reassign{Who: boss, Reason: "x", Task: "t002", To: "a"})
	r.wantTasks("a acknowledged h11,h21,h22; b queued ; c queued h12")
	r.refused(give("nobody", "h11"), fault.NotFound)
	r.refused(give("a", "h99"), fault.NotFound)
	r.refused(command.Reassign{Who: boss, Reason: "x", Task: "t9", To: "a"}, fault.NotFound)
	r.refused(command.Reassign{Who: boss, Reason: "x", To: "a"}, fault.Invalid)
	extra := &household.Person{Responder: household.Responder{ID: "new", Roles: []string{"cook"}, Phone: "7"}}
	x := give("new", "h11")
	x.Extra = extra
	r.do(x)
	r.wantTasks("a acknowledged h21,h22; b queued ; c queued h12; new queued h11")
	r.at(60_000).wantTasks("a acknowledged h21,h22; b queued ; c no_answer h12; new no_answer h11")
}

func TestAZoneGrows(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2}, "a:0", "b"))
	r.yes("a")
	more := place([]int{2, 2, 1}, "a:0", "b", "c:1")
	more.Zone.Areas = []string{"wider"}
	r.at(5_000).do(command.Widen{Who: boss, Reason: "it spreads", Survey: more, Area: "town"})
	r.wantTasks("a acknowledged h11,h12; c queued h21,h22; b queued h31")
	v := r.state.View(r.now)
	if v.Total != 5 || v.Units != 3 || v.Area != "town" || len(v.Added) != 1 || v.Residents.Total != 10 {
		t.Errorf("the wider command is %+v", v)
	}
	r.refused(command.Widen{Who: boss, Reason: "x", Survey: more}, fault.Invalid)
	again := place([]int{3, 2, 1}, "a:0")
	r.do(command.Widen{Who: boss, Reason: "one more", Survey: again})
	if h := r.state.Households(nil); len(h) != 6 || h[5].ID != "h13" || h[5].Task == nil {
		t.Errorf("after one more: %+v", h[5])
	}
	alerts := 0
	for _, m := range r.state.Messages() {
		if m.Kind == command.ForAlert {
			alerts++
		}
	}
	if alerts != 6 {
		t.Errorf("%d households are messaged, want 6", alerts)
	}
}

func TestTheLedgerProvesItself(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2}, "a"))
	r.yes("a")
	r.do(command.Report{Who: responder("a"), Household: "h11", ID: "x", State: "left", Note: "secret note"})
	hash := ""
	var read []command.Event
	for i := range r.events {
		line := r.events[i].Line()
		hash = command.Hash(hash, line)
		sent := command.Sealed(line, hash)
		if !strings.HasSuffix(sent, `,"hash":"`+hash+`"}`) || !json.Valid([]byte(sent)) || !strings.HasPrefix(sent, fmt.Sprintf(`{"n":%d,"at":`, i+1)) {
			t.Fatalf("line %d is sent as %s", i+1, sent)
		}
		for _, personal := range []string{"王安", "secret note", `"100"`} {
			if strings.Contains(sent, personal) || strings.Contains(string(r.events[i].Body), personal) {
				t.Errorf("line %d, or what is kept beside it for ever, holds %q", i+1, personal)
			}
		}
		e, err := command.Parse([]byte(sent), r.events[i].Body, r.events[i].Private)
		if err != nil {
			t.Fatal(err)
		}
		if string(e.Line()) != string(line) {
			t.Errorf("line %d is read as\n%s\nwas\n%s", i+1, e.Line(), line)
		}
		read = append(read, e)
	}
	again, err := command.Fold(read)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprintf("%+v", again.View(r.now)), fmt.Sprintf("%+v", r.state.View(r.now)); stripPointers(got) != stripPointers(want) {
		t.Errorf("read again it is\n%s\nwas\n%s", got, want)
	}
	if _, err := command.Parse(r.events[0].Line(), []byte(`{}`), nil); err == nil {
		t.Error("a list that was changed beside its line is taken")
	}
	for i := range read {
		read[i].Private = nil // deleted by rule
	}
	bare, err := command.Fold(read)
	if err != nil {
		t.Fatal(err)
	}
	if h := bare.Households(func(string) bool { return true })[0]; h.ContactName != "" || h.State != "left" {
		t.Errorf("after what is personal was deleted: %+v", h)
	}
}

// stripPointers takes addresses out of a printed value.
func stripPointers(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "0x")
		if i < 0 {
			return b.String() + s
		}
		b.WriteString(s[:i])
		s = strings.TrimLeft(s[i+2:], "0123456789abcdef")
	}
}

func TestAnExerciseReachesNobody(t *testing.T) {
	t.Parallel()
	p, s := testPlan(), place([]int{1}, "a")
	r := &run{t: t, state: &command.State{}, now: t0}
	r.do(command.Launch{Who: boss, ID: "d", Plan: p, Survey: s, Rates: rates(), Exercise: true, Revision: command.Revision(p, s)})
	for _, m := range r.state.Messages() {
		to, _ := r.state.Recipient(m.ID, "https://example.cn/field#1")
		if to.Address != "" || to.Phone != "" || !strings.HasPrefix(to.Zh, "【演练】") {
			t.Errorf("message %s of an exercise goes to %q and says %q", m.ID, to.Address, to.Zh)
		}
	}
	r = press(t, p, s)
	to, _ := r.state.Recipient("c1-m1", "")
	if to.Zh != "去1：1户" {
		t.Errorf("the task says %q", to.Zh)
	}
}

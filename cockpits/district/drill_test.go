package district_test

import (
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// ready are the channels as they are configured by default.
func ready() map[string]plan.Rate {
	return map[string]plan.Rate{
		plan.App: {Ready: true}, plan.DingTalkWork: {Ready: true}, plan.SMS: {Ready: true, PerSecond: 50}, plan.Voice: {Ready: true, PerSecond: 10},
	}
}

func TestTheDrillOf792Households(t *testing.T) {
	t.Parallel()
	reg, d := invented(t), shipped(t)
	p, _ := d.Plan("road-collapse")
	s, err := reg.Survey(household.Zone{Areas: p.Zones[0].Areas}, p.RoleIDs())
	if err != nil {
		t.Fatal(err)
	}
	v := command.Look(p, s, ready(), nil)
	if v.Households != 792 || v.Residents != 2060 || v.Units != 46 || v.Buildings != 15 || v.Responders != 92 || v.Unassigned != 0 {
		t.Fatalf("the press reaches %+v", v)
	}
	if len(v.Uncovered) > 0 || len(v.Unmanned) > 0 || v.Over || v.LastDoor == nil || v.LastMessage == nil {
		t.Errorf("uncovered %v, unmanned %v, last door %v of %v s", v.Uncovered, v.Unmanned, v.LastDoor, v.Budget)
	}
	t.Logf("last door %v s, last message %v s, needs %v", *v.LastDoor, *v.LastMessage, v.Needs)
	for audience, want := range map[string]map[string]int{"responders": {"app": 92, "dingtalk_work": 92, "sms": 92, "voice": 92}, "residents": {"sms": 792}} {
		for channel, n := range want {
			if v.Messages[audience][channel] != n {
				t.Errorf("%d messages to %s by %s, want %d", v.Messages[audience][channel], audience, channel, n)
			}
		}
	}
	events, err := command.Decide(&command.State{}, command.Launch{
		Who: command.Who{By: "user:wang", Commander: true}, ID: "c1", Plan: p, Survey: s, Rates: ready(), Revision: v.Revision,
	}, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	state, err := command.Fold(events)
	if err != nil {
		t.Fatal(err)
	}
	least, most, seen := 792, 0, map[string]bool{}
	for _, task := range state.Tasks() {
		if task.Role == "sweeper" {
			least, most = min(least, len(task.Households)), max(most, len(task.Households))
		}
		for _, id := range task.Households {
			if seen[id] {
				t.Errorf("household %s is in two tasks", id)
			}
			seen[id] = true
		}
	}
	if len(seen) != 792 || least < 1 || most > 14 {
		t.Errorf("%d households have a person, who have between %d and %d", len(seen), least, most)
	}
	for _, h := range state.Households(nil) {
		if (len(h.Needs) > 0) != (h.Helper != nil) || h.Helper != nil && *h.Helper == *h.Task {
			t.Errorf("household %s with %d needs has the helper %v", h.ID, len(h.Needs), h.Helper)
		}
		if strings.HasPrefix(h.ContactPhone, "100") && !strings.Contains(h.ContactPhone, "*") {
			t.Errorf("household %s shows a telephone", h.ID)
		}
	}
	if got := state.View(1_000_000); got.Total != 792 || got.Tasks["queued"] != 92 || got.Milestones["T0"] == nil {
		t.Errorf("the command is %+v", got)
	}
}

package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/server/stream/redistest"
)

// command is a command as the commander reads it.
func (h *house) command(boss, id string) (v command.View) {
	h.t.Helper()
	h.said(boss, "GET", "/commands/"+id, nil, &v)
	return v
}

func TestWhoStaysSilentIsFollowedByHisDeputies(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), hasty(t))
	h.lists()
	boss := h.commander("boss")
	id := h.press(boss, true, "潮安苑/1", "潮安苑/2", "潮安苑/3").ID
	all := 0
	var first string
	answered := map[string]bool{}
	for _, l := range h.links(boss, id) {
		all += len(l.Households)
		if len(l.Households) == 0 {
			continue
		}
		if first == "" {
			first = l.ID
			continue // he stays silent
		}
		cookie := h.phone(l.Link)
		if status := h.said(cookie, "POST", "/commands/"+id+"/tasks/"+l.ID+"/acknowledgement", m{"answer": "yes"}, nil); status != 200 {
			t.Fatalf("%s answers: %d", l.ID, status)
		}
		answered[l.Responder] = true
	}
	var escalated bool
	h.until("a deputy has his doors", func() bool {
		_, lines := h.request("GET", "/api/v1/commands/"+id+"/ledger", "", "Cookie", boss)
		escalated = containsLine(lines, `"kind":"escalated"`, `"task":"`+first+`"`)
		now, empty := 0, false
		for _, l := range h.links(boss, id) {
			now += len(l.Households)
			empty = empty || l.ID == first && len(l.Households) == 0
		}
		if now != all {
			t.Fatalf("%d of %d households stand in a task", now, all)
		}
		return escalated && empty
	})
	if v := h.command(boss, id); !slices.Contains(v.Unreachable, h.links(boss, id)[taskOf(h.links(boss, id), first)].Responder) || v.Tasks["no_answer"] == 0 {
		t.Errorf("who is silent is not named: %v", v.Unreachable)
	}
	var late command.TaskAnswer
	own := h.links(boss, id)[taskOf(h.links(boss, id), first)]
	if status := h.said(h.phone(own.Link), "POST", "/commands/"+id+"/tasks/"+first+"/acknowledgement", m{"answer": "yes"}, &late); status != 200 || !late.Late {
		t.Errorf("he answers at last: %d %+v", status, late)
	}
}

func taskOf(list []link, id string) int {
	return slices.IndexFunc(list, func(l link) bool { return l.ID == id })
}

func TestACommanderChangesWhatRuns(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	boss, second := h.commander("boss"), h.commander("second")
	h.add("guest", "viewer", "xiacheng")
	id := h.press(boss, true, "潮安苑/1").ID
	before := h.command(boss, id)
	at := "/commands/" + id
	for name, tt := range map[string]struct {
		who, verb string
		body      m
		want      int
	}{
		"widen by nothing":                   {boss, "widen", m{"reason": "smoke"}, 400},
		"widen without a reason":             {boss, "widen", m{"reason": "", "zone": m{"buildings": []string{"潮安苑/2"}}}, 400},
		"widen by what nobody lives in":      {boss, "widen", m{"reason": "smoke", "zone": m{"buildings": []string{"none/2"}}}, 400},
		"hand over to nobody":                {boss, "hand-over", m{"reason": "shift"}, 400},
		"hand over to who may not command":   {boss, "hand-over", m{"reason": "shift", "to": "guest"}, 404},
		"reassign nothing to nobody":         {boss, "reassign", m{"reason": "ill", "to": ""}, 404},
		"reassign to somebody unknown":       {boss, "reassign", m{"reason": "ill", "task": "t001", "to": "nobody"}, 404},
		"reassign a task that there isn't":   {boss, "reassign", m{"reason": "ill", "task": "t999", "to": "nobody"}, 404},
		"return before the stand-down":       {boss, "return", m{"reason": "home"}, 409},
		"close before the stand-down":        {boss, "close", m{"reason": "over"}, 409},
		"resume what is not paused":          {boss, "resume", m{"reason": "on"}, 409},
		"broadcast to everybody in the city": {boss, "broadcast", m{"reason": "r", "audience": "city", "text": "x"}, 400},
	} {
		if status := h.said(tt.who, "POST", at+"/"+tt.verb, tt.body, nil); status != tt.want {
			t.Errorf("%s: %d, want %d", name, status, tt.want)
		}
	}
	var v command.View
	if status := h.said(boss, "POST", at+"/widen", m{"reason": "smoke", "zone": m{"buildings": []string{"潮安苑/2"}}}, &v); status != 200 || v.Total <= before.Total || len(v.Added) != 1 {
		t.Fatalf("widened: %d, %d households (before %d), added %v", status, v.Total, before.Total, v.Added)
	}
	if sum := total(v.Households); sum != v.Total {
		t.Errorf("the states add up to %d of %d", sum, v.Total)
	}
	tasks := h.links(boss, id)
	from := tasks[slices.IndexFunc(tasks, func(l link) bool { return len(l.Households) > 0 })]
	to := tasks[slices.IndexFunc(tasks, func(l link) bool { return len(l.Households) > 0 && l.ID != from.ID })]
	if status := h.said(boss, "POST", at+"/reassign", m{"reason": "ill", "task": from.ID, "to": to.Responder}, nil); status != 200 {
		t.Errorf("a task goes to another: %d", status)
	}
	tasks = h.links(boss, id)
	if n := len(tasks[taskOf(tasks, from.ID)].Households); n != 0 {
		t.Errorf("%d of his doors are still his", n)
	}
	if n := len(tasks[taskOf(tasks, to.ID)].Households); n != len(from.Households)+len(to.Households) {
		t.Errorf("the other has %d doors, want %d", n, len(from.Households)+len(to.Households))
	}
	h.said(second, "POST", at+"/join", m{"reason": "here too"}, &v)
	if status := h.said(boss, "POST", at+"/hand-over", m{"reason": "shift", "to": "second"}, &v); status != 200 || v.Leader != "user:second" {
		t.Errorf("handed over: %d, led by %s", status, v.Leader)
	}
	h.said(second, "POST", at+"/pause", m{"reason": "aftershock"}, &v)
	if v.State != command.Held {
		t.Errorf("paused it is %s", v.State)
	}
	h.said(second, "POST", at+"/resume", m{"reason": "quiet"}, &v)
	if v.State != command.Running {
		t.Errorf("resumed it is %s", v.State)
	}
	h.arrivals(second, id)
}

func total(states map[string]int) (sum int) {
	for _, n := range states {
		sum += n
	}
	return sum
}

// arrivals checks people in where they went.
func (h *house) arrivals(boss, id string) {
	h.t.Helper()
	var doors []command.HouseholdView
	h.said(boss, "GET", "/commands/"+id+"/households", nil, &doors)
	d := doors[slices.IndexFunc(doors, func(d command.HouseholdView) bool { return d.Residents >= 2 })]
	at := "/commands/" + id + "/check-ins"
	var seen command.Preview
	h.said(boss, "POST", "/commands/preview", m{"plan": "road-collapse", "zone": m{"buildings": []string{"潮安苑/1"}}, "exercise": true}, &seen)
	if len(seen.Shelters) == 0 {
		h.t.Fatal("there is no shelter")
	}
	var expects struct {
		Shelters   []command.Room
		Households []m
	}
	h.said(boss, "GET", at, nil, &expects)
	if len(expects.Shelters) != len(seen.Shelters) || len(expects.Households) != len(doors) {
		h.t.Errorf("at the shelter's door: %d shelters and %d households, want %d and %d", len(expects.Shelters), len(expects.Households), len(seen.Shelters), len(doors))
	}
	for _, personal := range []string{"contact_name", "contact_phone", "needs", "floor"} {
		if v, told := expects.Households[0][personal]; told {
			h.t.Errorf("at the shelter's door one reads %s %v", personal, v)
		}
	}
	in := func(n, persons int, state string, shelter any) m {
		return m{"id": fmt.Sprint("c", n), "household": d.ID, "shelter": shelter, "state": state, "persons": persons}
	}
	for name, tt := range map[string]struct {
		body m
		want int
	}{
		"of a household elsewhere":  {m{"id": "x", "household": "none", "shelter": nil, "state": "missing", "persons": 1}, 404},
		"at a shelter that isn't":   {in(90, 1, "checked_in", "none"), 404},
		"at a place without a name": {in(91, 1, "checked_in", nil), 200},
		"of nobody":                 {in(92, 0, "self_settled", nil), 400},
		"in a state that isn't":     {in(93, 1, "asleep", nil), 400},
		"without an id of its own":  {m{"id": "", "household": d.ID, "shelter": nil, "state": "missing", "persons": 1}, 400},
		"of somebody with a cookie": {in(94, 1, "missing", nil), 200},
	} {
		if status := h.said(boss, "POST", at, tt.body, nil); status != tt.want {
			h.t.Errorf("a check-in %s: %d, want %d", name, status, tt.want)
		}
	}
	var one, two command.CheckIn
	h.said(boss, "POST", at, in(1, 1, "checked_in", seen.Shelters[0].ID), &one)
	h.said(boss, "POST", at, in(1, 2, "missing", nil), &two)
	if one.Shelter == nil || two.Shelter == nil || one.ReceivedAt != two.ReceivedAt || two.State != "checked_in" {
		h.t.Errorf("the same check-in again: %+v, then %+v", one, two)
	}
	h.said(boss, "POST", at, in(2, 1, "self_settled", nil), nil)
	if v := h.command(boss, id); v.Residents.CheckedIn != 1 || v.Residents.Settled != 1 {
		h.t.Errorf("the residents: %+v", v.Residents)
	}
}

// containsLine tells whether a line of NDJSON holds all of some texts.
func containsLine(text string, all ...string) bool {
	for line := range strings.Lines(text) {
		if !slices.ContainsFunc(all, func(s string) bool { return !strings.Contains(line, s) }) {
			return true
		}
	}
	return false
}

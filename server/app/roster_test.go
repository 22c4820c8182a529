package app_test

import (
	"net/http"
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/server/stream/redistest"
)

func TestListsOfPeopleAreMaskedAndTheirOwnAreas(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	boss := h.commander("boss")
	seed := h.add("far", "commander", "wulin")
	_, far := h.signIn("far", good, code(t, seed))
	var homes, none []household.Household
	var people []household.Responder
	if status := h.said(boss, "GET", "/households?area=chaoming", nil, &homes); status != 200 || len(homes) < 792 {
		t.Fatalf("the households: %d, %d", status, len(homes))
	}
	h.said(far, "GET", "/households?area=chaoming", nil, &none)
	if len(none) > 0 {
		t.Errorf("another street's commander reads %d households", len(none))
	}
	for _, x := range homes {
		if !strings.HasSuffix(x.ContactName, "*") || !strings.Contains(x.ContactPhone, "*") || strings.Trim(strings.Join(x.Needs, ""), "*") != "" {
			t.Fatalf("not masked: %+v", x)
		}
	}
	h.said(boss, "GET", "/responders", nil, &people)
	if len(people) < 92 || !strings.HasSuffix(people[0].Name, "*") || people[0].Channels[0].Address != "" {
		t.Fatalf("%d responders, the first %+v", len(people), people[0])
	}
	zone := m{"plan": "road-collapse", "zone": m{"buildings": []string{"潮安苑/1"}}, "exercise": true}
	var before, after command.Preview
	h.said(boss, "POST", "/commands/preview", zone, &before)
	for _, p := range people {
		if !p.OnDuty {
			continue
		}
		if status := h.said(boss, "POST", "/responders/"+p.ID+"/duty", m{"on_duty": false}, nil); status != 200 {
			t.Fatalf("%s goes off duty: %d", p.ID, status)
		}
	}
	h.said(boss, "POST", "/commands/preview", zone, &after)
	if before.Responders == 0 || after.Responders != 0 || after.Revision != before.Revision {
		t.Errorf("%d candidates, then %d; the revision %s, then %s", before.Responders, after.Responders, before.Revision, after.Revision)
	}
	for name, tt := range map[string]struct {
		who, id string
		body    m
		want    int
	}{
		"somebody unknown":     {boss, "nobody", m{"on_duty": true}, 404},
		"without saying what":  {boss, people[0].ID, m{}, 400},
		"from another street":  {far, people[0].ID, m{"on_duty": true}, 403},
		"with an unknown key":  {boss, people[0].ID, m{"on_duty": true, "x": 1}, 400},
		"the commander's own":  {boss, people[0].ID, m{"on_duty": true}, 200},
		"and the same again":   {boss, people[0].ID, m{"on_duty": true}, 200},
		"nobody who signed in": {"x=y", people[0].ID, m{"on_duty": true}, http.StatusUnauthorized},
	} {
		if status := h.said(tt.who, "POST", "/responders/"+tt.id+"/duty", tt.body, nil); status != tt.want {
			t.Errorf("duty of %s: %d, want %d", name, status, tt.want)
		}
	}
	if faults, err := h.verifiedAtRest(); err != nil {
		t.Errorf("the record is not whole: %v %s", err, faults)
	}
}

// verifiedAtRest stops the server and checks all chains of the record.
func (h *house) verifiedAtRest() (string, error) {
	if err := h.stop(); err != nil {
		return "", err
	}
	return h.verified()
}

func TestStepsAreCalledAndLessonsAreKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	boss := h.commander("boss")
	id := h.press(boss, true, "潮安苑/1").ID
	var steps []command.StepView
	var one, two command.StepView
	if status := h.said(boss, "GET", "/commands/"+id+"/steps", nil, &steps); status != 200 || len(steps) == 0 || steps[0].Due == nil || steps[0].DoneAt != nil {
		t.Fatalf("the steps: %d %+v", status, steps)
	}
	at := "/commands/" + id + "/steps/" + steps[0].ID
	for name, tt := range map[string]struct {
		path string
		body m
		want int
	}{
		"without a reason": {at, m{"reason": ""}, 400},
		"an unknown one":   {at + "x", m{"reason": "done"}, 404},
	} {
		if status := h.said(boss, "POST", tt.path, tt.body, nil); status != tt.want {
			t.Errorf("a step %s: %d, want %d", name, status, tt.want)
		}
	}
	h.said(boss, "POST", at, m{"reason": "the cordon stands"}, &one)
	h.said(boss, "POST", at, m{"reason": "again"}, &two)
	if one.DoneAt == nil || one.By == nil || *one.By != "user:boss" || two.DoneAt == nil || *two.DoneAt != *one.DoneAt {
		t.Errorf("a step that is called twice: %+v, then %+v", one, two)
	}
	for _, verb := range []string{"stand-down", "close"} {
		h.said(boss, "POST", "/commands/"+id+"/"+verb, m{"reason": "done"}, nil)
	}
	var lessons []command.Lesson
	body := m{"id": "l1", "kind": "action", "text": "=cmd()", "owner": "street", "due": "2026-12-31"}
	for range 2 {
		if status := h.said(boss, "POST", "/commands/"+id+"/lessons", body, &lessons); status != 200 || len(lessons) != 1 || lessons[0].By != "user:boss" {
			t.Errorf("a lesson after the end: %d %+v", status, lessons)
		}
	}
	if status := h.said(boss, "POST", "/commands/"+id+"/lessons", m{"id": "l2", "kind": "song", "text": "la"}, nil); status != 400 {
		t.Errorf("a lesson of no kind: %d", status)
	}
	if status := h.said(boss, "POST", at, m{"reason": "late"}, nil); status != 200 {
		t.Errorf("a step that was called before: %d", status)
	}
	var r struct {
		Steps   []command.StepView
		Lessons []command.Lesson
	}
	h.said(boss, "GET", "/commands/"+id+"/report", nil, &r)
	if len(r.Steps) != len(steps) || r.Steps[0].DoneAt == nil || len(r.Lessons) != 1 || r.Lessons[0].Text != "=cmd()" {
		t.Errorf("the report holds %+v and %+v", r.Steps, r.Lessons)
	}
}

package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/server/app"
	"citydeck/server/stream/redistest"
)

// dossier is what an export of one person says.
type dossier struct {
	Household *household.Household
	Responder *household.Responder
	Account   *struct {
		Name     string
		Codes    bool
		Sessions []json.RawMessage
	}
	Commands []struct {
		ID        string
		KeptUntil int64 `json:"kept_until"`
		Household *command.HouseholdView
		Task      *command.TaskView
		Frozen    []json.RawMessage
		Ledger    []json.RawMessage
	}
	Audit []struct{ Actor, Object, Purpose string }
}

func (h *house) dossier(e app.Errand) (d dossier) {
	h.t.Helper()
	e.Do, e.Purpose = "person export", "asked for by the person"
	if err := json.Unmarshal([]byte(h.must(e)), &d); err != nil {
		h.t.Fatal(err)
	}
	return d
}

func TestAPersonIsToldAllThatIsKeptAndTakenOutWithProof(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	boss := h.commander("boss")
	h.add("eve", "auditor", "xiacheng")
	id := h.press(boss, true, "潮安苑/1").ID
	const home = "ca-1-1-601"
	d := h.dossier(app.Errand{Household: home})
	if d.Household == nil || d.Household.ContactPhone != "10027723495" || len(d.Commands) != 1 || d.Commands[0].Household == nil ||
		d.Commands[0].Household.ContactPhone != "10027723495" || len(d.Commands[0].Frozen) != 1 || len(d.Commands[0].Ledger) == 0 {
		t.Fatalf("the household's: %+v", d)
	}
	var tasks []command.TaskView
	h.said(boss, "GET", "/commands/"+id+"/tasks", nil, &tasks)
	p := h.dossier(app.Errand{Responder: tasks[0].Responder})
	if p.Responder == nil || strings.Contains(p.Responder.Phone, "*") || p.Household != nil || len(p.Commands) != 1 || p.Commands[0].Task == nil || p.Commands[0].Task.ID != tasks[0].ID {
		t.Errorf("the responder's: %+v", p)
	}
	for what, e := range map[string]app.Errand{
		"a household of a running command": {Household: home},
		"a responder of one":               {Responder: tasks[0].Responder},
		"who leads one":                    {Name: "boss"},
	} {
		e.Do, e.Purpose = "person delete", "asked for"
		if text, err := h.errand(e); err == nil || text != "" || !strings.Contains(err.Error(), "command "+id+" is running and needs ") {
			t.Errorf("%s is taken out: %q, %v", what, text, err)
		}
	}
	if status := h.said(boss, "POST", "/commands/"+id+"/stand-down", m{"reason": "all out"}, nil); status != http.StatusOK {
		t.Fatalf("stand down: %d", status)
	}
	h.takenOut(id, app.Errand{Household: home}, "households")
	h.takenOut(id, app.Errand{Responder: tasks[0].Responder}, "responders")
	if d = h.dossier(app.Errand{Household: home}); d.Household != nil || len(d.Commands) != 1 || d.Commands[0].KeptUntil == 0 {
		t.Errorf("after it was taken out: %+v, want what the command keeps alone", d)
	}
	var seen command.Preview
	h.said(boss, "POST", "/commands/preview", m{"plan": "road-collapse", "zone": m{"buildings": []string{"潮安苑/1"}}, "exercise": true}, &seen)
	var view command.View
	if h.said(boss, "GET", "/commands/"+id, nil, &view); seen.Households != view.Total-1 {
		t.Errorf("the next command would hold %d households, the last held %d", seen.Households, view.Total)
	}
	b := h.dossier(app.Errand{Name: "boss"})
	if b.Account == nil || b.Account.Name != "boss" || !b.Account.Codes || len(b.Account.Sessions) != 1 || len(b.Audit) == 0 {
		t.Errorf("the account's: %+v", b)
	}
	h.takenOut(id, app.Errand{Name: "boss"}, "accounts")
	if status := h.said(boss, "GET", "/session", nil, nil); status != http.StatusUnauthorized {
		t.Errorf("who was taken out is still in: %d", status)
	}
	for what, e := range map[string]app.Errand{
		"nobody":                  {Name: "nobody", Purpose: "x"},
		"boss a second time":      {Name: "boss", Purpose: "x"},
		"an unknown household":    {Household: "none", Purpose: "x"},
		"the household once more": {Household: home, Purpose: "x"},
		"without a purpose":       {Household: "ca-1-1-602"},
		"for dots":                {Household: "ca-1-1-602", Purpose: "..."},
	} {
		e.Do = "person delete"
		if _, err := h.errand(e); err == nil {
			t.Errorf("%s is taken out", what)
		}
	}
	looks := 0
	for _, l := range h.lines(h.token("eve")) {
		if l["object"] == "person export household:"+home && l["purpose"] == "asked for by the person" && l["action"] == "unmask" {
			looks++
		}
	}
	if looks != 2 {
		t.Errorf("%d looks at the household on record, want 2", looks)
	}
	if faults, err := h.verifiedAtRest(); err != nil {
		t.Errorf("the record is not whole: %v %s", err, faults)
	}
}

// takenOut takes somebody out and looks at the proof.
func (h *house) takenOut(id string, e app.Errand, list string) {
	h.t.Helper()
	e.Do, e.Purpose = "person delete", "asked for by the person"
	var proof struct {
		Deleted []struct {
			List, Digest string
			Rows         int
		}
		Kept []struct {
			Command string
			Until   int64
		}
	}
	text := h.must(e)
	if err := json.Unmarshal([]byte(text), &proof); err != nil {
		h.t.Fatal(err)
	}
	if len(proof.Deleted) != 1 || proof.Deleted[0].List != list || proof.Deleted[0].Rows != 1 || len(proof.Deleted[0].Digest) != 64 ||
		len(proof.Kept) != 1 || proof.Kept[0].Command != id || proof.Kept[0].Until == 0 {
		h.t.Errorf("%s: the proof is %s", list, text)
	}
}

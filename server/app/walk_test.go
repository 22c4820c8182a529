package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"citydeck/server/app"
	"citydeck/server/stream/redistest"
)

// rights says which roles have which of the document's rights; "public" is
// asked for an indicator that isn't.
var rights = map[string]string{
	"see": "viewer street_leader commander operator auditor security admin", "public": "viewer street_leader commander operator auditor security admin",
	"command": "commander", "follow": "commander street_leader auditor", "answer": "commander responder", "unmask": "commander street_leader",
	"feed": "source", "operate": "operator admin", "audit": "auditor", "appoint": "security", "equip": "admin",
}

// about says what a path with parameters is asked about: something within the
// area gate, and something outside of it; the latter is empty where a path is
// not about a place. A path that lacks here fails the test.
var about = map[string][2]string{
	"/api/v1/cockpits/{id}":                                            {"/api/v1/cockpits/gate", "/api/v1/cockpits/valley"},
	"/api/v1/cockpits/{id}/check":                                      {"/api/v1/cockpits/gate/check", "/api/v1/cockpits/valley/check"},
	"/api/v1/areas/{id}":                                               {"/api/v1/areas/sill", "/api/v1/areas/hill"},
	"/api/v1/areas/{id}/outlines":                                      {"/api/v1/areas/gate/outlines?of=step", "/api/v1/areas/hill/outlines?of=step"},
	"/api/v1/areas/{id}/values":                                        {"/api/v1/areas/gate/values?indicator=boats_ever&of=step", "/api/v1/areas/hill/values?indicator=boats_ever&of=step"},
	"/api/v1/indicators/{id}":                                          {"/api/v1/indicators/boats_ever", ""},
	"/api/v1/lists/{id}":                                               {"/api/v1/lists/pumps", ""},
	"/api/v1/lists/{id}/preview":                                       {"/api/v1/lists/pumps/preview", ""},
	"/api/v1/values":                                                   {"/api/v1/values?indicator=boats_ever&area=sill", "/api/v1/values?indicator=boats_ever&area=hill"},
	"/api/v1/explain":                                                  {"/api/v1/explain?indicator=boats_ever&area=sill", "/api/v1/explain?indicator=boats_ever&area=hill"},
	"/api/v1/series":                                                   {"/api/v1/series?indicator=boats_ever&area=sill&from=0&to=60000&step=1m", "/api/v1/series?indicator=boats_ever&area=hill&from=0&to=60000&step=1m"},
	"/api/v1/restatements":                                             {"/api/v1/restatements?indicator=boats_ever&area=sill&from=0&to=60000", ""},
	"/api/v1/search":                                                   {"/api/v1/search?q=a", ""},
	"/api/v1/tiles/{z}/{x}/{y}.mvt":                                    {"/api/v1/tiles/3/4/5.mvt?lists=pumps", ""},
	"/api/v1/screens/{id}":                                             {"/api/v1/screens/w-0", ""},
	"/api/v1/screens/{id}/rotate":                                      {"/api/v1/screens/w-0/rotate", ""},
	"/api/v1/screens/{id}/show":                                        {"/api/v1/screens/w-0/show", ""},
	"/api/v1/screens/{id}/reload":                                      {"/api/v1/screens/w-0/reload", ""},
	"/api/v1/users/{name}":                                             {"/api/v1/users/nobody", ""},
	"/api/v1/users/{name}/roles":                                       {"/api/v1/users/nobody/roles", ""},
	"/api/v1/users/{name}/roles/{role}/{area}":                         {"/api/v1/users/nobody/roles/viewer/sill", "/api/v1/users/nobody/roles/viewer/hill"},
	"/api/v1/tokens/{id}":                                              {"/api/v1/tokens/0", ""},
	"/api/v1/tokens/{id}/rotate":                                       {"/api/v1/tokens/0/rotate", ""},
	"/api/v1/plans/{id}":                                               {"/api/v1/plans/none", ""},
	"/api/v1/areas/{id}/proposals":                                     {"/api/v1/areas/sill/proposals", "/api/v1/areas/hill/proposals"},
	"/api/v1/commands":                                                 {"/api/v1/commands", ""},
	"/api/v1/commands/{id}":                                            {"/api/v1/commands/none", ""},
	"/api/v1/commands/{id}/tasks":                                      {"/api/v1/commands/none/tasks", ""},
	"/api/v1/commands/{id}/households":                                 {"/api/v1/commands/none/households", ""},
	"/api/v1/commands/{id}/messages":                                   {"/api/v1/commands/none/messages", ""},
	"/api/v1/commands/{id}/units":                                      {"/api/v1/commands/none/units", ""},
	"/api/v1/commands/{id}/ledger":                                     {"/api/v1/commands/none/ledger", ""},
	"/api/v1/commands/{id}/report":                                     {"/api/v1/commands/none/report", ""},
	"/api/v1/commands/{id}/cap":                                        {"/api/v1/commands/none/cap", ""},
	"/api/v1/commands/{id}/check-ins":                                  {"/api/v1/commands/none/check-ins", ""},
	"/api/v1/commands/{id}/pause":                                      {"/api/v1/commands/none/pause", ""},
	"/api/v1/commands/{id}/resume":                                     {"/api/v1/commands/none/resume", ""},
	"/api/v1/commands/{id}/join":                                       {"/api/v1/commands/none/join", ""},
	"/api/v1/commands/{id}/return":                                     {"/api/v1/commands/none/return", ""},
	"/api/v1/commands/{id}/close":                                      {"/api/v1/commands/none/close", ""},
	"/api/v1/commands/{id}/hand-over":                                  {"/api/v1/commands/none/hand-over", ""},
	"/api/v1/commands/{id}/widen":                                      {"/api/v1/commands/none/widen", ""},
	"/api/v1/commands/{id}/reassign":                                   {"/api/v1/commands/none/reassign", ""},
	"/api/v1/commands/{id}/broadcast":                                  {"/api/v1/commands/none/broadcast", ""},
	"/api/v1/commands/{id}/stand-down":                                 {"/api/v1/commands/none/stand-down", ""},
	"/api/v1/commands/{id}/steps":                                      {"/api/v1/commands/none/steps", ""},
	"/api/v1/commands/{id}/steps/{step}":                               {"/api/v1/commands/none/steps/s", ""},
	"/api/v1/commands/{id}/lessons":                                    {"/api/v1/commands/none/lessons", ""},
	"/api/v1/responders/{id}/duty":                                     {"/api/v1/responders/none/duty", ""},
	"/api/v1/commands/{id}/confirmation":                               {"/api/v1/commands/none/confirmation", ""},
	"/api/v1/commands/{id}/tasks/{task}/acknowledgement":               {"/api/v1/commands/none/tasks/t/acknowledgement", ""},
	"/api/v1/commands/{id}/households/{household}/reports":             {"/api/v1/commands/none/households/h/reports", ""},
	"/api/v1/commands/{id}/households/{household}/photos":              {"/api/v1/commands/none/households/h/photos", ""},
	"/api/v1/commands/{id}/households/{household}/photos/{photo}":      {"/api/v1/commands/none/households/h/photos/p", ""},
	"/api/v1/commands/{id}/units/{estate}/{building}/{unit}/signature": {"/api/v1/commands/none/units/e/1/1/signature", ""},
}

// route is one operation of the document.
type route struct{ method, path, right, inside, outside string }

// routes reads all operations from the document that the server serves.
func routes(t *testing.T, h *house) []route {
	t.Helper()
	_, text := h.by("", "GET", "/api/v1/openapi.json", "")
	var doc struct {
		Paths map[string]map[string]struct {
			Right      string `json:"x-right"`
			Parameters []struct {
				In       string
				Required bool
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	var list []route
	for path, operations := range doc.Paths {
		for method, o := range operations {
			r := route{strings.ToUpper(method), path, o.Right, path, ""}
			if _, known := rights[o.Right]; !known && o.Right != "open" {
				t.Errorf("%s %s: x-right is %q: say in the document who may", r.method, path, o.Right)
				continue
			}
			asks := strings.Contains(path, "{")
			for _, p := range o.Parameters {
				asks = asks || p.Required
			}
			if places, said := about[path]; said {
				r.inside, r.outside = places[0], places[1]
			} else if asks && o.Right != "open" {
				t.Errorf("%s %s: say in this test what it is about", r.method, path)
				continue
			}
			list = append(list, r)
		}
	}
	return list
}

var everybody = strings.Fields("viewer street_leader commander responder operator auditor security admin")

// peopled has a person of each role, of the root ("all-") and of the area gate
// ("gate-"), and a source; it answers their tokens.
func peopled(t *testing.T, h *house) map[string]string {
	tokens := map[string]string{"nobody": "", "wrong": "cdk_000000000000_x"}
	for _, role := range everybody {
		for prefix, area := range map[string]string{"all-": "valley", "gate-": "gate"} {
			h.add(prefix+role, role, area)
			tokens[prefix+role] = h.token(prefix + role)
		}
	}
	tokens["source"] = h.must(app.Errand{Do: "token add", Source: "gas"})
	return tokens
}

func TestEveryRouteAsksForItsRight(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	tokens := peopled(t, h)
	all := routes(t, h)
	if len(all) < 40 {
		t.Fatalf("%d routes in the document", len(all))
	}
	for _, r := range all {
		for _, who := range slices.Sorted(maps.Keys(tokens)) {
			holds := slices.Contains(strings.Fields(rights[r.right]), strings.TrimPrefix(strings.TrimPrefix(who, "all-"), "gate-"))
			status, text := h.by(tokens[who], r.method, r.inside, "")
			want, is := "", fmt.Sprintf("%s %s by %s: %d %.200s", r.method, r.inside, who, status, text)
			switch {
			case r.right == "open" || strings.Contains(r.inside, "lists=pumps"): // a public list
				if status == http.StatusForbidden {
					want = "no 403, it is open to all"
				}
			case who == "nobody" || who == "wrong":
				if status != http.StatusUnauthorized {
					want = "401"
				}
			case !holds && status != http.StatusForbidden:
				want = "403"
			case holds && !strings.Contains(text, "problem/step_up") && (status == http.StatusUnauthorized || status == http.StatusForbidden || status >= 500):
				want = "neither 401 nor 403 nor 5xx"
			}
			if want != "" {
				t.Errorf("%s; want %s", is, want)
			}
			if r.outside == "" || !strings.HasPrefix(who, "gate-") || !holds || r.method == "HEAD" {
				continue
			}
			if status, text := h.by(tokens[who], r.method, r.outside, ""); status != http.StatusForbidden {
				t.Errorf("%s %s by %s: %d %.200s; want 403, it is outside of his area", r.method, r.outside, who, status, text)
			}
			if status, _ := h.by(tokens["all-"+strings.TrimPrefix(who, "gate-")], r.method, r.outside, ""); status == http.StatusForbidden {
				t.Errorf("%s %s by %s of the root: 403", r.method, r.outside, who)
			}
		}
	}
}

func TestListsHoldWhatLiesInOnesAreas(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("all", "viewer", "valley")
	h.add("some", "viewer", "gate")
	all, some := h.token("all"), h.token("some")
	tests := map[string]struct{ all, some string }{
		"/api/v1/cockpits":    {"gate valley", "gate"},
		"/api/v1/areas":       {"gate hill north quay sill south valley yard", "gate sill"},
		"/api/v1/lists":       {"locks pumps", "locks pumps"},
		"/api/v1/lists/locks": {"lock-1 lock-2", "lock-1"},
		"/api/v1/lists/pumps": {"pump-1 pump-2", "pump-1 pump-2"}, // it is public
	}
	for path, tt := range tests {
		for token, want := range map[string]string{all: tt.all, some: tt.some} {
			_, text := h.by(token, "GET", path, "")
			var list []struct{ ID, Point string }
			var one struct{ Points []struct{ ID, Point string } }
			if json.Unmarshal([]byte(text), &list) != nil {
				_ = json.Unmarshal([]byte(text), &one)
				list = one.Points
			}
			var ids []string
			for _, l := range list {
				ids = append(ids, l.ID+l.Point)
			}
			slices.Sort(ids)
			if got := strings.Join(ids, " "); got != want {
				t.Errorf("GET %s: %s, want %s", path, got, want)
			}
		}
	}
}

func TestEveryLiveOpAsksForItsRight(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	tokens := peopled(t, h)
	cockpits := map[string]bool{"valley": false, "gate": true, "*": true} // whether gate's people see it
	for _, who := range slices.Sorted(maps.Keys(tokens)) {
		role := strings.TrimPrefix(strings.TrimPrefix(who, "all-"), "gate-")
		if who == "nobody" || who == "wrong" {
			continue
		}
		s, _, err := h.dial("Authorization", "Bearer "+tokens[who])
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		s.hear("hello", func(m message) bool { return m.Op == "hello" })
		for cockpit, inside := range cockpits {
			want := "forbidden"
			if slices.Contains(strings.Fields(rights["see"]), role) && (inside || !strings.HasPrefix(who, "gate-")) {
				want = "snapshot"
			}
			s.say(`{"op":"subscribe","cockpit":"` + cockpit + `"}`)
			m := s.hear("an answer", func(m message) bool { return m.Cockpit == cockpit && (m.Op == "snapshot" || m.Op == "error") })
			if got := m.Op + m.Code; got != want && got != "error"+want {
				t.Errorf("%s subscribes to %s: %s, want %s", who, cockpit, got, want)
			}
			s.say(`{"op":"unsubscribe","cockpit":"` + cockpit + `"}`)
			status := map[string]int{"forbidden": 403, "snapshot": 200}[want]
			if got := h.stream(tokens[who], cockpit); got != status {
				t.Errorf("%s reads the events of %s: %d, want %d", who, cockpit, got, status)
			}
		}
		_ = s.conn.Close()
	}
	for who, header := range map[string]string{"nobody": "", "wrong": "Bearer x"} {
		s, _, err := h.dial("Authorization", header)
		if header == "" {
			s, _, err = h.dial()
		}
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		if got := s.ends(); got != "4401 said=true" {
			t.Errorf("%s: the socket ends with %s, want 4401 after unauthenticated", who, got)
		}
		if got := h.stream(strings.TrimPrefix(header, "Bearer "), "valley"); got != http.StatusUnauthorized {
			t.Errorf("%s reads events: %d, want 401", who, got)
		}
	}
}

// stream is the status with which a cockpit's events begin.
func (h *house) stream(token, cockpit string) int {
	h.t.Helper()
	req, err := http.NewRequest("GET", h.url+"/api/v1/live/"+cockpit+"/events", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := h.http.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

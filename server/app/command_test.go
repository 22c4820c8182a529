package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/report"
	"citydeck/cockpits/xiacheng"
	"citydeck/server/app"
	"citydeck/server/channel/webhook"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

const hookSecret = "whsec_bm90IGEgc2VjcmV0IG9mIGFueWJvZHk="

// gateway is a real server that takes messages whose signature is right.
type gateway struct {
	*httptest.Server
	mu   sync.Mutex
	ids  map[string]int // guarded by mu
	task map[string]string
	said map[string][]string // guarded by mu: whom it told something of each kind
	bad  int
}

func newGateway(t *testing.T) *gateway {
	g := &gateway{ids: map[string]int{}, task: map[string]string{}, said: map[string][]string{}}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		id, good := webhook.Verify(hookSecret, r.Header, body, time.Now())
		var said struct {
			ID, Link, Kind string
			To             struct{ ID string }
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		if !good || json.Unmarshal(body, &said) != nil || said.ID != id {
			g.bad++
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if g.ids[id]++; g.ids[id] == 1 {
			g.said[said.Kind] = append(g.said[said.Kind], said.To.ID)
		}
		if said.Kind == "task" {
			g.task[id] = said.Link
		}
	}))
	t.Cleanup(g.Close)
	return g
}

// counted is how many messages came, and how often one came twice or unsigned.
func (g *gateway) counted() (messages, repeated, bad int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, n := range g.ids {
		repeated += n - 1
	}
	return len(g.ids), repeated, g.bad
}

// street is the shipped district, whose plan also calls by the webhook.
func street(t *testing.T, h *gateway) (change func(*config.Config)) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, xiacheng.Files); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "plans", "road-collapse.toml")
	text, err := fs.ReadFile(xiacheng.Files, "plans/road-collapse.toml")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, []byte("\n[[channel]]\naudience = \"responders\"\nkind = \"webhook\"\nafter = \"0s\"\n")...)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return func(c *config.Config) {
		c.District.Dir = dir
		c.Webhook.URL, c.Webhook.Secret, c.Webhook.Callback = h.URL, hookSecret, hookSecret
	}
}

// commander is somebody signed in with his code, and the lists.
func (h *house) commander(name string) (cookie string) {
	h.t.Helper()
	seed := h.add(name, "commander", "xiacheng")
	status, cookie := h.signIn(name, good, code(h.t, seed))
	if status != http.StatusNoContent {
		h.t.Fatalf("the commander's sign-in: %d", status)
	}
	return cookie
}

// said sends a request with a cookie and reads the answer into v.
func (h *house) said(cookie, method, path string, body any, v any, headers ...string) int {
	h.t.Helper()
	text := ""
	if body != nil {
		raw, _ := json.Marshal(body)
		text = string(raw)
	}
	res, answer := h.request(method, "/api/v1"+path, text, append(headers, "Cookie", cookie)...)
	if v != nil {
		if err := json.Unmarshal([]byte(answer), v); err != nil {
			h.t.Fatalf("%s %s: %d %.300s", method, path, res.StatusCode, answer)
		}
	}
	return res.StatusCode
}

type m = map[string]any

// until asks again and again, at most long.
func (h *house) until(what string, is func() bool) {
	h.t.Helper()
	for end := time.Now().Add(long); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("in vain: %s\n%s", what, h.log)
		}
	}
}

func TestACommandGoesItsWayFromThePressToTheReport(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	h := newHouse(t, redistest.Start(t).URL(), street(t, g))
	for _, list := range []string{"households", "responders", "shelters"} {
		text, err := os.ReadFile(shipped(list + ".csv"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), list+".csv")
		if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte(",app"), []byte(",webhook;app")), 0o600); err != nil {
			t.Fatal(err)
		}
		h.must(app.Errand{Do: "import " + list, Path: path})
	}
	boss := h.commander("boss")
	var buildings []string
	for i := range 15 {
		buildings = append(buildings, fmt.Sprintf("潮安苑/%d", i+1))
	}
	zone := m{"buildings": buildings}
	press := func(exercise bool) m { return m{"plan": "road-collapse", "zone": zone, "exercise": exercise} }
	var seen command.Preview
	if status := h.said(boss, "POST", "/commands/preview", press(false), &seen); status != 200 || seen.Households != 792 || seen.Residents != 2060 {
		t.Fatalf("the preview: %d, %d households, %d residents", status, seen.Households, seen.Residents)
	}
	tag := []string{"If-Match", `"` + seen.Revision + `"`, "Idempotency-Key"}
	var drill, view, again, busy command.View
	if status := h.said(boss, "POST", "/commands", press(true), &drill, append(tag, "d")...); status != 201 {
		t.Fatalf("the drill: %d", status)
	}
	h.until("the drill's calls are on record", func() bool {
		h.said(boss, "GET", "/commands/"+drill.ID, nil, &view)
		return view.Messages["responders"]["app"]["sent"] > 0
	})
	refused := map[string]struct {
		body    m
		headers []string
		want    int
	}{
		"without a key":           {press(false), []string{"If-Match", tag[1]}, 428},
		"whatever the list":       {press(false), []string{"If-Match", "*", "Idempotency-Key", "x"}, 428},
		"on an older list":        {press(false), []string{"If-Match", `"a.b.c.d"`, "Idempotency-Key", "x"}, 412},
		"with an unknown plan":    {m{"plan": "none", "zone": zone, "exercise": true}, append(tag, "x"), 404},
		"with an unknown key":     {m{"plan": "road-collapse", "zone": zone, "exercise": true, "x": 1}, append(tag, "x"), 400},
		"without saying what":     {m{"plan": "road-collapse", "zone": zone}, append(tag, "x"), 400},
		"a drill over a drill":    {press(true), append(tag, "x"), 409},
		"another under that key":  {press(false), append(tag, "d"), 422},
		"the very same once more": {press(true), append(tag, "d"), 200},
	}
	for name, tt := range refused {
		if status := h.said(boss, "POST", "/commands", tt.body, nil, tt.headers...); status != tt.want {
			t.Errorf("a launch %s: %d, want %d", name, status, tt.want)
		}
	}
	if n, _, _ := g.counted(); n > 0 {
		t.Fatalf("%d messages of a drill left the house", n)
	}
	if status := h.said(boss, "POST", "/commands", press(false), &view, append(tag, "r")...); status != 201 || view.Total != 792 {
		t.Fatalf("the launch: %d %+v", status, view)
	}
	if h.said(boss, "POST", "/commands", press(false), &again, append(tag, "r")...); again.ID != view.ID {
		t.Errorf("the same press again is %s, want %s", again.ID, view.ID)
	}
	if h.said(boss, "GET", "/commands/"+drill.ID, nil, &busy); busy.State != command.Down {
		t.Errorf("the drill is %s", busy.State)
	}
	id := view.ID
	var tasks []struct {
		ID, Responder, Link string
		Households          []string
	}
	h.said(boss, "GET", "/commands/"+id+"/tasks", nil, &tasks)
	h.until("everybody who is called has a message at the gateway", func() bool { n, _, _ := g.counted(); return n >= len(tasks) })

	// The server is stopped and starts again; it goes on from what is on disk.
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.program = serve(t, h.cfg)
	h.ready()

	for i, task := range tasks {
		_, hash, _ := strings.Cut(task.Link, "#")
		res, text := h.request("POST", "/api/v1/session/link", fmt.Sprintf(`{"code":%q}`, hash))
		if res.StatusCode != 204 {
			t.Fatalf("the link of %s: %d %s", task.Responder, res.StatusCode, text)
		}
		cookie := "citydeck=" + res.Cookies()[0].Value
		if res, _ := h.request("POST", "/api/v1/session/link", fmt.Sprintf(`{"code":%q}`, hash)); res.StatusCode != 401 {
			t.Errorf("a link works twice: %d", res.StatusCode)
		}
		if status := h.said(cookie, "POST", "/commands/"+id+"/tasks/"+task.ID+"/acknowledgement", m{"answer": "yes"}, nil); status != 200 {
			t.Fatalf("%s acknowledges: %d", task.Responder, status)
		}
		if i == 0 {
			h.asResponder(cookie, id, tasks[1].ID, len(task.Households))
		}
	}
	h.reported(boss, id)
	var r report.Report
	if status := h.said(boss, "POST", "/commands/"+id+"/stand-down", m{"reason": ""}, nil); status != 400 {
		t.Errorf("a stand-down without a reason: %d", status)
	}
	if status := h.said(boss, "POST", "/commands/"+id+"/stand-down", m{"reason": "all out"}, nil); status != 200 {
		t.Errorf("the stand-down: %d", status)
	}
	h.until("the end has reached everybody", func() bool {
		h.said(boss, "GET", "/commands/"+id, nil, &view)
		return view.Messages["responders"]["webhook"]["queued"] == 0 && view.Messages["responders"]["app"]["queued"] == 0
	})
	if status := h.said(boss, "GET", "/commands/"+id+"/report", nil, &r); status != 200 {
		t.Fatalf("the report: %d", status)
	}
	if r.AllOut == nil || r.Total != 792 || r.Households[command.Left] != 792 || r.Signed != 46 {
		t.Errorf("the report: all out %v, %d of %d left, %d signed", r.AllOut, r.Households[command.Left], r.Total, r.Signed)
	}
	_, lines := h.request("GET", "/api/v1/commands/"+id+"/ledger", "", "Cookie", boss)
	if n := int64(strings.Count(lines, "\n")); n != r.Ledger.Lines || !strings.Contains(lines, r.Ledger.Head) {
		t.Errorf("the ledger has %d lines, the report says %d", n, r.Ledger.Lines)
	}
	if status := h.said(boss, "GET", "/commands/"+id+"/households?purpose=x", nil, nil); status != 403 {
		t.Errorf("persons after the stand-down: %d, want 403", status)
	}
	if _, repeated, bad := g.counted(); bad > 0 {
		t.Errorf("%d messages were not signed (%d came again under their id)", bad, repeated)
	}
	if faults, err := h.verified(); err != nil {
		t.Errorf("the record is not whole: %v %s", err, faults)
	}
}

// asResponder looks at what a responder's link opens, and what it doesn't.
func (h *house) asResponder(cookie, id, other string, own int) {
	h.t.Helper()
	var doors []command.HouseholdView
	if status := h.said(cookie, "GET", "/commands/"+id+"/households", nil, &doors); status != 200 || len(doors) < own || len(doors) > 100 {
		h.t.Errorf("his households: %d, %d doors, want his %d and those he helps at", status, len(doors), own)
	}
	open := false
	for _, d := range doors {
		open = open || len(d.ContactPhone) == 11 && !strings.Contains(d.ContactPhone, "*")
	}
	if !open && own > 0 {
		h.t.Error("his own households are masked")
	}
	for path, want := range map[string]int{"/messages": 403, "/ledger": 403} {
		if status := h.said(cookie, "GET", "/commands/"+id+path, nil, nil); status != want {
			h.t.Errorf("a responder asks for %s: %d, want %d", path, status, want)
		}
	}
	if status := h.said(cookie, "POST", "/commands/"+id+"/tasks/"+other+"/acknowledgement", m{"answer": "yes"}, nil); status != 403 {
		h.t.Errorf("he answers another's task: %d", status)
	}
	first := m{"id": "p1", "state": "knocked"}
	var one, two command.Verdict
	h.said(cookie, "POST", "/commands/"+id+"/households/"+doors[0].ID+"/reports", first, &one)
	if status := h.said(cookie, "POST", "/commands/"+id+"/households/"+doors[0].ID+"/reports", m{"id": "p1", "state": "left"}, &two); status != 200 || one != two {
		h.t.Errorf("the same report again: %d %+v, want %+v", status, two, one)
	}
}

// reported has every door found empty of people, and every unit signed.
func (h *house) reported(boss, id string) {
	h.t.Helper()
	var doors []command.HouseholdView
	h.said(boss, "GET", "/commands/"+id+"/households", nil, &doors)
	if len(doors) != 792 || !strings.Contains(doors[0].ContactPhone, "*") {
		h.t.Errorf("%d doors, the first of %s", len(doors), doors[0].ContactPhone)
	}
	for _, d := range doors {
		if status := h.said(boss, "POST", "/commands/"+id+"/households/"+d.ID+"/reports", m{"id": "r-" + d.ID, "state": "left"}, nil); status != 200 {
			h.t.Fatalf("a report on %s: %d", d.ID, status)
		}
	}
	var units []command.UnitView
	h.said(boss, "GET", "/commands/"+id+"/units", nil, &units)
	for _, u := range units {
		if status := h.said(boss, "POST", "/commands/"+id+"/units/"+u.Unit+"/signature", nil, nil); status != 200 {
			h.t.Fatalf("the signature of %s: %d", u.Unit, status)
		}
	}
}

// verified checks all chains of the record.
func (h *house) verified() (string, error) {
	a, err := app.OpenAudit(h.t.Context(), h.cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	defer a.Close()
	return "", a.Verify(h.t.Context(), "")
}

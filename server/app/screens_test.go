package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"citydeck/server/app"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

func read(t testing.TB, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func TestTheFleet(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("boss", "admin", "valley")
	h.add("gatekeeper", "admin", "gate")
	h.add("op", "operator", "valley")
	boss, gatekeeper, op := h.token("boss"), h.token("gatekeeper"), h.token("op")
	wall, id := h.pair(boss, `"area":"valley","playlist":[{"cockpit":"valley","seconds":30},{"cockpit":"gate","seconds":20}]`)
	h.pair(gatekeeper, `"area":"gate","cockpit":"gate"`)

	s, _, err := h.dial("Cookie", "citydeck_screen="+wall, "Origin", h.url)
	if err != nil {
		t.Fatal(err)
	}
	s.hear("hello", func(m message) bool { return m.Op == "hello" })
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	m := s.hear("snapshot", func(m message) bool { return m.Op == "snapshot" })
	s.say(fmt.Sprintf(`{"op":"shown","cockpit":"valley","seq":%d,"overflow":["rate"]}`, m.Seq))
	type shown struct {
		ID, Name, Shows, Build, Error string
		Connections                   int
		Behind                        *int64
		LastSeen                      *int64 `json:"last_seen"`
		Overflow                      []string
		Playlist                      []struct{ Cockpit string }
	}
	find := func() shown {
		_, text := h.by(op, "GET", "/api/v1/screens", "")
		var list []shown
		read(t, text, &list)
		for _, l := range list {
			if l.ID == id {
				return l
			}
		}
		t.Fatalf("the wall is not in the fleet: %s", text)
		return shown{}
	}
	wait(t, "the fleet says what the wall shows", func() bool { return find().Shows == "valley" })
	is := find()
	if is.Connections != 1 || is.Behind == nil || is.LastSeen == nil || is.Build == "" || is.Error != "" || !slices.Equal(is.Overflow, []string{"rate"}) || len(is.Playlist) != 2 || is.Name != "大厅 <b>" {
		t.Errorf("the fleet says %+v", is)
	}
	until := time.Now().Add(time.Hour).UnixMilli()
	if status, text := h.by(op, "POST", "/api/v1/screens/"+id+"/show", fmt.Sprintf(`{"cockpit":"gate","until":%d}`, until)); status != 200 || text != `{"told":1}` {
		t.Errorf("show: %d %s", status, text)
	}
	s.hear("show", func(m message) bool { return m.Op == "show" && m.Cockpit == "gate" })
	if status, text := h.by(op, "POST", "/api/v1/screens/"+id+"/reload", ""); status != 200 || text != `{"told":1}` {
		t.Errorf("reload: %d %s", status, text)
	}
	s.hear("reload", func(m message) bool { return m.Op == "reload" })
	for name, tt := range map[string]struct {
		token, path, body string
		want              int
	}{
		"an operator does not rotate":     {op, "/screens/" + id + "/rotate", "", 403},
		"an admin of the gate neither":    {gatekeeper, "/screens/" + id + "/rotate", "", 403},
		"an unknown cockpit":              {op, "/screens/" + id + "/show", `{"cockpit":"none","until":9999999999999}`, 404},
		"a time that is over":             {op, "/screens/" + id + "/show", `{"cockpit":"gate","until":1}`, 400},
		"a code that nobody shows":        {boss, "/screens", `{"code":"AAAAAA","name":"x","area":"valley","cockpit":"valley"}`, 404},
		"a wall without a name":           {boss, "/screens", `{"code":"AAAAAA","name":" ","area":"valley","cockpit":"valley"}`, 400},
		"a name that turns text around":   {boss, "/screens", `{"code":"AAAAAA","name":"a\u202eb","area":"valley","cockpit":"valley"}`, 400},
		"an area that is another admin's": {gatekeeper, "/screens", `{"code":"AAAAAA","name":"x","area":"hill","cockpit":"gate"}`, 400},
		"in his words":                    {gatekeeper, "/screens", `{"code":"AAAAAA","name":"x","area":"valley","cockpit":"valley"}`, 403},
		"a cockpit outside the wall":      {boss, "/screens", `{"code":"AAAAAA","name":"x","area":"gate","cockpit":"valley"}`, 400},
		"a cockpit and a playlist":        {boss, "/screens", `{"code":"AAAAAA","name":"x","area":"gate","cockpit":"gate","playlist":[{"cockpit":"gate","seconds":1}]}`, 400},
		"neither":                         {boss, "/screens", `{"code":"AAAAAA","name":"x","area":"gate"}`, 400},
		"a key that nobody knows":         {boss, "/screens", `{"code":"AAAAAA","nam":"x"}`, 400},
		"a screen acts on nothing":        {wall, "/screens/" + id + "/reload", "", 403},
		"a claim with a guess":            {"", "/screens/claim", `{"poll":"guess"}`, 404},
		"a body of a megabyte":            {boss, "/screens", strings.Repeat(" ", 1<<20) + "{}", 413},
		"a wall of a kilometre":           {boss, "/screens", `{"code":"AAAAAA","name":"x","area":"gate","cockpit":"gate","width_m":1000}`, 400},
		"a playlist that never moves on":  {boss, "/screens", `{"code":"AAAAAA","name":"x","area":"gate","playlist":[{"cockpit":"gate","seconds":0}]}`, 400},
		"a width that is no number":       {boss, "/screens", `{"code":"AAAAAA","name":"x","area":"gate","cockpit":"gate","width_m":"4"}`, 400},
		"a wall is no admin":              {wall, "/screens", `{}`, 403},
		"an id that is none":              {op, "/screens/w-0/reload", "", 404},
		"an id that goes up":              {op, "/screens/..%2f..%2fetc/reload", "", 404},
	} {
		if status, text := h.by(tt.token, "POST", "/api/v1"+tt.path, tt.body); status != tt.want {
			t.Errorf("%s: %d %.200s, want %d", name, status, text, tt.want)
		}
	}
	if _, text := h.by(gatekeeper, "GET", "/api/v1/screens", ""); strings.Contains(text, id) || strings.Count(text, `"id"`) != 1 {
		t.Errorf("the admin of the gate sees %s, want his wall alone", text)
	}
}

func TestAWallComesBackAfterARestartWithoutSigningIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("boss", "admin", "valley")
	boss := h.token("boss")
	wall, id := h.pair(boss, `"area":"valley","cockpit":"valley"`)
	_, text := h.by(boss, "POST", "/api/v1/screens/"+id+"/rotate", "")
	var turned struct{ Token string }
	read(t, text, &turned)
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h = &house{serve(t, h.cfg), h.cfg}
	h.ready()
	res, text := h.request("GET", "/api/v1/screens/self", "", "Cookie", "citydeck_screen="+wall)
	var handed string
	for _, c := range res.Cookies() {
		if c.Name == "citydeck_screen" {
			handed = c.Value
		}
	}
	if res.StatusCode != http.StatusOK || !strings.Contains(text, `"cockpit":"valley"`) || handed != turned.Token {
		t.Errorf("with the token before: %d %s; it was handed %q, want the new one", res.StatusCode, text, handed)
	}
	if status, _ := h.by(turned.Token, "GET", "/api/v1/cockpits/valley", ""); status != http.StatusOK {
		t.Errorf("with the new token: %d", status)
	}
	if status, _ := h.by(turned.Token, "GET", "/api/v1/session", ""); status != http.StatusUnauthorized {
		t.Errorf("a wall has a session: %d", status)
	}
}

func TestWhoNeedsACodeAndWhen(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	seed := h.add("li", "commander", "valley")
	if status, _ := h.signIn("li", good, ""); status != http.StatusUnauthorized {
		t.Errorf("without a code: %d, want 401", status)
	}
	now := code(t, seed)
	status, cookie := h.signIn("li", good, now)
	if status != http.StatusNoContent {
		t.Fatalf("with a code: %d", status)
	}
	if status, _ := h.signIn("li", good, now); status != http.StatusUnauthorized {
		t.Errorf("the same code again: %d, want 401", status)
	}
	_, text := h.request("GET", "/api/v1/session", "", "Cookie", cookie)
	var session struct {
		Name  string
		Roles []struct{ Role, Area string }
		Ends  int64 `json:"expires_at"`
	}
	read(t, text, &session)
	if session.Name != "li" || len(session.Roles) != 1 || session.Roles[0].Role != "commander" || session.Ends < time.Now().UnixMilli() {
		t.Errorf("session = %s", text)
	}
	res, _ := h.request("POST", "/api/v1/session/step-up", `{"code":"`+now+`"}`, "Cookie", cookie)
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("step up with a used code: %d, want 401", res.StatusCode)
	}
	demo := newHouse(t, redistest.Start(t).URL(), func(c *config.Config) { c.Demo.Enabled = false })
	if _, text := demo.by("", "GET", "/api/v1/sign-in", ""); text != `{"demo":[],"elsewhere":false}` {
		t.Errorf("without a demo the sign-in page offers %s", text)
	}
}

func TestTheRecordTellsWhoDidWhat(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("wang", "street_leader", "gate")
	h.add("aud", "auditor", "valley")
	h.add("gate-aud", "auditor", "gate")
	wang, aud := h.token("wang"), h.token("aud")
	before := len(h.lines(aud))
	h.by(wang, "GET", "/api/v1/cockpits/valley", "")
	h.by(wang, "GET", "/api/v1/cockpits/gate", "")
	h.by("", "GET", "/api/v1/cockpits/valley", "")
	h.by(wang, "DELETE", "/api/v1/users/x/roles/viewer/sill", "")
	lines := h.lines(aud)[before:]
	if len(lines) != 2 {
		t.Fatalf("%d new lines, want one a 403: %v", len(lines), lines)
	}
	for i, want := range []map[string]any{
		{"actor": "user:wang", "role": "street_leader", "action": "see", "object": "cockpit:valley", "area": "valley", "result": "refused", "address": "127.0.0.1"},
		{"actor": "user:wang", "action": "appoint", "result": "refused"},
	} {
		for key, value := range want {
			if lines[i][key] != value {
				t.Errorf("line %v: %s = %v, want %v", lines[i], key, lines[i][key], value)
			}
		}
	}
	if seen := h.lines(h.token("gate-aud")); len(seen) == 0 || len(seen) >= len(h.lines(aud)) {
		t.Errorf("the auditor of the gate sees %d lines", len(seen))
	}
	for path, want := range map[string]int{"?from=x": 400, "?from=2&to=1": 400, "?from=1&from=2": 400, "?from=2030-01-01T00:00:00Z&to=2031-01-01T00:00:00Z": 200} {
		if status, text := h.by(aud, "GET", "/api/v1/audit"+path, ""); status != want || want == 200 && text != "" {
			t.Errorf("GET /audit%s: %d %s, want %d", path, status, text, want)
		}
	}
	if status, _ := h.by(aud, "DELETE", "/api/v1/audit", ""); status != http.StatusMethodNotAllowed {
		t.Errorf("DELETE /audit: %d, want 405", status)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	audit, err := app.OpenAudit(t.Context(), h.cfg, discard())
	if err != nil {
		t.Fatal(err)
	}
	if err := audit.Verify(t.Context(), filepath.Join(h.cfg.Data.Dir, "record.anchors")); err != nil {
		t.Errorf("verify: %v", err)
	}
	if err := audit.Close(); err != nil {
		t.Error(err)
	}
	if _, err := app.OpenAudit(t.Context(), settings(t, ""), discard()); err == nil {
		t.Error("a record that is not there was opened")
	}
}

func TestTheFilesOfTheRecordAreTheOwnersAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("wang", "viewer", "valley")
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"record.db", "record.keys", "record.anchors"} {
		info, err := os.Stat(filepath.Join(h.cfg.Data.Dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want mode 600", name, info, err)
		}
	}
}

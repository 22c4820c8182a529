package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"citydeck/server/app"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

// cookied is a house with a street leader who has signed in.
func cookied(t *testing.T) (h *house, cookie string) {
	t.Helper()
	h = newHouse(t, redistest.Start(t).URL(), nil)
	h.add("wang", "street_leader", "valley")
	status, cookie := h.signIn("wang", good, "")
	if status != http.StatusNoContent || cookie == "" {
		t.Fatalf("sign in: %d %q", status, cookie)
	}
	return h, cookie
}

func TestASocketOfAForeignPage(t *testing.T) {
	t.Parallel()
	h, cookie := cookied(t)
	own := h.url
	tests := map[string]struct {
		headers []string
		status  int    // of the handshake; 0: it opens
		ends    string // how it ends; empty: it stays
	}{
		"our own page":              {[]string{"Cookie", cookie, "Origin", own}, 0, ""},
		"a foreign page":            {[]string{"Cookie", cookie, "Origin", "https://evil.example"}, 403, ""},
		"a page without an address": {[]string{"Cookie", cookie, "Origin", "null"}, 403, ""},
		"another port of this host": {[]string{"Cookie", cookie, "Origin", "http://127.0.0.1:1"}, 403, ""},
		"this host in a longer one": {[]string{"Cookie", cookie, "Origin", own + ".evil.example"}, 403, ""},
		"a cookie without a page":   {[]string{"Cookie", cookie}, 0, "4401 said=true"},
		"our own page, no cookie":   {[]string{"Origin", own}, 0, "4401 said=true"},
	}
	for name, tt := range tests {
		s, res, err := h.dial(tt.headers...)
		switch {
		case tt.status != 0 && (err == nil || res == nil || res.StatusCode != tt.status):
			t.Errorf("%s: the handshake gives %v, want %d", name, err, tt.status)
		case tt.status == 0 && err != nil:
			t.Errorf("%s: %v", name, err)
		case tt.status == 0 && tt.ends == "":
			s.hear("hello", func(m message) bool { return m.Op == "hello" })
		case tt.status == 0:
			if got := s.ends(); got != tt.ends {
				t.Errorf("%s: it ends with %s, want %s", name, got, tt.ends)
			}
		}
	}
}

func TestAnUnsafeRequestOfAForeignPage(t *testing.T) {
	t.Parallel()
	h, cookie := cookied(t)
	foreign := map[string][]string{
		"a foreign page":            {"Origin", "https://evil.example"},
		"a page without an address": {"Origin", "null"},
		"a page that says so":       {"Sec-Fetch-Site", "cross-site"},
		"a sibling":                 {"Sec-Fetch-Site", "same-site"},
	}
	unsafe := 0
	for _, r := range routes(t, h) {
		if r.method == "GET" || r.method == "HEAD" {
			continue
		}
		unsafe++
		for name, header := range foreign {
			res, text := h.request(r.method, r.inside, "{}", append([]string{"Cookie", cookie}, header...)...)
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("%s: %s %s: %d %.100s, want 403", name, r.method, r.inside, res.StatusCode, text)
			}
		}
	}
	if unsafe < 15 {
		t.Errorf("%d unsafe routes were tried", unsafe)
	}
	if res, _ := h.request("GET", "/api/v1/session", "", "Cookie", cookie); res.StatusCode != http.StatusOK {
		t.Errorf("the session was ended by one of them: %d", res.StatusCode)
	}
	res, _ := h.request("DELETE", "/api/v1/session", "", "Cookie", cookie, "Origin", h.url, "Sec-Fetch-Site", "same-origin")
	if res.StatusCode != http.StatusNoContent {
		t.Errorf("our own page signs out: %d", res.StatusCode)
	}
}

func TestACookieThatWasSetBeforeIsNotTaken(t *testing.T) {
	t.Parallel()
	h, before := cookied(t)
	for name, planted := range map[string]string{"made up": "citydeck=planted", "another session's": before} {
		status, cookie := h.signIn("wang", good, "", "Cookie", planted)
		if status != http.StatusNoContent || cookie == "" || cookie == planted {
			t.Errorf("%s: sign in gives %d and %q", name, status, cookie)
		}
		if res, _ := h.request("GET", "/api/v1/session", "", "Cookie", planted); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: the cookie from before is let in: %d", name, res.StatusCode)
		}
	}
}

func TestASecretOpensNothingFromTheWrongPlace(t *testing.T) {
	t.Parallel()
	h, cookie := cookied(t)
	token := h.token("wang")
	_, secret, _ := strings.Cut(cookie, "=")
	for name, ask := range map[string][]string{
		"a token in the URL":        {"/api/v1/cockpits?access_token=" + token + "&token=" + token},
		"a session in the URL":      {"/api/v1/cockpits?citydeck=" + secret},
		"a cookie's value as token": {"/api/v1/cockpits", "Authorization", "Bearer " + secret},
		"a token as cookie":         {"/api/v1/cockpits", "Cookie", "citydeck=" + token},
		"a token as wall's cookie":  {"/api/v1/cockpits", "Cookie", "citydeck_screen=" + token},
		"the host's cookie by HTTP": {"/api/v1/cockpits", "Cookie", "__Host-" + cookie},
	} {
		if res, _ := h.request("GET", ask[0], "", ask[1:]...); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d, want 401", name, res.StatusCode)
		}
	}
}

func TestWhatEndsASessionClosesItsSockets(t *testing.T) {
	t.Parallel()
	h, cookie := cookied(t)
	h.add("boss", "admin", "valley")
	boss := h.token("boss")
	open := func(headers ...string) *screen {
		s, _, err := h.dial(append(headers, "Origin", h.url)...)
		if err != nil {
			t.Fatal(err)
		}
		s.hear("hello", func(m message) bool { return m.Op == "hello" })
		s.say(`{"op":"subscribe","cockpit":"valley"}`)
		s.hear("snapshot", func(m message) bool { return m.Op == "snapshot" })
		return s
	}
	token := h.token("wang")
	listed := h.must(app.Errand{Do: "token list"})
	id := strings.Split(strings.TrimPrefix(token, "cdk_"), "_")[0]
	if !strings.Contains(listed, id) {
		t.Fatalf("token %s is not listed: %s", id, listed)
	}
	wall, wallID := h.pair(boss, `"area":"valley","cockpit":"valley"`)
	tests := []struct {
		name string
		s    *screen
		do   func()
	}{
		{"signing out", open("Cookie", cookie), func() { h.request("DELETE", "/api/v1/session", "", "Cookie", cookie) }},
		{"revoking the token", open("Authorization", "Bearer "+token), func() { h.must(app.Errand{Do: "token revoke", ID: id}) }},
		{"revoking the wall", open("Cookie", "citydeck_screen="+wall), func() { h.by(boss, "DELETE", "/api/v1/screens/"+wallID, "") }},
		{"closing the account", open("Authorization", "Bearer "+h.token("wang")), func() { h.must(app.Errand{Do: "user disable", Name: "wang"}) }},
	}
	for _, tt := range tests {
		began := time.Now()
		tt.do()
		if got := tt.s.ends(); got != "4401 said=true" {
			t.Errorf("%s: the socket ends with %s, want 4401 after unauthenticated", tt.name, got)
		}
		t.Logf("%s: closed after %v", tt.name, time.Since(began).Round(time.Millisecond))
	}
}

func TestARoleThatIsTakenAwayTakesItsCockpits(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("wang", "viewer", "gate")
	h.must(app.Errand{Do: "user grant", Name: "wang", Role: "viewer", Area: "valley"})
	s, _, err := h.dial("Authorization", "Bearer "+h.token("wang"))
	if err != nil {
		t.Fatal(err)
	}
	for _, cockpit := range []string{"valley", "gate"} {
		s.say(`{"op":"subscribe","cockpit":"` + cockpit + `"}`)
		s.hear("snapshot", func(m message) bool { return m.Op == "snapshot" && m.Cockpit == cockpit })
	}
	h.must(app.Errand{Do: "user revoke", Name: "wang", Role: "viewer", Area: "valley"})
	s.hear("forbidden for valley alone", func(m message) bool { return m.Op == "error" && m.Code == "forbidden" && m.Cockpit == "valley" })
	s.say(`{"op":"subscribe","cockpit":"gate"}`)
	s.hear("gate still", func(m message) bool { return m.Op == "snapshot" && m.Cockpit == "gate" })
}

func TestGuessingIsStoppedAndStaysSoAfterARestart(t *testing.T) {
	t.Parallel()
	h, _ := cookied(t)
	for _, name := range []string{"wang", "nobody"} {
		for i := range 5 {
			if status, _ := h.signIn(name, "wrong", ""); status != http.StatusUnauthorized {
				t.Errorf("%s, wrong password %d: %d, want 401", name, i+1, status)
			}
		}
		res, _ := h.request("POST", "/api/v1/session", `{"name":"`+name+`","password":"`+good+`"}`)
		if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s, then the right one: %d, Retry-After %q; want 429", name, res.StatusCode, res.Header.Get("Retry-After"))
		}
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	again := &house{serve(t, h.cfg), h.cfg}
	again.ready()
	if status, _ := again.signIn("wang", good, ""); status != http.StatusTooManyRequests {
		t.Errorf("after a restart: %d, want 429", status)
	}
}

func TestNobodyLearnsANameFromHowLongItTakes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), func(c *config.Config) { c.Auth.LockAfter = 1000 })
	h.add("wang", "viewer", "valley")
	fastest := map[string]time.Duration{"wang": time.Hour, "nobody": time.Hour}
	for range 10 {
		for name := range fastest {
			began := time.Now()
			if status, _ := h.signIn(name, "wrong", ""); status != http.StatusUnauthorized {
				t.Fatalf("%s: %d", name, status)
			}
			fastest[name] = min(fastest[name], time.Since(began))
		}
	}
	known, unknown := fastest["wang"], fastest["nobody"]
	t.Logf("the fastest: a known name %v, an unknown one %v", known, unknown)
	if unknown < known/4 || known < unknown/4 { // a proof takes twenty times what all else takes
		t.Errorf("a known name takes %v, an unknown one %v", known, unknown)
	}
}

func TestNoSecretIsInTheLog(t *testing.T) {
	t.Parallel()
	h, cookie := cookied(t)
	seed := h.add("boss", "admin", "valley")
	boss, source := h.token("boss"), h.must(app.Errand{Do: "token add", Source: "gas"})
	wall, _ := h.pair(boss, `"area":"valley","cockpit":"valley"`)
	_, value, _ := strings.Cut(cookie, "=")
	h.signIn("wang", "Not-the-password-1", "")
	h.request("GET", "/api/v1/values?indicator="+source+"&area=%00", "", "Authorization", "Bearer "+source)
	h.request("GET", "/api/v1/nothing/"+boss, "", "Cookie", cookie)
	h.request("POST", "/api/v1/session", `{"name":"wang","password":"`+good, "Cookie", cookie)
	h.by(source, "POST", "/api/v1/readings", `{"measure":"boats","area":"sill","value":"`+source+`"}`)
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string]string{
		"a password": good, "a wrong password": "Not-the-password-1", "a cookie": value, "a person's token": boss, "a source's token": source,
		"a wall's token": wall, "a seed of codes": seed,
	} {
		if secret == "" || strings.Contains(h.log.String(), secret) {
			t.Errorf("%s is in the log, or there is none: %q", name, secret)
		}
	}
}

func TestASourceWritesWhatItIsFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("wang", "viewer", "valley")
	viewer := h.token("wang")
	token := h.must(app.Errand{Do: "token add", Source: "ferry", Areas: []string{"gate"}, Measures: []string{"boats"}})
	inside := `{"measure":"boats","area":"sill","value":1,"source":"somebody else"}`
	tests := map[string]struct {
		token, body string
		want        int
	}{
		"its measure in its area":           {token, inside, 202},
		"another measure":                   {token, `{"measure":"boats_late","area":"sill","value":1}`, 403},
		"another area":                      {token, `{"measure":"boats","area":"hill","value":1}`, 403},
		"one of many is another's":          {token, `[` + inside + `,{"measure":"boats","area":"hill","value":1}]`, 403},
		"one of many can't be used":         {token, `[` + inside + `,{"measure":"boats","area":"nowhere","value":1}]`, 202},
		"a person":                          {viewer, inside, 403},
		"nobody":                            {"", inside, 401},
		"a token that nobody gave":          {token + "x", inside, 401},
		"unreadable, but it is who it says": {token, `{`, 400},
	}
	for name, tt := range tests {
		if status, text := h.by(tt.token, "POST", "/api/v1/readings", tt.body); status != tt.want {
			t.Errorf("%s: %d %s, want %d", name, status, text, tt.want)
		}
	}
	wait(t, "both readings that were taken count", func() bool {
		_, text := h.by(viewer, "GET", "/api/v1/values?indicator=boats_ever&area=valley", "")
		return strings.Contains(text, `"value":2,`)
	})
}

// pair pairs a wall and says its token and id.
func (h *house) pair(admin, place string) (token, id string) {
	h.t.Helper()
	_, text := h.by("", "POST", "/api/v1/screens/pair", "")
	var begun struct{ Code, Poll string }
	read(h.t, text, &begun)
	status, text := h.by(admin, "POST", "/api/v1/screens", `{"code":"`+begun.Code+`","name":"大厅 <b>","width_m":4.8,"distance_m":8,`+place+`}`)
	if status != http.StatusCreated {
		h.t.Fatalf("pair: %d %s", status, text)
	}
	_, text = h.by("", "POST", "/api/v1/screens/claim", `{"poll":"`+begun.Poll+`"}`)
	var claimed struct{ ID, Token string }
	read(h.t, text, &claimed)
	if claimed.ID == "" || claimed.Token == "" {
		h.t.Fatalf("claim: %s", text)
	}
	return claimed.Token, claimed.ID
}

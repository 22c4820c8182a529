package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"citydeck/server/app"
	"citydeck/server/config"

	"github.com/gorilla/websocket"
	"github.com/pquerna/otp/totp"
)

// good is a password that the rules take.
const good = "Under-the-bridge-7"

// house is a server that nobody enters without credentials, with people in it.
type house struct {
	*program
	cfg config.Config
}

func newHouse(t testing.TB, redisURL string, change func(*config.Config)) *house {
	t.Helper()
	cfg := settings(t, redisURL)
	cfg.Auth.Anonymous = "none"
	if change != nil {
		change(&cfg)
	}
	h := &house{serve(t, cfg), cfg}
	h.ready()
	return h
}

// errand has something done as the command line has it done.
func (h *house) errand(e app.Errand) (string, error) {
	text, err := e.Run(h.t.Context(), h.cfg, slog.New(slog.DiscardHandler))
	return strings.TrimSpace(text), err
}

func (h *house) must(e app.Errand) string {
	h.t.Helper()
	text, err := h.errand(e)
	if err != nil {
		h.t.Fatalf("%+v: %v", e, err)
	}
	return text
}

// add makes somebody and says the seed of his one-time codes.
func (h *house) add(name, role, area string) (seed string) {
	h.t.Helper()
	otpauth := h.must(app.Errand{Do: "user add", Name: name, Role: role, Area: area, Password: good})
	_, rest, _ := strings.Cut(otpauth, "secret=")
	seed, _, _ = strings.Cut(rest, "&")
	return seed
}

// token makes a program's token of somebody.
func (h *house) token(name string) string {
	h.t.Helper()
	return h.must(app.Errand{Do: "token add", Name: name})
}

// request is one request with headers, name and value in turn.
func (h *house) request(method, path, body string, headers ...string) (*http.Response, string) {
	h.t.Helper()
	req, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := h.http.Do(req)
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res, string(text)
}

// by is a request of somebody, by his token; empty: nobody.
func (h *house) by(token, method, path, body string) (int, string) {
	h.t.Helper()
	var headers []string
	if token != "" {
		headers = []string{"Authorization", "Bearer " + token}
	}
	res, text := h.request(method, path, body, headers...)
	return res.StatusCode, text
}

// signIn is a sign-in, and the cookie that it gives; empty: none.
func (h *house) signIn(name, password, code string, headers ...string) (int, string) {
	h.t.Helper()
	body, _ := json.Marshal(map[string]string{"name": name, "password": password, "code": code})
	res, _ := h.request("POST", "/api/v1/session", string(body), headers...)
	for _, c := range res.Cookies() {
		if c.Name == "citydeck" {
			return res.StatusCode, "citydeck=" + c.Value
		}
	}
	return res.StatusCode, ""
}

// code is what somebody's phone shows.
func code(t testing.TB, seed string) string {
	t.Helper()
	text, err := totp.GenerateCode(seed, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// lines are the lines of the audit.
func (h *house) lines(token string) []map[string]any {
	h.t.Helper()
	status, text := h.by(token, "GET", "/api/v1/audit", "")
	if status != http.StatusOK {
		h.t.Fatalf("GET /audit: %d %s", status, text)
	}
	var list []map[string]any
	for line := range strings.Lines(text) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			h.t.Fatalf("%s: %v", line, err)
		}
		list = append(list, l)
	}
	return list
}

// dial opens a socket with headers; the answer is there also when it fails.
func (h *house) dial(headers ...string) (*screen, *http.Response, error) {
	h.t.Helper()
	header := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(h.url, "http")+"/api/v1/live", header)
	if res != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		return nil, res, err
	}
	h.t.Cleanup(func() { _ = conn.Close() })
	return &screen{h.t, conn, map[string]string{}}, res, nil
}

// ends waits until a socket is closed, and says how; before, unauthenticated
// must have been said.
func (s *screen) ends() string {
	s.t.Helper()
	said := false
	for {
		list, err := s.next()
		if err != nil {
			if c, ok := errors.AsType[*websocket.CloseError](err); ok {
				return fmt.Sprint(c.Code, " said=", said)
			}
			return err.Error()
		}
		for _, m := range list {
			said = said || m.Op == "error" && m.Code == "unauthenticated"
		}
	}
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

package app_test

import (
	"net/http"
	"strings"
	"testing"

	"citydeck/server/app"
	"citydeck/server/stream/redistest"
)

func TestPeopleMakeAndRevokeTheirOwnTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("li", "viewer", "valley")
	h.add("wu", "viewer", "valley")
	h.add("eve", "auditor", "valley")
	wus := h.token("wu")
	_, li := h.signIn("li", good, "")
	var made struct{ ID, Token string }
	if status := h.said(li, "POST", "/account/tokens", m{"days": 30}, &made); status != http.StatusCreated || !strings.HasPrefix(made.Token, "cdk_") {
		t.Fatalf("make: %d %+v", status, made)
	}
	if status, text := h.by(made.Token, "GET", "/api/v1/session", ""); status != http.StatusOK || !strings.Contains(text, `"li"`) {
		t.Errorf("it is li: %d %s", status, text)
	}
	var mine []struct {
		ID, User  string
		ExpiresAt *int64 `json:"expires_at"`
	}
	h.said(li, "GET", "/account/tokens", nil, &mine)
	if len(mine) != 1 || mine[0].ID != made.ID || mine[0].User != "li" || mine[0].ExpiresAt == nil {
		t.Errorf("li's tokens: %+v", mine)
	}
	for what, body := range map[string]string{"for ever": `{"days":0}`, "for two years": `{"days":730}`, "somebody else's": `{"days":1,"user":"wu"}`} {
		if res, text := h.request("POST", "/api/v1/account/tokens", body, "Cookie", li); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s, want 400", what, res.StatusCode, text)
		}
	}
	if status, _ := h.by(made.Token, "POST", "/api/v1/account/tokens", `{"days":1}`); status != http.StatusUnauthorized {
		t.Errorf("a token makes a token: %d, want 401", status)
	}
	if res, _ := h.request("POST", "/api/v1/account/tokens", `{"days":1}`, "Cookie", li, "Origin", "https://evil.example"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a foreign page makes a token: %d, want 403", res.StatusCode)
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(wus, "cdk_"), "_")
	if status := h.said(li, "DELETE", "/account/tokens/"+id, nil, nil); status != http.StatusNotFound {
		t.Errorf("li revokes wu's: %d, want 404", status)
	}
	if status, _ := h.by(wus, "GET", "/api/v1/session", ""); status != http.StatusOK {
		t.Errorf("wu's token: %d", status)
	}
	if status := h.said(li, "DELETE", "/account/tokens/"+made.ID, nil, nil); status != http.StatusNoContent {
		t.Errorf("revoke: %d", status)
	}
	if status, _ := h.by(made.Token, "GET", "/api/v1/cockpits", ""); status != http.StatusUnauthorized {
		t.Errorf("after that it is good for %d, want 401", status)
	}
	for range 20 {
		h.said(li, "POST", "/account/tokens", m{"days": 1}, nil)
	}
	if status := h.said(li, "POST", "/account/tokens", m{"days": 1}, nil); status != http.StatusConflict {
		t.Errorf("the 21st: %d, want 409", status)
	}
	_, lines := h.by(h.token("eve"), "GET", "/api/v1/audit", "")
	for _, object := range []string{"token add user:li", "token revoke " + made.ID + " user:li"} {
		if !strings.Contains(lines, `"actor":"user:li","role":"viewer","action":"equip","object":"`+object+`"`) {
			t.Errorf("not on record: %s\n%s", object, lines)
		}
	}
	if strings.Contains(lines, made.Token) {
		t.Error("the token is on record")
	}
}

func TestATokenIsNoWayAroundTheCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("bo", "viewer", "valley")
	_, cookie := h.signIn("bo", good, "")
	h.must(app.Errand{Do: "user grant", Name: "bo", Role: "commander", Area: "valley"})
	res, text := h.request("POST", "/api/v1/account/tokens", `{"days":1}`, "Cookie", cookie)
	if res.StatusCode != http.StatusUnauthorized || !strings.Contains(text, "step_up") {
		t.Errorf("before the code of a new commander: %d %s, want 401 step_up", res.StatusCode, text)
	}
}

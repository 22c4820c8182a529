package app_test

import (
	"net/http"
	"strings"
	"testing"

	"citydeck/server/app"
	"citydeck/server/stream/redistest"
)

func TestRecoveryCodesComeFromTheCommandLineAndTheAccountPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	seed := h.add("li", "commander", "valley")
	h.add("wu", "viewer", "valley")
	h.add("eve", "auditor", "valley")
	printed := strings.Split(h.must(app.Errand{Do: "user recovery", Name: "li"}), "\n")
	if len(printed) != 10 {
		t.Fatalf("printed %d codes, want 10", len(printed))
	}
	for name, want := range map[string]string{"wu": "without one-time codes", "nobody": "no such user"} {
		if text, err := h.errand(app.Errand{Do: "user recovery", Name: name}); err == nil || text != "" || !strings.Contains(err.Error(), want) {
			t.Errorf("codes of %s: %q, %v; want %s", name, text, err, want)
		}
	}
	status, by := h.signIn("li", good, printed[3])
	if status != http.StatusNoContent {
		t.Fatalf("sign in with a recovery code: %d", status)
	}
	if status, _ := h.signIn("li", good, printed[3]); status != http.StatusUnauthorized {
		t.Errorf("a second time: %d, want 401", status)
	}
	var left struct {
		Left   int
		Needed bool
	}
	if h.said(by, "GET", "/account/recovery", nil, &left); left.Left != 9 || !left.Needed {
		t.Errorf("left: %+v, want 9, needed", left)
	}
	var made struct{ Codes []string }
	if status := h.said(by, "POST", "/account/recovery", m{}, &made); status != http.StatusCreated || len(made.Codes) != 10 {
		t.Fatalf("new codes: %d, %d of them", status, len(made.Codes))
	}
	if status, _ := h.signIn("li", good, printed[4]); status != http.StatusUnauthorized {
		t.Errorf("a code of before: %d, want 401", status)
	}
	if status, _ := h.signIn("li", good, made.Codes[0]); status != http.StatusNoContent {
		t.Errorf("a new one: %d, want 204", status)
	}
	if status, _ := h.signIn("li", good, code(t, seed)); status != http.StatusNoContent {
		t.Errorf("the phone's: %d, want 204", status)
	}
	if status, _ := h.by(h.token("li"), "POST", "/api/v1/account/recovery", `{}`); status != http.StatusUnauthorized {
		t.Errorf("a program makes them: %d, want 401", status)
	}
	_, wu := h.signIn("wu", good, "")
	if status := h.said(wu, "POST", "/account/recovery", m{}, nil); status != http.StatusConflict {
		t.Errorf("for who needs none: %d, want 409", status)
	}
	found := map[string]int{}
	for _, line := range h.lines(h.token("eve")) {
		if object, _ := line["object"].(string); strings.Contains(object, "recovery") {
			found[object]++
		}
	}
	for _, want := range []string{"user recovery li", "recovery code, 9 left", "recovery codes user:li"} {
		if found[want] == 0 {
			t.Errorf("%q is not on record: %v", want, found)
		}
	}
	for _, c := range append(printed, made.Codes...) {
		if strings.Contains(h.log.String(), c) {
			t.Error("a code stands in the log")
		}
	}
}

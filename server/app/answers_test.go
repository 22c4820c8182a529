package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"citydeck/server/stream/redistest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// documented is the router of the document that the server serves.
func documented(t *testing.T, h *house) routers.Router {
	t.Helper()
	_, text := h.by("", "GET", "/api/v1/openapi.json", "")
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// told asks and holds the answer against the document.
func (h *house) told(router routers.Router, token, method, path, body string, want int) string {
	h.t.Helper()
	var headers []string
	if token != "" {
		headers = append(headers, "Authorization", "Bearer "+token)
	}
	res, text := h.request(method, path, body, headers...)
	if res.StatusCode != want {
		h.t.Errorf("%s %s: %d %.300s, want %d", method, path, res.StatusCode, text, want)
		return text
	}
	req, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	route, params, err := router.FindRoute(req)
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil && want < 400 {
		h.t.Errorf("%s %s: the request: %v", method, path, err)
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader([]byte(text))), Options: options,
	})
	if err != nil {
		h.t.Errorf("%s %s: the answer %d: %v", method, path, res.StatusCode, err)
	}
	return text
}

func TestPeopleScreensAndTokensAnswerAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	doc := documented(t, h)
	h.add("boss", "admin", "valley")
	h.add("sec", "security", "valley")
	h.add("aud", "auditor", "valley")
	h.add("chief", "commander", "valley")
	boss, sec, aud, chief := h.token("boss"), h.token("sec"), h.token("aud"), h.token("chief")

	h.told(doc, "", "GET", "/api/v1/sign-in", "", 200)
	h.told(doc, "", "POST", "/api/v1/setup", `{"code":"x","name":"y","password":"z"}`, 401)
	h.told(doc, "", "POST", "/api/v1/session", `{"name":"y","password":"z"}`, 401)
	h.told(doc, "", "GET", "/api/v1/session", "", 401)
	h.told(doc, boss, "GET", "/api/v1/session", "", 200)
	h.told(doc, boss, "POST", "/api/v1/session/step-up", `{"code":"000000"}`, 401)
	h.told(doc, "", "GET", "/api/v1/session/oidc", "", 404)
	h.told(doc, "", "GET", "/api/v1/session/oidc/callback?code=a&state=b", "", 401)

	h.told(doc, sec, "POST", "/api/v1/users", `{"name":"wang","password":"`+good+`","roles":[{"role":"viewer","area":"gate"}]}`, 201)
	h.told(doc, sec, "POST", "/api/v1/users", `{"name":"wang","password":"`+good+`","roles":[]}`, 409)
	h.told(doc, sec, "POST", "/api/v1/users", `{"name":"zhou","password":"weak","roles":[]}`, 400)
	h.told(doc, sec, "POST", "/api/v1/users", `{"name":"<script>","password":"`+good+`","roles":[]}`, 400)
	h.told(doc, sec, "POST", "/api/v1/users", `{"name":"zhou","password":"`+good+`","roles":[{"role":"admin","area":"gate"},{"role":"auditor","area":"gate"}]}`, 400)
	h.told(doc, sec, "GET", "/api/v1/users", "", 200)
	h.told(doc, sec, "POST", "/api/v1/users/wang/roles", `{"role":"commander","area":"gate"}`, 200)
	h.told(doc, sec, "POST", "/api/v1/users/nobody/roles", `{"role":"viewer","area":"gate"}`, 404)
	h.told(doc, sec, "DELETE", "/api/v1/users/wang/roles/commander/gate", "", 204)
	h.told(doc, sec, "DELETE", "/api/v1/users/wang/roles/commander/gate", "", 404)
	h.told(doc, sec, "PATCH", "/api/v1/users/wang", `{"disabled":true}`, 204)
	h.told(doc, boss, "GET", "/api/v1/users", "", 403)

	var token struct{ ID string }
	read(t, h.told(doc, boss, "POST", "/api/v1/tokens", `{"source":"gas","areas":["gate"],"measures":["boats"]}`, 201), &token)
	h.told(doc, boss, "POST", "/api/v1/tokens", `{"source":"gas","areas":["nowhere"]}`, 404)
	h.told(doc, boss, "POST", "/api/v1/tokens/"+token.ID+"/rotate", `{"overlap_ms":1000}`, 201)
	h.told(doc, boss, "GET", "/api/v1/tokens", "", 200)
	h.told(doc, boss, "DELETE", "/api/v1/tokens/"+token.ID, "", 204)
	h.told(doc, boss, "DELETE", "/api/v1/tokens/"+token.ID, "", 404)

	var begun struct{ Code, Poll string }
	read(t, h.told(doc, "", "POST", "/api/v1/screens/pair", "", 201), &begun)
	h.told(doc, "", "POST", "/api/v1/screens/claim", `{"poll":"`+begun.Poll+`"}`, 202)
	var screen, claimed struct{ ID, Token string }
	read(t, h.told(doc, boss, "POST", "/api/v1/screens", `{"code":"`+begun.Code+`","name":"大厅","area":"valley","cockpit":"valley"}`, 201), &screen)
	h.told(doc, boss, "POST", "/api/v1/screens", `{"code":"`+begun.Code+`","name":"大厅","area":"valley","cockpit":"valley"}`, 410)
	read(t, h.told(doc, "", "POST", "/api/v1/screens/claim", `{"poll":"`+begun.Poll+`"}`, 200), &claimed)
	at := "/api/v1/screens/" + screen.ID
	h.told(doc, claimed.Token, "GET", "/api/v1/screens/self", "", 200)
	h.told(doc, boss, "GET", "/api/v1/screens", "", 200)
	h.told(doc, boss, "POST", at+"/show", fmt.Sprintf(`{"cockpit":"gate","until":%d}`, time.Now().Add(time.Hour).UnixMilli()), 200)
	h.told(doc, boss, "POST", at+"/reload", "", 200)
	h.told(doc, boss, "POST", at+"/rotate", "", 200)
	h.told(doc, boss, "DELETE", at, "", 204)

	for _, r := range routes(t, h) {
		json := !strings.Contains(r.path, "/tiles/") && r.path != "/metrics" && r.path != "/api/v1/audit"
		if r.method == "GET" && r.right != "open" && json {
			who := map[string]string{"operate": boss, "equip": boss, "appoint": sec, "audit": aud, "command": chief, "answer": chief}[r.right]
			if who == "" {
				who = aud
			}
			want := http.StatusOK
			if strings.Contains(r.inside, "/none") { // a place without plans has none, and no command
				want = http.StatusNotFound
			}
			h.told(doc, who, "GET", r.inside, "", want)
		}
	}
	h.told(doc, boss, "DELETE", "/api/v1/sessions", "", 204)
}

package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/reading"
	"citydeck/server/api"
)

// document loads openapi.json. When strict, a key that it does not name is a
// fault, so that an answer can't have more than it tells.
func document(t *testing.T, strict bool) *openapi3.T {
	t.Helper()
	raw, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatalf("openapi.json: %v", err)
	}
	if strict {
		tighten(tree)
	}
	if raw, err = json.Marshal(tree); err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatalf("load openapi.json: %v", err)
	}
	return doc
}

func tighten(node any) {
	switch n := node.(type) {
	case map[string]any:
		for _, child := range n {
			tighten(child)
		}
		_, object := n["properties"].(map[string]any)
		if _, said := n["additionalProperties"]; object && n["type"] == "object" && !said {
			n["additionalProperties"] = false
		}
	case []any:
		for _, child := range n {
			tighten(child)
		}
	}
}

func TestTheDocumentIsValidWithItsExamples(t *testing.T) {
	t.Parallel()
	doc := document(t, true)
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaPatternValidation()); err != nil {
		t.Errorf("openapi.json: %v", err)
	}
}

func TestTheDocumentNamesEveryRouteAndNoOther(t *testing.T) {
	t.Parallel()
	parameter := regexp.MustCompile(`:(\w+)`)
	served := map[string]bool{}
	for _, r := range seen(t).echo.Routes() {
		path := strings.Replace(r.Path, "/:file", "/:y.mvt", 1) // the router can't cut a segment
		served[r.Method+" "+parameter.ReplaceAllString(path, "{$1}")] = true
	}
	told := map[string]bool{}
	for path, item := range document(t, false).Paths.Map() {
		for method := range item.Operations() {
			told[method+" "+path] = true
		}
	}
	for route := range served {
		if !told[route] {
			t.Errorf("%s is served, and not in openapi.json", route)
		}
	}
	for route := range told {
		if !served[route] {
			t.Errorf("%s is in openapi.json, and not served", route)
		}
	}
}

func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	router, err := gorillamux.NewRouter(document(t, true))
	if err != nil {
		t.Fatal(err)
	}
	good := `[{"measure":"due","area":"pond","value":1},{"measure":"due","area":"nowhere","value":1}]`
	away := busy()
	away.condition = api.Condition{Database: true, Record: "whole"}
	away.post = func(context.Context, []byte, string) ([]int, []reading.Rejection, error) {
		return []int{1}, nil, fault.New(fault.Unavailable, "", "unknown: repeat with the same id")
	}
	half := busy()
	half.post = func(context.Context, []byte, string) ([]int, []reading.Rejection, error) {
		return []int{0}, []reading.Rejection{{Origin: reading.Origin{Item: 1}, Reason: reading.UnknownArea, Detail: "no area has this id"}}, nil
	}
	tests := []struct {
		method, path, body string
		status             int
		movers             *movers
		anonymous          string
	}{
		{method: "GET", path: "/healthz", status: 200},
		{method: "GET", path: "/readyz", status: 200},
		{method: "GET", path: "/readyz", status: 503, movers: away},
		{method: "GET", path: "/metrics", status: 200},
		{method: "GET", path: "/api/v1/openapi.json", status: 200},
		{method: "GET", path: "/api/v1/cockpits", status: 200},
		{method: "GET", path: "/api/v1/cockpits", status: 401, anonymous: "none"},
		{method: "GET", path: "/api/v1/cockpits/town", status: 200},
		{method: "GET", path: "/api/v1/cockpits/east", status: 200},
		{method: "GET", path: "/api/v1/cockpits/north", status: 404},
		{method: "GET", path: "/api/v1/areas", status: 200},
		{method: "GET", path: "/api/v1/areas/east", status: 200},
		{method: "GET", path: "/api/v1/areas/town/outlines?of=street", status: 200},
		{method: "GET", path: "/api/v1/areas/town/outlines?of=galaxy", status: 404},
		{method: "GET", path: "/api/v1/indicators", status: 200},
		{method: "GET", path: "/api/v1/indicators/rate", status: 200},
		{method: "GET", path: "/api/v1/measures", status: 200},
		{method: "GET", path: "/api/v1/lists", status: 200},
		{method: "GET", path: "/api/v1/lists/lamps", status: 200},
		{method: "GET", path: "/api/v1/lists/patients", status: 403},
		{method: "GET", path: "/api/v1/tiles/0/0/0.mvt?lists=lamps", status: 200},
		{method: "GET", path: "/api/v1/tiles/0/0/1.mvt", status: 404},
		{method: "GET", path: "/api/v1/search?q=East&limit=5", status: 200},
		{method: "GET", path: "/api/v1/areas/town/values?indicator=rate&of=street", status: 200},
		{method: "GET", path: "/api/v1/areas/town/values?indicator=rate&of=galaxy", status: 404},
		{method: "GET", path: "/api/v1/areas/town/values?indicator=watched&of=community", status: 403},
		{method: "GET", path: "/api/v1/search?q=East", status: 401, anonymous: "none"},
		{method: "GET", path: "/api/v1/values?indicator=rate&area=east", status: 200},
		{method: "GET", path: "/api/v1/values?indicator=watched&area=pond", status: 403},
		{method: "GET", path: "/api/v1/explain?indicator=rate&area=town", status: 200, movers: lively(t)},
		{method: "GET", path: "/api/v1/explain?indicator=lamps&area=east", status: 200, movers: lively(t)},
		{method: "GET", path: "/api/v1/explain?indicator=watched&area=pond", status: 403, movers: lively(t)},
		{method: "POST", path: "/api/v1/readings", body: good, status: 202, movers: half},
		{method: "POST", path: "/api/v1/readings", body: good, status: 503, movers: away},
	}
	for _, tt := range tests {
		m, anonymous := tt.movers, tt.anonymous
		if m == nil {
			m = busy()
		}
		if anonymous == "" {
			anonymous = "viewer"
		}
		d := open(t, api.Config{Anonymous: anonymous}, api.DoorConfig{}, m)
		w := d.ask(t, tt.method, tt.path, tt.body)
		if w.Code != tt.status {
			t.Errorf("%s %s: status = %d, want %d: %s", tt.method, tt.path, w.Code, tt.status, w.Body)
			continue
		}
		validate(t, router, tt.method, tt.path, tt.body, w.Code, w.Header(), w.Body.Bytes())
	}
}

func validate(t *testing.T, router routers.Router, method, path, body string, status int, header http.Header, answer []byte) {
	t.Helper()
	r, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	route, params, err := router.FindRoute(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
		t.Errorf("%s %s: request: %v", method, path, err)
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: status, Header: header,
		Body: io.NopCloser(bytes.NewReader(answer)), Options: options,
	}
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		t.Errorf("%s %s: answer %d: %v", method, path, status, err)
	}
}

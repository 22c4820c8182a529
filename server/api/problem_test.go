package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
	"citydeck/server/api"
)

func TestWhatIsWrongIsSaidAsAProblem(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method, target string
		status         int
		pointer        string
	}{
		"unknown path":                   {"GET", "/api/v1/nothing", 404, ""},
		"unknown path, unsafe method":    {"POST", "/api/v1/nothing", 404, ""},
		"path with two slashes":          {"GET", "//", 404, ""},
		"path that climbs":               {"GET", "/api/v1/areas/..", 404, ""},
		"path in another case":           {"GET", "/api/v1/Areas", 404, ""},
		"trailing slash":                 {"GET", "/api/v1/areas/", 404, ""},
		"trailing slash after an id":     {"GET", "/api/v1/areas/east/", 404, ""},
		"id with an encoded slash":       {"GET", "/api/v1/areas/a%2Fb", 404, ""},
		"id with a blank":                {"GET", "/api/v1/areas/a%20b", 404, ""},
		"unknown cockpit":                {"GET", "/api/v1/cockpits/north", 404, ""},
		"unknown indicator":              {"GET", "/api/v1/indicators/nothing", 404, ""},
		"unknown list":                   {"GET", "/api/v1/lists/nothing", 404, ""},
		"outlines of an unknown area":    {"GET", "/api/v1/areas/north/outlines?of=street", 404, ""},
		"outlines of an unknown kind":    {"GET", "/api/v1/areas/town/outlines?of=galaxy", 404, "/of"},
		"outlines without a kind":        {"GET", "/api/v1/areas/town/outlines", 400, "/of"},
		"value of an unknown indicator":  {"GET", "/api/v1/values?indicator=nothing&area=east", 404, "/indicator"},
		"value at an unknown area":       {"GET", "/api/v1/values?indicator=rate&area=north", 404, "/area"},
		"value without an area":          {"GET", "/api/v1/values?indicator=rate", 400, "/area"},
		"value with an empty area":       {"GET", "/api/v1/values?indicator=rate&area=", 400, "/area"},
		"value with the indicator twice": {"GET", "/api/v1/values?indicator=rate&indicator=rate&area=east", 400, "/indicator"},
		"NUL in a parameter":             {"GET", "/api/v1/values?indicator=rate&area=%00", 400, "/area"},
		"broken UTF-8 in a parameter":    {"GET", "/api/v1/values?indicator=rate&area=%ff", 400, "/area"},
		"broken escape in a parameter":   {"GET", "/api/v1/values?indicator=rate&area=%zz", 400, ""},
		"semicolon in the query":         {"GET", "/api/v1/values?indicator=rate;area=east", 400, ""},
		"wrong method":                   {"DELETE", "/api/v1/areas", 405, ""},
		"TRACE":                          {"TRACE", "/healthz", 405, ""},
		"reading by GET":                 {"GET", "/api/v1/readings", 405, ""},
	}
	d := seen(t)
	for name, tt := range tests {
		w := d.ask(t, tt.method, tt.target, "")
		p := wantProblem(t, name, w, tt.status)
		if tt.status == 405 && w.Header().Get("Allow") == "" {
			t.Errorf("%s: no header Allow", name)
		}
		switch {
		case tt.pointer == "" && len(p.Errors) > 0:
			t.Errorf("%s: errors = %v, want none", name, p.Errors)
		case tt.pointer != "" && (len(p.Errors) != 1 || p.Errors[0].Pointer != tt.pointer):
			t.Errorf("%s: errors = %v, want one at %s", name, p.Errors, tt.pointer)
		}
		if cache := w.Header().Get("Cache-Control"); cache != "no-store" {
			t.Errorf("%s: Cache-Control = %q, want no-store", name, cache)
		}
	}
}

func TestEachMissingParameterIsNamed(t *testing.T) {
	t.Parallel()
	p := wantProblem(t, "GET /values", seen(t).ask(t, "GET", "/api/v1/values", ""), 400)
	if len(p.Errors) != 2 || p.Errors[0].Pointer != "/indicator" || p.Errors[1].Pointer != "/area" {
		t.Errorf("errors = %v, want /indicator and /area", p.Errors)
	}
}

func TestAFaultGetsItsStatus(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err    error
		status int
	}{
		"unavailable":          {fault.New(fault.Unavailable, "", "later"), 503},
		"wrapped":              {errors.Join(fault.New(fault.Conflict, "", "too late")), 409},
		"outdated":             {fault.New(fault.Outdated, "", "older"), 412},
		"mismatch":             {fault.New(fault.Mismatch, "", "other"), 422},
		"required":             {fault.New(fault.Required, "", "key"), 428},
		"too many":             {fault.New(fault.TooMany, "", "slower"), 429},
		"of an unknown kind":   {fault.New(fault.Kind("new"), "", "what"), 500},
		"no fault":             {errors.New("secret of the house"), 500},
		"patience came to end": {context.DeadlineExceeded, 500}, // only our own deadline is the engine's
	}
	for name, tt := range tests {
		m := busy()
		m.value = func(context.Context, indicator.Place, area.Index) (tile.Value, error) { return tile.Value{}, tt.err }
		w := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, m).ask(t, "GET", "/api/v1/values?indicator=rate&area=east", "")
		p := wantProblem(t, name, w, tt.status)
		if strings.Contains(p.Detail, "secret") {
			t.Errorf("%s: detail = %q tells an internal", name, p.Detail)
		}
		if retry := w.Header().Get("Retry-After"); (tt.status == 503 || tt.status == 429) && retry == "" {
			t.Errorf("%s: no header Retry-After", name)
		}
	}
}

func TestAPanicIsA500AndALogLine(t *testing.T) {
	t.Parallel()
	m := busy()
	m.value = func(context.Context, indicator.Place, area.Index) (tile.Value, error) { panic("of ours") }
	d := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, m)
	p := wantProblem(t, "panic", d.ask(t, "GET", "/api/v1/values?indicator=rate&area=east", ""), 500)
	if strings.Contains(p.Detail, "of ours") {
		t.Errorf("detail = %q tells an internal", p.Detail)
	}
	var line map[string]any
	if err := json.Unmarshal(d.log.Bytes(), &line); err != nil {
		t.Fatalf("log is not one line: %v: %s", err, d.log)
	}
	if line["msg"] != "handler panicked" || line["route"] != "/api/v1/values" || line["error"] != "panic: of ours" {
		t.Errorf("log line = %v", line)
	}
	if w := d.ask(t, "GET", "/healthz", ""); w.Code != http.StatusOK {
		t.Errorf("after the panic: /healthz = %d, want 200", w.Code)
	}
}

package api_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/reading"
	"citydeck/server/api"
)

const one = `{"measure":"due","area":"pond","value":1}`

func TestReadingsAreHandedOnAsTheyCame(t *testing.T) {
	t.Parallel()
	m := busy()
	var got, source string
	m.post = func(_ context.Context, body []byte, from string) ([]int, []reading.Rejection, error) {
		got, source = string(body), from
		return []int{0, 2}, []reading.Rejection{{Origin: reading.Origin{Item: 1}, Reason: reading.BadValue, Detail: "not a number"}}, nil
	}
	d := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, m)
	w := d.ask(t, "POST", "/api/v1/readings", one, "Content-Type", "text/csv")
	if w.Code != http.StatusAccepted {
		t.Fatalf("POST /readings = %d %s, want 202", w.Code, w.Body)
	}
	if got != one || source != "anonymous" {
		t.Errorf("handed on %q from %q, want the body from anonymous", got, source)
	}
	want := `{"accepted":2,"rejected":[{"index":1,"reason":"bad_value","detail":"not a number"}]}`
	if w.Body.String() != want {
		t.Errorf("answer = %s, want %s", w.Body, want)
	}
}

func TestNothingRejectedIsAnEmptyList(t *testing.T) {
	t.Parallel()
	w := seen(t).ask(t, "POST", "/api/v1/readings", one)
	if want := `{"accepted":1,"rejected":[]}`; w.Body.String() != want {
		t.Errorf("answer = %s, want %s", w.Body, want)
	}
}

func TestABodyThatCannotBeTakenReachesNoStream(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(" ", 1<<20)
	tests := map[string]struct {
		body    string
		headers []string
		chunked bool
		status  int
	}{
		"empty":                         {body: "", status: 400},
		"blank":                         {body: " \r\n\t", status: 400},
		"one byte over 1 MiB":           {body: long + "1", status: 413},
		"one byte over 1 MiB, chunked":  {body: long + "1", chunked: true, status: 413},
		"compressed":                    {body: one, headers: []string{"Content-Encoding", "gzip"}, status: 415},
		"from a foreign page":           {body: one, headers: []string{"Sec-Fetch-Site", "cross-site"}, status: 403},
		"from a page of another origin": {body: one, headers: []string{"Origin", "https://evil.example"}, status: 403},
		"from a page without an origin": {body: one, headers: []string{"Origin", "null"}, status: 403},
		"with a token that nobody gave": {body: one, headers: []string{"Authorization", "Bearer cdk_x"}, status: 401},
	}
	m := busy()
	m.post = func(context.Context, []byte, string) ([]int, []reading.Rejection, error) {
		t.Error("the body was handed on")
		return nil, nil, nil
	}
	d := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, m)
	for name, tt := range tests {
		if !tt.chunked {
			wantProblem(t, name, d.ask(t, "POST", "/api/v1/readings", tt.body, tt.headers...), tt.status)
			continue
		}
		r := httptest.NewRequest("POST", "/api/v1/readings", io.NopCloser(strings.NewReader(tt.body)))
		r.ContentLength = -1
		w := httptest.NewRecorder()
		d.echo.ServeHTTP(w, r)
		wantProblem(t, name, w, tt.status)
	}
}

func TestAnAllowedOriginMaySendReadings(t *testing.T) {
	t.Parallel()
	d := open(t, api.Config{Anonymous: "viewer", Origins: []string{"https://portal.example"}}, api.DoorConfig{}, busy())
	w := d.ask(t, "POST", "/api/v1/readings", one, "Origin", "https://portal.example")
	if w.Code != http.StatusAccepted {
		t.Errorf("POST from an allowed origin = %d %s, want 202", w.Code, w.Body)
	}
}

func TestAFailureToWriteSaysWhatWasWritten(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err      error
		accepted []int
		status   int
		detail   string
	}{
		"Redis away":         {fault.New(fault.Unavailable, "", "Redis is away"), nil, 503, "Redis is away"},
		"one of two streams": {fault.New(fault.Unavailable, "", "Redis is away"), []int{0, 3}, 503, "Redis is away"},
		"unreadable":         {fault.New(fault.Invalid, "/1/value", "not a number"), nil, 400, "not a number"},
	}
	for name, tt := range tests {
		m := busy()
		m.post = func(context.Context, []byte, string) ([]int, []reading.Rejection, error) {
			return tt.accepted, nil, tt.err
		}
		w := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, m).ask(t, "POST", "/api/v1/readings", one)
		p := wantProblem(t, name, w, tt.status)
		if p.Detail != tt.detail || len(p.Accepted) != len(tt.accepted) {
			t.Errorf("%s: detail = %q, accepted = %v, want %q, %v", name, p.Detail, p.Accepted, tt.detail, tt.accepted)
		}
		if retry := w.Header().Get("Retry-After"); (retry != "") != (tt.status == 503) {
			t.Errorf("%s: Retry-After = %q", name, retry)
		}
	}
}

func TestAWriteThatIsNotAnsweredIsUnknown(t *testing.T) {
	t.Parallel()
	m := busy()
	m.post = func(ctx context.Context, _ []byte, _ string) ([]int, []reading.Rejection, error) {
		return nil, nil, ctx.Err()
	}
	d := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, m)
	r := httptest.NewRequest("POST", "/api/v1/readings", strings.NewReader(one))
	ctx, cancel := context.WithTimeout(r.Context(), 0)
	defer cancel()
	w := httptest.NewRecorder()
	d.echo.ServeHTTP(w, r.WithContext(ctx))
	p := wantProblem(t, "time-out", w, 503)
	if want := "unknown: repeat with the same id"; p.Detail != want {
		t.Errorf("detail = %q, want %q", p.Detail, want)
	}
}

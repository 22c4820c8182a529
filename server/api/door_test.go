package api_test

import (
	"compress/gzip"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"citydeck/server/api"
)

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(self), geolocation=(self), microphone=()",
		"Cache-Control":                "no-store",
	}
	d := seen(t)
	for _, target := range []string{"/healthz", "/api/v1/areas", "/api/v1/nothing", "/nothing"} {
		w := d.ask(t, "GET", target, "")
		for name, value := range want {
			if got := w.Header().Get(name); got != value {
				t.Errorf("GET %s: %s = %q, want %q", target, name, got, value)
			}
		}
		csp := w.Header().Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("GET %s: Content-Security-Policy = %q lacks %s", target, csp, part)
			}
		}
		if w.Header().Get("Strict-Transport-Security") != "" {
			t.Errorf("GET %s: HSTS without TLS", target)
		}
	}
	r := httptest.NewRequest("GET", "/healthz", nil)
	r.TLS = &tls.ConnectionState{}
	w := httptest.NewRecorder()
	d.echo.ServeHTTP(w, r)
	if hsts := w.Header().Get("Strict-Transport-Security"); hsts != "max-age=31536000; includeSubDomains" {
		t.Errorf("over TLS: HSTS = %q", hsts)
	}
}

func TestHeadAnswersAsGetWithoutABody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(seen(t).echo)
	defer server.Close()
	for _, target := range []string{"/healthz", "/readyz", "/api/v1/areas", "/api/v1/openapi.json"} {
		response, err := http.Head(server.URL + target)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != 200 || len(body) != 0 || response.ContentLength <= 0 {
			t.Errorf("HEAD %s = %d, %d bytes, length %d, %v", target, response.StatusCode, len(body), response.ContentLength, err)
		}
	}
}

func TestLongAnswersAreCompressedForWhoTakesIt(t *testing.T) {
	t.Parallel()
	d := seen(t)
	w := d.ask(t, "GET", "/api/v1/openapi.json", "", "Accept-Encoding", "gzip")
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("Content-Encoding = %q, want gzip", w.Header().Get("Content-Encoding"))
	}
	r, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ OpenAPI string }
	if err := json.NewDecoder(r).Decode(&doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Errorf("unzipped document: openapi = %q, %v", doc.OpenAPI, err)
	}
	if w := d.ask(t, "GET", "/api/v1/nothing", "", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" {
		t.Error("a short problem was compressed")
	}
}

func TestOnlyKnownHostsAreAnswered(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hosts  []string
		host   string
		status int
	}{
		"no hosts set":           {nil, "anything.example", 200},
		"its name":               {[]string{"deck.example"}, "deck.example", 200},
		"its name in capitals":   {[]string{"deck.example"}, "DECK.example", 200},
		"its name with a port":   {[]string{"deck.example"}, "deck.example:8080", 200},
		"its port":               {[]string{"deck.example:8080"}, "deck.example:8080", 200},
		"another port":           {[]string{"deck.example:8080"}, "deck.example:9090", 421},
		"an address of six":      {[]string{"::1"}, "[::1]:8080", 200},
		"another name":           {[]string{"deck.example"}, "evil.example", 421},
		"a name that begins so":  {[]string{"deck.example"}, "deck.example.evil.example", 421},
		"one of two":             {[]string{"a.example", "b.example"}, "b.example", 200},
		"no host at all":         {[]string{"deck.example"}, "", 421},
		"an address of four set": {[]string{"10.0.0.1"}, "10.0.0.1:80", 200},
	}
	for name, tt := range tests {
		d := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{Hosts: tt.hosts}, busy())
		r := httptest.NewRequest("GET", "/healthz", nil)
		r.Host = tt.host
		w := httptest.NewRecorder()
		d.echo.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%s: host %q = %d, want %d", name, tt.host, w.Code, tt.status)
		}
	}
	d := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{Hosts: []string{"deck.example"}}, busy())
	r := httptest.NewRequest("GET", "http://deck.example/healthz", nil)
	w := httptest.NewRecorder()
	d.echo.ServeHTTP(w, r)
	wantProblem(t, "absolute form", w, http.StatusMisdirectedRequest)
}

func TestOnlyTrustedProxiesAreBelieved(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		proxies []string
		peer    string
		want    string
	}{
		"nobody is trusted":      {nil, "127.0.0.1:1", "127.0.0.1"},
		"the proxy":              {[]string{"10.1.0.0/16"}, "10.1.2.3:1", "203.0.113.9"},
		"the proxy by address":   {[]string{"10.1.2.3"}, "10.1.2.3:1", "203.0.113.9"},
		"another private peer":   {[]string{"10.1.0.0/16"}, "10.2.0.1:1", "10.2.0.1"},
		"loopback is no proxy":   {[]string{"10.1.0.0/16"}, "127.0.0.1:1", "127.0.0.1"},
		"a proxy of six":         {[]string{"fd00::/8"}, "[fd00::1]:1", "203.0.113.9"},
		"a stranger's own claim": {[]string{"10.1.2.3"}, "198.51.100.1:1", "198.51.100.1"},
	}
	log := slog.New(slog.DiscardHandler)
	for name, tt := range tests {
		e, err := api.NewDoor(api.DoorConfig{TrustedProxies: tt.proxies}, log)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got string
		e.GET("/", func(c echo.Context) error { got = c.RealIP(); return nil })
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.peer
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		r.Header.Set("X-Real-IP", "203.0.113.10")
		e.ServeHTTP(httptest.NewRecorder(), r)
		if got != tt.want {
			t.Errorf("%s: address = %s, want %s", name, got, tt.want)
		}
	}
	if _, err := api.NewDoor(api.DoorConfig{TrustedProxies: []string{"proxy"}}, log); err == nil {
		t.Error("a trusted proxy that is no address was taken")
	}
}

func TestTheServerCutsOffTheSlowAndTheGreedy(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	s := api.NewServer(seen(t).echo, log)
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.IdleTimeout <= 0 || s.WriteTimeout != 0 {
		t.Errorf("time-outs = %v %v %v %v; all but the last must be set", s.ReadHeaderTimeout, s.ReadTimeout, s.IdleTimeout, s.WriteTimeout)
	}
	server := httptest.NewUnstartedServer(nil)
	server.Config = s
	server.Start()
	defer server.Close()
	for name, ask := range map[string]func(*http.Request){
		"100 KB of path":   func(r *http.Request) { r.URL.Path = "/" + strings.Repeat("a", 100<<10) },
		"2 MiB of headers": func(r *http.Request) { r.Header.Set("X-Long", strings.Repeat("a", 2<<20)) },
	} {
		r, err := http.NewRequest("GET", server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		ask(r)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			continue // cut off while still sending: as good
		}
		response.Body.Close()
		if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s: status = %d, want 431", name, response.StatusCode)
		}
	}
}

func TestAnswersAreJSONWhateverIsWished(t *testing.T) {
	t.Parallel()
	d := open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, busy())
	for _, accept := range []string{"text/xml", "application/xml;q=1, */*;q=0", ";;;", "text/html"} {
		for path, want := range map[string]string{"/api/v1/cockpits": "application/json", "/api/v1/nothing": "application/problem+json"} {
			w := d.ask(t, "GET", path, "", "Accept", accept, "Accept-Language", "x;q=,,%%\x7f")
			if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, want) {
				t.Errorf("%s with Accept %q: %d %s, want %s", path, accept, w.Code, got, want)
			}
		}
	}
}

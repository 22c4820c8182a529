package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/labstack/echo/v4"

	"citydeck/server/web"
)

// built is a build of the screens in small.
func built() fstest.MapFS {
	return fstest.MapFS{
		"index.html":             {Data: []byte("<!doctype html>")},
		"index.html.br":          {Data: []byte("br:index")},
		"index.html.gz":          {Data: []byte("gz:index")},
		"assets/main-4f6b.js":    {Data: []byte("let a")},
		"assets/main-4f6b.js.br": {Data: []byte("br:main")},
		"assets/main-4f6b.js.gz": {Data: []byte("gz:main")},
		"assets/font-11.woff2":   {Data: []byte("font")},
		"favicon.svg":            {Data: []byte("<svg/>")},
		".keep":                  {},
		".git/config":            {Data: []byte("secret")},
	}
}

func serving(t testing.TB, files fstest.MapFS) (*web.Web, *echo.Echo) {
	t.Helper()
	w, err := web.New(files)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	e := echo.New()
	w.Routes(e)
	return w, e
}

func get(e *echo.Echo, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path, r.RequestURI = target, target
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func TestPagesGetTheIndexAndAreNeverKept(t *testing.T) {
	t.Parallel()
	_, e := serving(t, built())
	for _, page := range []string{
		"/", "/wall/xiacheng", "/play/lobby", "/play/a,b@8-18:30", "/map/xiacheng", "/street/dongxin", "/street/dongxin/visits", "/command", "/command/new/collapse",
		"/command/c-1", "/command/c-1/report", "/field/task", "/field/shelter/s1", "/studio/kitchen", "/screens", "/sources",
		"/people", "/audit", "/sign-in", "/stories",
	} {
		w := get(e, "GET", page)
		if w.Code != 200 || w.Body.String() != "<!doctype html>" {
			t.Errorf("GET %s = %d %q, want the index", page, w.Code, w.Body)
		}
		if cache := w.Header().Get("Cache-Control"); cache != "no-store" {
			t.Errorf("GET %s: Cache-Control = %q, want no-store", page, cache)
		}
		if kind := w.Header().Get("Content-Type"); kind != "text/html; charset=utf-8" {
			t.Errorf("GET %s: Content-Type = %q", page, kind)
		}
		if w := get(e, "HEAD", page); w.Code != 200 {
			t.Errorf("HEAD %s = %d, want 200", page, w.Code)
		}
	}
}

func TestThePhonesPagesAreAPageOfTheirOwn(t *testing.T) {
	t.Parallel()
	files := built()
	files["field.html"] = &fstest.MapFile{Data: []byte("<!doctype html><title>field")}
	files["field/worker.js"] = &fstest.MapFile{Data: []byte("let w")}
	_, e := serving(t, files)
	for page, want := range map[string]bool{"/field": true, "/field/task": true, "/field/shelter/s1": true, "/": false, "/wall/xiacheng": false} {
		w := get(e, http.MethodGet, page)
		if got := strings.Contains(w.Body.String(), "<title>field"); w.Code != http.StatusOK || got != want || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s: %d, the phone's page: %v, want %v", page, w.Code, got, want)
		}
	}
	if w := get(e, http.MethodGet, "/field/worker.js"); w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-cache" || w.Header().Get("Service-Worker-Allowed") != "" {
		t.Errorf("the worker: %d, %v; want one that is asked for anew and minds its own folder alone", w.Code, w.Header())
	}
	for _, page := range []string{"/field.html", "/field/shelter/A%2F", "/field/elsewhere"} {
		if w := get(e, http.MethodGet, page); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404", page, w.Code)
		}
	}
}

func TestAllElseIsNotFound(t *testing.T) {
	t.Parallel()
	_, e := serving(t, built())
	for _, target := range []string{
		"/index.html", "/wall", "/wall/", "/wall/A B", "/wall/a/b", "/Wall/xiacheng", "/wall/" + strings.Repeat("a", 65), "//", "/x/..",
		"/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%5c", "/.git", "/.git/config", "/.keep", "/assets", "/assets/", "/assets/other.js",
		"/assets/main-4f6b.js.br", "/assets/../index.html", "/plain.html", "/plain.js", "/debug/live",
	} {
		if w := get(e, "GET", target); w.Code != 404 {
			t.Errorf("GET %s = %d %q, want 404", target, w.Code, w.Body)
		}
	}
	if w := get(e, "POST", "/wall/xiacheng"); w.Code != 405 {
		t.Errorf("POST to a page = %d, want 405", w.Code)
	}
}

func TestTheBestCompressionThatIsTakenLeaves(t *testing.T) {
	t.Parallel()
	_, e := serving(t, built())
	tests := map[string]struct{ accept, body, coding string }{
		"nothing said":        {"", "let a", ""},
		"both":                {"gzip, deflate, br", "br:main", "br"},
		"gzip alone":          {"gzip", "gz:main", "gzip"},
		"brotli refused":      {"br;q=0, gzip;q=0.5", "gz:main", "gzip"},
		"both refused":        {"br;q=0,gzip; q=0.0", "let a", ""},
		"in capitals":         {"BR", "br:main", "br"},
		"another coding":      {"zstd", "let a", ""},
		"a weight that isn't": {"br;q=x", "let a", ""},
	}
	for name, tt := range tests {
		w := get(e, "GET", "/assets/main-4f6b.js", "Accept-Encoding", tt.accept)
		if w.Body.String() != tt.body || w.Header().Get("Content-Encoding") != tt.coding {
			t.Errorf("%s: %q as %q, want %q as %q", name, w.Body, w.Header().Get("Content-Encoding"), tt.body, tt.coding)
		}
		if vary := w.Header().Get("Vary"); vary != "Accept-Encoding" {
			t.Errorf("%s: Vary = %q", name, vary)
		}
		if kind := w.Header().Get("Content-Type"); kind != "text/javascript; charset=utf-8" {
			t.Errorf("%s: Content-Type = %q", name, kind)
		}
	}
}

func TestHashedFilesAreKeptForEverAndOthersAskAgain(t *testing.T) {
	t.Parallel()
	_, e := serving(t, built())
	for target, want := range map[string]string{
		"/assets/main-4f6b.js":  "public, max-age=31536000, immutable",
		"/assets/font-11.woff2": "public, max-age=31536000, immutable",
		"/favicon.svg":          "no-cache",
	} {
		w := get(e, "GET", target, "Accept-Encoding", "br")
		if cache := w.Header().Get("Cache-Control"); cache != want {
			t.Errorf("GET %s: Cache-Control = %q, want %q", target, cache, want)
		}
		tag := w.Header().Get("ETag")
		if again := get(e, "GET", target, "Accept-Encoding", "br", "If-None-Match", `"x", W/`+tag); again.Code != 304 || again.Body.Len() != 0 {
			t.Errorf("GET %s with its ETag %s = %d, want 304", target, tag, again.Code)
		}
		if other := get(e, "GET", target, "If-None-Match", `"x"`); other.Code != 200 {
			t.Errorf("GET %s with another ETag = %d, want 200", target, other.Code)
		}
	}
	plain := get(e, "GET", "/assets/main-4f6b.js").Header().Get("ETag")
	packed := get(e, "GET", "/assets/main-4f6b.js", "Accept-Encoding", "br").Header().Get("ETag")
	if plain == packed {
		t.Errorf("both forms have the ETag %s", plain)
	}
}

func TestTheBuildChangesWithAnyFile(t *testing.T) {
	t.Parallel()
	first, _ := serving(t, built())
	same, _ := serving(t, built())
	if first.Build() != same.Build() || first.Build() == "" {
		t.Errorf("build of the same files = %q and %q", first.Build(), same.Build())
	}
	for name, change := range map[string]func(fstest.MapFS){
		"content": func(f fstest.MapFS) { f["favicon.svg"] = &fstest.MapFile{Data: []byte("<svg></svg>")} },
		"name": func(f fstest.MapFS) {
			f["assets/main-77.js"] = f["assets/main-4f6b.js"]
			delete(f, "assets/main-4f6b.js")
		},
		"none": func(f fstest.MapFS) { clear(f) },
	} {
		files := built()
		change(files)
		if other, _ := serving(t, files); other.Build() == first.Build() {
			t.Errorf("%s changed, and the build is still %s", name, other.Build())
		}
	}
}

func TestWithoutScreensAPlainPageStandsIn(t *testing.T) {
	t.Parallel()
	w, e := serving(t, fstest.MapFS{".keep": {}})
	if w.Built() {
		t.Error("Built() = true without an index.html")
	}
	e.HTTPErrorHandler = func(err error, c echo.Context) { c.NoContent(http.StatusNotFound) }
	server := httptest.NewServer(e)
	defer server.Close()
	for target, want := range map[string]string{"/": "<title>Citydeck</title>", "/plain.js": "'use strict'", "/plain.css": ":root"} {
		response, err := http.Get(server.URL + target)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != 200 || !strings.Contains(string(body), want) {
			t.Errorf("GET %s = %d, %v, without %s", target, response.StatusCode, err, want)
		}
		if target == "/" && (strings.Contains(string(body), "<style") || strings.Contains(string(body), "style=") || strings.Contains(string(body), "<script>")) {
			t.Error("the plain page has something inline, which its policy forbids")
		}
	}
	if w := get(e, "GET", "/wall/xiacheng"); w.Code != 404 {
		t.Errorf("GET /wall/xiacheng without screens = %d, want 404", w.Code)
	}
}

func TestThePlainPageStaysForWhoLooksInside(t *testing.T) {
	t.Parallel()
	w, _ := serving(t, built())
	e := echo.New()
	w.DebugRoutes(e)
	for _, target := range []string{"/debug/live", "/debug/plain.js", "/debug/plain.css"} {
		if w := get(e, "GET", target); w.Code != 200 {
			t.Errorf("GET %s = %d, want 200", target, w.Code)
		}
	}
}

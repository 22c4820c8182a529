package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// asset is one file with its compressed forms.
type asset struct {
	name string
	kind string // content type
	hash string
	keep bool              // the name changes with the content: may be kept for ever
	body map[string][]byte // by content coding; "" is the file itself
}

// encodings are the compressed forms, the best first.
var encodings = []struct{ coding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// kinds are spelt out, since what the system knows differs from host to host.
var kinds = map[string]string{
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".webmanifest": "application/manifest+json",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".jpg":         "image/jpeg",
	".webp":        "image/webp",
	".ico":         "image/x-icon",
	".woff2":       "font/woff2",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
}

func newAsset(files fs.FS, name string) (*asset, error) {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	a := &asset{
		name: name,
		kind: kinds[path.Ext(name)],
		hash: hex.EncodeToString(sum[:8]),
		keep: strings.HasPrefix(name, "assets/"),
		body: map[string][]byte{"": content},
	}
	if a.kind == "" {
		a.kind = "application/octet-stream"
	}
	for _, e := range encodings {
		packed, err := fs.ReadFile(files, name+e.suffix)
		switch {
		case err == nil:
			a.body[e.coding] = packed
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return a, nil
}

// serve answers the file; a browser that has it already gets 304.
func (a *asset) serve(c echo.Context) error {
	if a.keep {
		return a.send(c, "public, max-age=31536000, immutable")
	}
	return a.send(c, "no-cache")
}

// page answers the file as a page, which no browser may keep: it names the
// assets of one build.
func (a *asset) page(c echo.Context) error { return a.send(c, "no-store") }

func (a *asset) send(c echo.Context, cache string) error {
	coding := a.choose(c.Request().Header.Get(echo.HeaderAcceptEncoding))
	h := c.Response().Header()
	h.Set("Cache-Control", cache)
	if len(a.body) > 1 {
		h.Set("Vary", "Accept-Encoding")
	}
	if cache != "no-store" {
		tag := strconv.Quote(strings.TrimSuffix(a.hash+"-"+coding, "-"))
		h.Set("ETag", tag)
		if matches(c.Request().Header.Get("If-None-Match"), tag) {
			return c.NoContent(http.StatusNotModified)
		}
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Length", strconv.Itoa(len(a.body[coding])))
	return c.Blob(http.StatusOK, a.kind, a.body[coding])
}

// choose picks the best compressed form that there is and that the client takes.
func (a *asset) choose(accept string) string {
	for _, e := range encodings {
		if a.body[e.coding] != nil && takes(accept, e.coding) {
			return e.coding
		}
	}
	return ""
}

// takes tells whether an Accept-Encoding names a coding without refusing it (q=0).
func takes(accept, coding string) bool {
	for item := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(item), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, weighed := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !weighed || err == nil && weight > 0
	}
	return false
}

func matches(header, tag string) bool {
	for item := range strings.SplitSeq(header, ",") {
		if item = strings.TrimSpace(item); item == "*" || strings.TrimPrefix(item, "W/") == tag {
			return true
		}
	}
	return false
}

// Package web serves the built screens with the right headers.
//
// Every file and every page path is a route of its own, made when the program
// starts: what was not built does not exist, so nothing can be walked out of.
// Pages get index.html and are never kept by the browser; hashed assets are
// kept for ever; both leave as the build compressed them.
package web

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

//go:embed plain.html plain.js plain.css
var plain embed.FS

// pages are the paths that the screens themselves know what to do with.
var pages = []string{
	"/", "/wall/:a", "/play", "/play/:a", "/map/:a", "/street/:a", "/street/:a/:b",
	"/command", "/command/new/:a", "/command/:a", "/command/:a/report", "/plans/:a",
	"/studio/:a",
	"/screens", "/screens/pair", "/sources", "/people", "/tokens", "/lists", "/audit", "/sign-in", "/account", "/stories",
}

// field are the paths of the phone's pages, which are a page of their own.
var field = []string{"/field", "/field/task", "/field/shelter/:a"}

var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// stop is a cockpit in a playlist's address, with hours of the day or without: north@8-18:30.
var stop = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}(@[0-9:]{1,5}-[0-9:]{1,5})?$`)

// maxStops bounds what an address may list.
const maxStops = 50

// playlist tells whether an address lists cockpits, separated by commas.
func playlist(id string) bool {
	stops := strings.Split(id, ",")
	return len(stops) <= maxStops && !slices.ContainsFunc(stops, func(s string) bool { return !stop.MatchString(s) })
}

// Web serves one build of the screens. It never changes after New.
type Web struct {
	assets map[string]*asset // path below the root, without a leading slash
	plain  map[string]*asset
	build  string
}

// New reads the built screens. Without an index.html among them a plain page
// stands in their place.
func New(screens fs.FS) (*Web, error) {
	assets, err := load(screens)
	if err != nil {
		return nil, fmt.Errorf("read the built screens: %w", err)
	}
	text, err := load(plain)
	if err != nil {
		return nil, fmt.Errorf("read the plain page: %w", err)
	}
	w := &Web{assets: assets, plain: text}
	if w.build = digest(assets); !w.Built() {
		w.build = digest(text)
	}
	return w, nil
}

// Built tells whether the screens were built, or the plain page stands in.
func (w *Web) Built() bool { return w.assets[index] != nil }

// Build is a hash of the screens: a page that was made of another build has to
// load itself again.
func (w *Web) Build() string { return w.build }

// Routes registers the pages and files of the screens.
func (w *Web) Routes(e *echo.Echo) {
	if !w.Built() {
		w.plainRoutes(e, "/", "/")
		return
	}
	for _, page := range pages {
		serve(e, page, w.page(index))
	}
	for _, page := range field {
		serve(e, page, w.page(phone))
	}
	for name, a := range w.assets {
		if name != index && name != phone {
			serve(e, "/"+name, a.serve)
		}
	}
}

// DebugRoutes registers the plain page at /debug/live. Its script speaks to the
// live connection of the server that it came from.
func (w *Web) DebugRoutes(e *echo.Echo) { w.plainRoutes(e, "/debug/live", "/debug/") }

func (w *Web) plainRoutes(e *echo.Echo, page, folder string) {
	serve(e, page, w.plain["plain.html"].page)
	serve(e, folder+"plain.js", w.plain["plain.js"].serve)
	serve(e, folder+"plain.css", w.plain["plain.css"].serve)
}

// page answers a page path whose ids can be ids; what they name is the page's to find out.
func (w *Web) page(name string) echo.HandlerFunc {
	a := cmp.Or(w.assets[name], w.assets[index])
	return func(c echo.Context) error {
		for _, id := range c.ParamValues() {
			if !slug.MatchString(id) && (c.Path() != "/play/:a" || !playlist(id)) {
				return echo.ErrNotFound
			}
		}
		return a.page(c)
	}
}

func serve(e *echo.Echo, path string, h echo.HandlerFunc) {
	e.GET(path, h)
	e.HEAD(path, h)
}

const (
	index = "index.html"
	phone = "field.html"
)

// load reads all files but hidden ones, each with its compressed forms.
func load(files fs.FS) (map[string]*asset, error) {
	assets := make(map[string]*asset)
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(path.Base(name), "."), strings.ContainsAny(name, ":*"):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() || compressed(name):
			return nil
		}
		a, err := newAsset(files, name)
		assets[name] = a
		return err
	})
	return assets, err
}

func compressed(name string) bool {
	return strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz")
}

// digest is a hash of all names and contents.
func digest(assets map[string]*asset) string {
	list := make([]*asset, 0, len(assets))
	for _, a := range assets {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *asset) int { return cmp.Compare(a.name, b.name) })
	sum := sha256.New()
	for _, a := range list {
		fmt.Fprintf(sum, "%s\x00%s\n", a.name, a.hash)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

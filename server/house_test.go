package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// may says who imports whom of ours; a row's list is complete. A row holds for
// the packages below it too, but for those with a row of their own, and but
// for the rows cockpits and server: each package there needs one.
var may = map[string][]string{
	"cockpits/fault":             {},
	"cockpits/area":              {"cockpits/fault"},
	"cockpits/access":            {"cockpits/area", "cockpits/fault"},
	"cockpits/access/account":    {"cockpits/access"},
	"cockpits/monitor/aggregate": {},
	"cockpits/monitor/indicator": {"cockpits/monitor/aggregate", "cockpits/fault"},
	"cockpits/monitor/reading":   {"cockpits/monitor/indicator", "cockpits/area", "cockpits/fault"},
	"cockpits/monitor/series":    {"cockpits/monitor/aggregate"},
	"cockpits/monitor/rollup":    {"cockpits/monitor/series", "cockpits/monitor/reading", "cockpits/monitor/indicator", "cockpits/monitor/aggregate", "cockpits/area"},
	"cockpits/monitor/detect":    {},
	"cockpits/monitor/alert":     {"cockpits/monitor/indicator", "cockpits/monitor/detect", "cockpits/area"},
	"cockpits/respond/plan":      {"cockpits/area", "cockpits/fault"},
	"cockpits/respond/household": {"cockpits/access", "cockpits/area", "cockpits/fault"},
	"cockpits/respond/command":   {"cockpits/respond/plan", "cockpits/respond/household", "cockpits/access", "cockpits/fault"},
	"cockpits/respond/report":    {"cockpits/respond/command"},
	"cockpits/respond/incident":  {"cockpits/respond/calendar", "cockpits/access", "cockpits/area", "cockpits/fault"},
	"cockpits/respond/calendar":  {},
	"cockpits/tile":              {"cockpits/monitor", "cockpits/respond/command", "cockpits/respond/incident"},
	"cockpits":                   {"cockpits/tile", "cockpits/area", "cockpits/fault"},
	"cockpits/board":             {"cockpits/tile"},
	"cockpits/district":          {"cockpits"},
	"cockpits/xiacheng":          {},
	"server/stream":              {"cockpits/monitor/reading", "cockpits/fault"},
	"server/engine":              {"cockpits/monitor", "cockpits/tile", "cockpits/district"},
	"server/dispatch":            {"cockpits/respond", "cockpits/access", "cockpits/tile", "cockpits/district", "cockpits/fault"},
	"server/channel":             {"cockpits/respond/command", "server/channel/post", "server/channel/aliyun"},
	"server/channel/post":        {"cockpits/respond/command"},
	"server/channel/aliyun":      {"cockpits/respond/command", "server/channel/post"},
	"server/live":                {"cockpits/board", "cockpits/tile", "cockpits/access"},
	"server/api":                 {"cockpits", "server/api/mvt"},
	"server/api/mvt":             {},
	"server/auth":                {"cockpits/access", "cockpits/fault"},
	"server/config":              {"cockpits/fault"},
	"server/store":               {},
	"server/store/history":       {"cockpits", "server/store"},
	"server/store/record":        {"cockpits", "server/store"},
	"server/store/gazetteer":     {"cockpits/district", "server/store"},
	"server/web":                 {"frontend"},
	"server/print":               {"cockpits/respond", "server/print/font"},
	"server/print/font":          {},
	"server/simulate":            {"cockpits/monitor/reading", "cockpits/respond/command", "cockpits/district", "fixtures"},
	"server/app":                 {"cockpits", "frontend", "fixtures", "server"},
	"server":                     {"cockpits/district", "cockpits/fault", "server/app", "server/config"},
	"frontend":                   {},
	"fixtures":                   {},
}

var (
	nameless = []string{"util", "common", "helper", "manager", "misc", "base", "shared", "type"} // also with an s
	moving   = []string{"os", "net", "database/sql", "log"}
	clocks   = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick"} // and New*
)

const longest = 400 // lines of a file

// within tells whether a path is a place or lies below it.
func within(at, place string) bool { return at == place || strings.HasPrefix(at, place+"/") }

// row finds the longest place that holds for a package.
func row(pkg string) (place string, found bool) {
	for p := range may {
		whole := p == pkg || p != "cockpits" && p != "server" && within(pkg, p)
		if whole && len(p) >= len(place) {
			place, found = p, true
		}
	}
	return place, found
}

// house says which rules a Go file of this repository breaks.
func house(file, text string) []string {
	pkg := path.Dir(file)
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, text, parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	var broken []string
	bad := func(at token.Pos, format string, args ...any) {
		broken = append(broken, fmt.Sprintf("%s:%d: ", file, fset.Position(at).Line)+fmt.Sprintf(format, args...))
	}
	if slices.Contains(nameless, strings.TrimSuffix(strings.TrimSuffix(f.Name.Name, "_test"), "s")) {
		bad(f.Name.Pos(), "package %s says nothing by its name", f.Name.Name)
	}
	if n := lines(text); n > longest {
		bad(f.Pos(), "%d lines, at most %d", n, longest)
	}
	test := strings.HasSuffix(file, "_test.go")
	still := within(pkg, "cockpits") && !test
	place, found := row(pkg)
	if !found {
		bad(f.Pos(), "package %s has no row that says what it may import", pkg)
	}
	for _, spec := range f.Imports {
		name, _ := strconv.Unquote(spec.Path.Value) // the parser checked it
		ours, own := strings.CutPrefix(name, "citydeck/")
		allowed := slices.ContainsFunc(may[place], func(p string) bool { return within(ours, p) })
		if test { // a test may see its own package and what lies below it, the ground it stands on, and what tests share
			allowed = allowed || within(ours, pkg) || within(ours, "fixtures") || within(pkg, "server") && within(ours, "cockpits")
		}
		if own && !allowed {
			bad(spec.Pos(), "%s may not import %s", pkg, ours)
		}
		if still && slices.ContainsFunc(moving, func(p string) bool { return within(name, p) }) {
			bad(spec.Pos(), "the domain stands still: %s", name)
		}
	}
	if still {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				bad(n.Pos(), "the domain stands still: a go statement")
			case *ast.SelectorExpr:
				x, ident := n.X.(*ast.Ident)
				if ident && x.Name == "time" && (slices.Contains(clocks, n.Sel.Name) || strings.HasPrefix(n.Sel.Name, "New")) {
					bad(n.Pos(), "the domain stands still: time.%s", n.Sel.Name)
				}
			}
			return true
		})
	}
	return broken
}

func lines(text string) int { return strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1 }

func TestTheHouseRulesHold(t *testing.T) {
	t.Parallel()
	seen := 0
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if slices.Contains([]string{"node_modules", "dist", "data", "test-results", "playwright-report"}, e.Name()) || name != "." && strings.HasPrefix(e.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		kind := path.Ext(name)
		written := slices.Contains([]string{".go", ".ts", ".vue", ".css"}, kind) && e.Name() != "schema.d.ts" // generated
		if !written {
			return nil
		}
		text, err := os.ReadFile("../" + name)
		if err != nil {
			return err
		}
		seen++
		if kind != ".go" {
			if n := lines(string(text)); n > longest {
				t.Errorf("%s: %d lines, at most %d", name, n, longest)
			}
			return nil
		}
		for _, b := range house(name, string(text)) {
			t.Error(b)
		}
		return nil
	})
	if err != nil || seen < len(may)/2 {
		t.Errorf("walked over %d files: %v", seen, err)
	}
}

func TestTheHouseRulesBite(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ file, text, want string }{
		"an arrow up":               {"cockpits/area/a.go", `import "citydeck/cockpits/tile"`, "cockpits/area may not import cockpits/tile"},
		"two teeth of the comb":     {"server/live/a.go", `import "citydeck/server/engine"`, "server/live may not import server/engine"},
		"a test between two teeth":  {"server/live/a_test.go", `import "citydeck/server/engine"`, "server/live may not import server/engine"},
		"two wings":                 {"cockpits/monitor/alert/a.go", `import "citydeck/cockpits/respond/plan"`, "may not import cockpits/respond/plan"},
		"a package without a row":   {"server/queue/a.go", ``, "package server/queue has no row"},
		"a name that says nothing":  {"server/app/utils/a.go", `package utils`, "package utils says nothing"},
		"a file in the domain":      {"cockpits/area/a.go", `import "os"`, "stands still: os"},
		"a socket in the domain":    {"cockpits/area/a.go", `import "net/http"`, "stands still: net/http"},
		"a log in the domain":       {"cockpits/area/a.go", `import "log/slog"`, "stands still: log/slog"},
		"a database in the domain":  {"cockpits/area/a.go", `import "database/sql"`, "stands still: database/sql"},
		"a goroutine in the domain": {"cockpits/area/a.go", `func f() { go f() }`, "stands still: a go statement"},
		"a clock in the domain":     {"cockpits/area/a.go", `var t = time.Now()`, "stands still: time.Now"},
		"a ticker in the domain":    {"cockpits/area/a.go", `var t = time.NewTicker(1)`, "stands still: time.NewTicker"},
		"too long a file":           {"cockpits/area/a.go", strings.Repeat("\n", longest) + "var x int", "401 lines"},

		"its own floor below":         {"cockpits/tile/a.go", `import "citydeck/cockpits/monitor/rollup"`, ""},
		"a clock in the server":       {"server/engine/a.go", `var t = time.Now()`, ""},
		"time that is a value":        {"cockpits/area/a.go", `var t = time.Unix(0, 0).After(u)`, ""},
		"a test that reads files":     {"cockpits/area/a_test.go", `import "os"`, ""},
		"a file of the longest":       {"cockpits/area/a.go", strings.Repeat("\n", longest-1) + "var x int", ""},
		"what lies below a row":       {"server/channel/sms/a.go", `import "citydeck/cockpits/respond/command"`, ""},
		"everything for who wires it": {"server/app/a.go", `import "citydeck/server/engine"`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := tt.text
			if !strings.HasPrefix(text, "package") {
				text = "package x;" + text
			}
			got := house(tt.file, text)
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("%s with %q breaks %q, want nothing", tt.file, tt.text, got)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)):
				t.Errorf("%s with %q breaks %q, want %q", tt.file, tt.text, got, tt.want)
			}
		})
	}
}

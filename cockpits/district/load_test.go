package district_test

import (
	"io/fs"
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
)

// folder is a small district in which each rule of a default can be seen.
func folder() map[string]string {
	return map[string]string{
		"district.toml": "id = \"mill\"\nname = \"磨坊区\"\nlateness = \"7d\"\n",
		"areas.csv": "id,name,name_en,kind,parent,code,lon,lat,households\n" +
			"g1,一格,,grid,east,,,,320\nmill,磨坊区,Mill,district,,,120.17,30.3,\neast,东街,East,street,mill,,,,\n",
		"lists.toml":   "[[list]]\nid = \"kitchens\"\nname = \"厨房\"\n",
		"points.csv":   "list,point,area,name,lon,lat,owner\nkitchens,k2,g1,二号,,,王\nkitchens,k1,east,一号,120.18,30.3,\n",
		"calendar.csv": "date,kind\n2026-10-01,off\n2026-10-10,work\n",
		"indicators/a.toml": `
[[measure]]
id = "ws_alarms_timely"
name = "及时处置报警数"
unit = "起"
kind = "flow"
combine = "sum"
fresh_for = "10m"
expected = "kitchens"
moves = false
sources = ["smart_safety"]
sensitivity = "internal"
[[measure]]
id = "due"
kind = "flow"
[[measure]]
id = "cars"
kind = "stock"
moves = true
sensitivity = "personal"
[[measure]]
id = "wait"
kind = "observation"
combine = "quantile"
q = 0.95
[[indicator]]
id = "rate"
name = "报警及时处置率"
numerator = "ws_alarms_timely"
denominator = "due"
scale = 100
decimals = 2
window = "day"
direction = "higher_better"
warn = 95
alarm = 90
thresholds_for = ["district"]
[[indicator.version]]
valid_from = "2027-01-01"
alarm = 92
[[indicator.version]]
valid_from = "2028-01-01"
formula = "ws_alarms_timely / due * 100"
[[indicator]]
id = "cars"
measure = "cars"
window = "latest"
direction = "neutral"
`,
		"cockpits/a.toml": `
id = "east"
kind = "street"
area = "east"
parent = "mill"
[[tile]]
id = "cars"
kind = "ranking"
title = "车"
x = 0
y = 0
w = 12
h = 12
indicator = "cars"
of = "grid"
[[tile]]
id = "board"
kind = "board"
title = "厨房"
x = 12
y = 0
w = 12
h = 12
list = "kitchens"
measures = ["due"]
`,
		"cockpits/b.toml": `
id = "mill"
kind = "district"
area = "mill"
tile = [
  {id = "rate", kind = "stat", title = "率", x = 0, y = 0, w = 6, h = 6, indicator = "rate"},
  {id = "alerts", kind = "alerts", title = "告警", x = 6, y = 0, w = 6, h = 6},
  {id = "trend", kind = "trend", title = "走势", x = 12, y = 0, w = 12, h = 12, indicators = ["rate", "cars"], span = "7d"},
]
`,
	}
}

func in(files map[string]string) fs.FS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func load(t testing.TB, files map[string]string) *district.District {
	t.Helper()
	d, err := district.Load(in(files))
	if err != nil {
		t.Fatalf("loading a good folder: %v", err)
	}
	return d
}

func TestDefaultsAreFilledIn(t *testing.T) {
	t.Parallel()
	d := load(t, folder())
	same := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s = %v, want %v", what, got, want)
		}
	}
	same("timezone", d.Zone.String(), "Asia/Shanghai")
	same("lateness of 7d", d.Lateness, 7*24*time.Hour)
	same("root", d.Areas.At(0).ID, "mill")
	g1, _ := d.Areas.Lookup("g1")
	same("note of g1", d.Areas.At(g1).Notes["households"], "320")
	m := d.Catalogue.Measures
	same("fresh_for of a stock", m[2].FreshFor, 10*time.Minute)
	same("fresh_for of a flow", m[1].FreshFor, time.Duration(0))
	same("combine of a stock", m[2].Combine, indicator.Sum)
	same("sensitivity", m[1].Sensitivity, indicator.Internal)
	same("name of a measure without one", m[1].Name, "due")
	rate := d.Catalogue.Indicators[0]
	same("min_coverage", rate.MinCoverage, 0.5)
	same("parts of rate", rate.Parts, []indicator.Index{0, 1})
	cars, _ := d.Catalogue.Indicator("cars")
	same("sensitivity of an indicator, the highest of its measures", d.Catalogue.SensitivityOf(cars), indicator.Personal)
	same("cockpits, the root first", []string{d.Cockpits[0].ID, d.Cockpits[1].ID}, []string{"mill", "east"})
	tiles := d.Cockpits[0].Tiles
	same("compare of a stat", tiles[0].Compare, "day")
	same("limit of alerts", tiles[1].Limit, 20)
	same("indicators of alerts, those with thresholds", tiles[1].Indicators, []indicator.Place{0})
	same("span", tiles[2].Span, 7*24*time.Hour)
	ranking, board := d.Cockpits[1].Tiles[0], d.Cockpits[1].Tiles[1]
	same("order of a neutral ranking", ranking.Order, "desc")
	same("limit of a ranking", ranking.Limit, 10)
	same("areas of a ranking", len(ranking.Areas), 1)
	same("first point of the board, in the file's order", board.Points[0].ID, "k2")
	same("note of a point", board.Points[0].Notes["owner"], "王")
	same("calendar", d.Holidays, map[string]string{"2026-10-01": "off", "2026-10-10": "work"})
}

func TestAVersionIsTheIndicatorWithWhatItChanges(t *testing.T) {
	t.Parallel()
	rate := load(t, folder()).Catalogue.Indicators[0]
	if len(rate.Versions) != 2 {
		t.Fatalf("rate has %d versions, want 2", len(rate.Versions))
	}
	first, second := rate.Versions[0].Changed, rate.Versions[1].Changed
	if *first.Alarm != 92 || *first.Warn != 95 || first.Numerator != "ws_alarms_timely" || first.Scale != 100 {
		t.Errorf("the version of 2027 is %+v, want all of rate but alarm = 92", first)
	}
	if second.Numerator != "" || second.Expr == nil || second.Decimals != 2 {
		t.Errorf("the version of 2028 is %+v, want the formula instead of numerator and denominator", second)
	}
}

func TestByteOrderMarksAndCarriageReturnsAreTaken(t *testing.T) {
	t.Parallel()
	files := folder()
	for name, text := range files {
		files[name] = "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")
	}
	got, want := load(t, files), load(t, folder())
	if got.Areas.Len() != want.Areas.Len() || got.Areas.At(0).ID != "mill" || got.Cockpits[0].Layout != want.Cockpits[0].Layout {
		t.Errorf("with BOM and CRLF: %d areas, root %q, layout %s, want the same as without", got.Areas.Len(), got.Areas.At(0).ID, got.Cockpits[0].Layout)
	}
}

func TestTheLayoutChangesWithWhatIsDrawn(t *testing.T) {
	t.Parallel()
	before := load(t, folder())
	change := func(file, old, with string) *district.District {
		files := maps.Clone(folder())
		files[file] = strings.Replace(files[file], old, with, 1)
		return load(t, files)
	}
	tests := map[string]struct {
		file, old, with string
		root, street    bool // whose layout is another one
	}{
		"a tile is moved":            {"cockpits/b.toml", "w = 6, h = 6", "w = 5, h = 6", true, false},
		"a threshold is another":     {"indicators/a.toml", "warn = 95", "warn = 96", true, false},
		"an area is renamed":         {"areas.csv", "一格", "甲格", false, true},
		"a measure at the points":    {"indicators/a.toml", "id = \"due\"", "id = \"due\"\nunit = \"起\"", false, true},
		"a point of the board":       {"points.csv", "二号", "乙号", false, true},
		"something nobody draws":     {"calendar.csv", "2026-10-10", "2026-10-11", false, false},
		"a comment in the same file": {"cockpits/b.toml", "id = \"mill\"", "# here\nid = \"mill\"", false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after := change(tt.file, tt.old, tt.with)
			for i, want := range []bool{tt.root, tt.street} {
				if got := after.Cockpits[i].Layout != before.Cockpits[i].Layout; got != want {
					t.Errorf("layout of %s changed: %v, want %v", after.Cockpits[i].ID, got, want)
				}
			}
		})
	}
}

func TestAllFaultsComeInOrder(t *testing.T) {
	t.Parallel()
	files := folder()
	files["district.toml"] = "id = \"Mill\"\nname = 5\nage = 3\n"
	files["cockpits/b.toml"] += "colour = 1\n"
	files["areas.csv"] += "east,又东街,,street,mill,,,,\n"
	_, err := district.Load(in(files))
	want := `areas.csv:5: area "east" is already defined in line 4
cockpits/b.toml:10: unknown key "colour"
district.toml:1: district id "Mill" is not of the form [a-z0-9][a-z0-9_-]{0,63}
district.toml:2: name must be a text in quotes
district.toml:3: unknown key "age"`
	if err == nil || err.Error() != want {
		t.Errorf("loading gives\n%v\nwant\n%s", err, want)
	}
}

func TestWhatIsInTheWayIsNotARegularFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range folder() {
		name = dir + "/" + name
		if err := os.MkdirAll(name[:strings.LastIndex(name, "/")], 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/dev/zero", dir+"/addresses.csv"); err != nil {
		t.Fatal(err)
	}
	_, err := district.Load(os.DirFS(dir))
	if want := "addresses.csv:1: is not a regular file"; err == nil || err.Error() != want {
		t.Errorf("a link to /dev/zero gives %v, want %s", err, want)
	}
}

func TestAFileThatIsTooLargeIsNotRead(t *testing.T) {
	t.Parallel()
	files := folder()
	files["indicators/b.toml"] = strings.Repeat("#", 1<<20+1)
	_, err := district.Load(in(files))
	if want := "indicators/b.toml:1: is larger than 1 MiB"; err == nil || err.Error() != want {
		t.Errorf("a file of 1 MiB and 1 byte gives %v, want %s", err, want)
	}
}

// TestTheDistrictsOfThisRepositoryHaveNoFault reads the shipped district and
// the one for tests.
func TestTheDistrictsOfThisRepositoryHaveNoFault(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"../xiacheng", "../../fixtures/districts/tiny"} {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			d, err := district.Load(os.DirFS(dir))
			if err != nil {
				t.Fatalf("loading %s:\n%v", dir, err)
			}
			for _, w := range district.Warnings(d) {
				t.Errorf("%s: %s", dir, w)
			}
		})
	}
}

func FuzzNoFolderBreaksTheLoader(f *testing.F) {
	good := folder()
	names := []string{"district.toml", "areas.csv", "lists.toml", "points.csv", "calendar.csv", "indicators/a.toml", "cockpits/b.toml", "areas.geojson"}
	for i, name := range names {
		f.Add(byte(i), good[name])
	}
	f.Add(byte(7), `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"mill"},"geometry":{"type":"Polygon","coordinates":[[[0,1],[1,1],[1,2],[0,1]]]}}]}`)
	f.Fuzz(func(t *testing.T, which byte, text string) {
		files := folder()
		files[names[int(which)%len(names)]] = text
		d, err := district.Load(in(files))
		if (d == nil) == (err == nil) {
			t.Errorf("loading gives both or neither of a district and a fault: %v, %v", d, err)
		}
	})
}

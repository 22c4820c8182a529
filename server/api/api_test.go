package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"citydeck/cockpits"
	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/tile"
	"citydeck/server/api"
)

// town is a district of three floors: a town, two streets, one community, with
// a public, an internal and a personal indicator.
func town(t testing.TB) *district.District {
	t.Helper()
	tree, faults := area.New([]area.Area{
		{ID: "town", Name: "镇", NameEn: "Town", Kind: "district", Lon: 120.1, Lat: 30.2, Placed: true},
		{ID: "east", Name: "东街", NameEn: "East", Kind: "street", Parent: "town", Code: "330103001", Lon: 120.2, Lat: 30.3, Placed: true},
		{ID: "west", Name: "西街", NameEn: "West", Kind: "street", Parent: "town"},
		{ID: "pond", Name: "池塘", NameEn: "Pond", Kind: "community", Parent: "east"},
	})
	if len(faults) > 0 {
		t.Fatalf("area.New: %v", faults)
	}
	formula, err := indicator.ParseFormula("due - timely")
	if err != nil {
		t.Fatalf("ParseFormula: %v", err)
	}
	warn, alarm, target := 95.0, 90.0, 99.0
	catalogue := indicator.NewCatalogue([]indicator.Measure{
		{ID: "due", Name: "应处置", Unit: "起", Kind: indicator.Flow, Sensitivity: indicator.Internal, Sources: []string{"safety"}},
		{ID: "timely", Name: "及时", Unit: "起", Kind: indicator.Flow, Sensitivity: indicator.Internal},
		{ID: "lamps", Name: "路灯", Unit: "盏", Kind: indicator.Stock, Sensitivity: indicator.Public, FreshFor: 10 * time.Minute},
		{ID: "watched", Name: "居家观察", Unit: "人", Kind: indicator.Stock, Sensitivity: indicator.SensitivePersonal, FreshFor: time.Hour},
	}, []indicator.Indicator{
		{ID: "rate", Name: "及时率", NameEn: "In time", Caliber: "及时 ÷ 应处置", Numerator: "timely", Denominator: "due", Scale: 100, Unit: "%",
			Decimals: 2, Window: indicator.Window{Span: indicator.Day}, Direction: indicator.HigherBetter, Warn: &warn, Alarm: &alarm, MinCoverage: .5},
		{ID: "open", Name: "未处置", Formula: "due - timely", Expr: formula, Scale: 1, Window: indicator.Window{Span: indicator.Sliding, Length: time.Hour},
			Direction: indicator.Neutral, ThresholdsFor: []string{"district"}},
		{ID: "lamps", Name: "路灯", Measure: "lamps", Scale: 1, Window: indicator.Window{}, Direction: indicator.Neutral},
		{ID: "watched", Name: "居家观察", Measure: "watched", Scale: 1, Window: indicator.Window{}, Direction: indicator.Neutral},
	})
	points := []tile.Point{{List: "lamps", ID: "l-1", Area: 1, Name: "灯", Lon: 120.2, Lat: 30.3, Placed: true}, {List: "lamps", ID: "l-2", Area: 2}}
	return &district.District{
		ID: "town", Areas: tree, Catalogue: catalogue,
		Lists: []district.List{
			{ID: "lamps", Name: "路灯", NameEn: "Lamps", Owner: "works", Sensitivity: indicator.Public, Points: points},
			{ID: "patients", Name: "病人", Sensitivity: indicator.Personal},
		},
		Cockpits: []cockpits.Cockpit{
			{ID: "town", Name: "镇", NameEn: "Town", Kind: cockpits.District, Layout: "abc", Tiles: []tile.Definition{
				{ID: "rate", Kind: tile.Stat, Title: "及时率", TitleEn: "In time", W: 6, H: 3, Indicators: []indicator.Place{0}, Compare: "day"},
				{ID: "lines", Kind: tile.Trend, X: 6, W: 6, H: 3, Indicators: []indicator.Place{0, 1}, Multiple: true, Span: 24 * time.Hour},
				{ID: "goal", Kind: tile.Progress, X: 12, W: 6, H: 3, Indicators: []indicator.Place{0}, Target: &target, Short: "目标"},
				{ID: "last", Kind: tile.Ranking, X: 18, W: 6, H: 3, Indicators: []indicator.Place{0}, Of: "street", Areas: []area.Index{1, 3}, Order: "worst", Limit: 10},
				{ID: "rows", Kind: tile.Table, Y: 3, W: 6, H: 3, Indicators: []indicator.Place{0}, Of: "street", Areas: []area.Index{1, 3}},
				{ID: "lamps", Kind: tile.Board, X: 6, Y: 3, W: 6, H: 3, List: "lamps", Measures: []indicator.Index{0}, Points: points, Warn: &warn, Alarm: &alarm},
				{ID: "map", Kind: tile.Map, X: 12, Y: 3, W: 6, H: 3, Indicators: []indicator.Place{0}, Of: "street", Layers: []string{"lamps"}},
				{ID: "alerts", Kind: tile.Alerts, X: 18, Y: 3, W: 6, H: 3, Indicators: []indicator.Place{0}, Limit: 20},
				{ID: "watched", Kind: tile.Ranking, Y: 6, W: 6, H: 3, Indicators: []indicator.Place{3}, Of: "community", Areas: []area.Index{2}, Limit: 10, Order: "desc"},
			}},
			{ID: "east", Name: "东街", Kind: cockpits.Street, Area: 1, Parent: "town", Tiles: []tile.Definition{
				{ID: "week", Kind: tile.Trend, W: 6, H: 3, Area: 1, Indicators: []indicator.Place{0}, Span: 7 * 24 * time.Hour},
			}},
		},
		Outlines: map[area.Index][]byte{1: []byte(`{"type":"Polygon","coordinates":[[[120,30],[121,30],[121,31],[120,30]]]}`)},
	}
}

// movers is a hand-written stand-in for everything that the door asks.
type movers struct {
	value     func(context.Context, indicator.Place, area.Index) (tile.Value, error)
	explain   func(context.Context, indicator.Place, area.Index) (tile.Explanation, error)
	post      func(context.Context, []byte, string) ([]int, []reading.Rejection, error)
	tiles     map[string][]tile.Tile
	condition api.Condition
}

func (m *movers) Value(ctx context.Context, p indicator.Place, at area.Index) (tile.Value, error) {
	return m.value(ctx, p, at)
}

func (m *movers) Explain(ctx context.Context, p indicator.Place, at area.Index) (tile.Explanation, error) {
	return m.explain(ctx, p, at)
}

func (m *movers) Post(ctx context.Context, body []byte, source string) ([]int, []reading.Rejection, error) {
	return m.post(ctx, body, source)
}

func (m *movers) Tiles(cockpit string) ([]tile.Tile, bool) {
	tiles, ok := m.tiles[cockpit]
	return tiles, ok
}

func (m *movers) Health(context.Context) api.Condition { return m.condition }

// busy is movers that have something to tell.
func busy() *movers {
	v, at, level := 99.5, int64(1756360800000), "normal"
	behind := int64(0)
	return &movers{
		condition: api.Condition{Ready: true, Redis: true, Database: true, Record: "whole", Behind: &behind},
		value: func(_ context.Context, p indicator.Place, a area.Index) (tile.Value, error) {
			return tile.Value{Indicator: "rate", Area: "east", Value: &v, Level: &level, Status: "normal", Since: &at, AsOf: &at,
				Coverage: &tile.Coverage{Fresh: 1, Expected: 2, Silent: []string{"pond"}},
				Disputed: &tile.Disputed{Points: 1, Values: []tile.Witness{{Source: "a", Value: 1, At: at}}}}, nil
		},
		post: func(context.Context, []byte, string) ([]int, []reading.Rejection, error) { return []int{0}, nil, nil },
		tiles: map[string][]tile.Tile{"town": {
			{ID: "rate", Value: &v, Level: &level, Status: "warn", Since: &at, AsOf: &at, Parts: &tile.Parts{&v, &v},
				Change: &tile.Change{Value: &v, Over: "day"}},
			{ID: "goal", Status: "empty", Target: &v},
		}},
	}
}

// door is the whole HTTP side over the town.
type door struct {
	echo *echo.Echo
	log  *bytes.Buffer
}

func open(t testing.TB, cfg api.Config, front api.DoorConfig, m *movers) *door {
	t.Helper()
	return openOver(t, town(t), cfg, front, m)
}

// openOver has a district of the test's own.
func openOver(t testing.TB, d *district.District, cfg api.Config, front api.DoorConfig, m *movers) *door {
	t.Helper()
	buffer := &bytes.Buffer{}
	log := slog.New(slog.NewJSONHandler(buffer, nil))
	e, err := api.NewDoor(front, log)
	if err != nil {
		t.Fatalf("NewDoor: %v", err)
	}
	a, err := api.New(cfg, d, api.Seams{Values: m, Boards: m, Readings: m, Health: m, Past: m, Sources: m, Together: m}, log, prometheus.NewRegistry())
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	a.Routes(e)
	return &door{echo: e, log: buffer}
}

// seen opens the door to everybody who looks.
func seen(t testing.TB) *door {
	return open(t, api.Config{Anonymous: "viewer"}, api.DoorConfig{}, busy())
}

func (d *door) ask(t testing.TB, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	path, rawQuery, _ := strings.Cut(target, "?")
	r.URL.Path, r.URL.RawQuery, r.RequestURI = path, rawQuery, target
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.echo.ServeHTTP(w, r)
	return w
}

// problem is the error that an answer must be.
type problem struct {
	Type, Title, Detail string
	Status              int
	Errors              []struct{ Pointer, Detail string }
	Accepted            []int
}

func wantProblem(t testing.TB, asked string, w *httptest.ResponseRecorder, status int) problem {
	t.Helper()
	var p problem
	body, err := io.ReadAll(w.Body)
	if err == nil {
		err = json.Unmarshal(body, &p)
	}
	if err != nil {
		t.Fatalf("%s: %d %q is no problem: %v", asked, w.Code, body, err)
	}
	if w.Code != status || p.Status != status {
		t.Errorf("%s: status = %d, in the body %d, want %d (%s)", asked, w.Code, p.Status, status, body)
	}
	if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("%s: Content-Type = %q, want application/problem+json", asked, kind)
	}
	if p.Title != http.StatusText(status) || !strings.HasPrefix(p.Type, "urn:citydeck:problem/") {
		t.Errorf("%s: type, title = %q, %q", asked, p.Type, p.Title)
	}
	return p
}

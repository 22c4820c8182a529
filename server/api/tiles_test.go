package api_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/encoding/protowire"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
	"citydeck/server/api"
)

// mapped is the town with one list of each sensitivity: three points in each,
// two of them close together.
func mapped(t testing.TB) *district.District {
	t.Helper()
	d := town(t)
	d.Lists = nil
	for _, s := range []indicator.Sensitivity{indicator.Public, indicator.Internal, indicator.Personal} {
		l := district.List{ID: string(s), Name: string(s), Sensitivity: s}
		for i := range 3 {
			l.Points = append(l.Points, tile.Point{
				List: l.ID, ID: fmt.Sprint(i), Name: "点", Area: area.Index(i), Placed: true,
				Lon: 120.17 + float64(i/2)*.1, Lat: 30.3,
			})
		}
		d.Lists = append(d.Lists, l)
	}
	return d
}

// openWith has movers of the test's own.
func openWith(t testing.TB, d *district.District, cfg api.Config, seams api.Seams) *door {
	t.Helper()
	buffer := &bytes.Buffer{}
	log := slog.New(slog.NewJSONHandler(buffer, nil))
	e, err := api.NewDoor(api.DoorConfig{}, log)
	if err != nil {
		t.Fatalf("NewDoor: %v", err)
	}
	a, err := api.New(cfg, d, seams, log, prometheus.NewRegistry())
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	a.Routes(e)
	return &door{echo: e, log: buffer}
}

// texts are the texts of a tile's one layer: its name, keys and values.
func texts(t *testing.T, raw []byte) string {
	t.Helper()
	var found []string
	var walk func(raw []byte, depth int)
	walk = func(raw []byte, depth int) {
		for len(raw) > 0 {
			number, kind, n := protowire.ConsumeTag(raw)
			if n < 0 {
				t.Fatal(protowire.ParseError(n))
			}
			raw = raw[n:]
			size := protowire.ConsumeFieldValue(number, kind, raw)
			if size < 0 {
				t.Fatal(protowire.ParseError(size))
			}
			value := raw[:size]
			if raw = raw[size:]; kind != protowire.BytesType {
				continue
			}
			value, _ = protowire.ConsumeBytes(value)
			switch {
			case depth == 1 && (number == 1 || number == 3), depth == 2 && number == 1:
				found = append(found, string(value))
			case depth == 0 || depth == 1 && number == 4:
				walk(value, depth+1)
			}
		}
	}
	walk(raw, 0)
	return strings.Join(found, " ")
}

func TestATileShowsTheListsThatTheCallerMaySee(t *testing.T) {
	t.Parallel()
	d := mapped(t)
	tests := map[string]struct {
		path, anonymous string
		status          int
		has, hasNot     string
	}{
		"all that anybody may see":     {path: "0/0/0.mvt", status: 200, has: "public:3,internal:3", hasNot: "personal"},
		"those that are asked for":     {path: "0/0/0.mvt?lists=public", status: 200, has: "public:3", hasNot: "internal"},
		"several, in any order":        {path: "0/0/0.mvt?lists=internal,public,public", status: 200, has: "public:3,internal:3"},
		"one point stands for itself":  {path: "12/3416/1685.mvt?lists=public", status: 200, has: "points key cluster list point name area public/2"},
		"nothing there":                {path: "3/0/0.mvt", status: 200},
		"persons are left out":         {path: "0/0/0.mvt?lists=personal,public", status: 200, has: "public:3", hasNot: "personal"},
		"strangers see what is public": {path: "0/0/0.mvt", anonymous: "none", status: 200, has: "public:3", hasNot: "internal"},
		"strangers and the rest":       {path: "0/0/0.mvt?lists=internal", anonymous: "none", status: 401},
		"strangers and nonsense":       {path: "0/0/0.mvt?lists=nonsense", anonymous: "none", status: 401},
		"a list that is none":          {path: "0/0/0.mvt?lists=public,nonsense", status: 404},
		"no list named":                {path: "0/0/0.mvt?lists=", status: 400},
		"the parameter twice":          {path: "0/0/0.mvt?lists=public&lists=internal", status: 400},
		"not a number":                 {path: "0/0/a.mvt", status: 400},
		"not a plain number":           {path: "01/0/+0.mvt", status: 400},
		"not to be decoded":            {path: "0/0/0.mvt?lists=%zz", status: 400},
		"beyond the edge":              {path: "1/2/0.mvt", status: 404},
		"too deep":                     {path: "23/0/0.mvt", status: 404},
		"another format":               {path: "0/0/0.png", status: 404},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			anonymous := tt.anonymous
			if anonymous == "" {
				anonymous = "viewer"
			}
			w := openWith(t, d, api.Config{Anonymous: anonymous}, api.Seams{}).ask(t, "GET", "/api/v1/tiles/"+tt.path, "")
			if w.Code != tt.status {
				t.Fatalf("GET %s = %d %s, want %d", tt.path, w.Code, w.Body, tt.status)
			}
			if w.Code != 200 {
				return
			}
			if kind := w.Header().Get("Content-Type"); kind != "application/vnd.mapbox-vector-tile" {
				t.Errorf("content type %q", kind)
			}
			got := texts(t, w.Body.Bytes())
			if !strings.Contains(got, tt.has) || tt.hasNot != "" && strings.Contains(got, tt.hasNot) {
				t.Errorf("the tile says %q, want %q, not %q", got, tt.has, tt.hasNot)
			}
			if tt.has == "" && w.Body.Len() > 0 {
				t.Errorf("an empty tile has %d bytes", w.Body.Len())
			}
		})
	}
}

func TestATileIsKeptUntilItIsAnother(t *testing.T) {
	t.Parallel()
	d := openWith(t, mapped(t), api.Config{Anonymous: "viewer"}, api.Seams{})
	first := d.ask(t, "GET", "/api/v1/tiles/0/0/0.mvt?lists=public", "")
	tag := first.Header().Get("ETag")
	if tag == "" || first.Header().Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("ETag %q, Cache-Control %q", tag, first.Header().Get("Cache-Control"))
	}
	if again := d.ask(t, "GET", "/api/v1/tiles/0/0/0.mvt?lists=public", "", "If-None-Match", tag); again.Code != 304 || again.Body.Len() > 0 {
		t.Errorf("the same tile again = %d with %d bytes, want 304", again.Code, again.Body.Len())
	}
	if other := d.ask(t, "GET", "/api/v1/tiles/0/0/0.mvt?lists=internal", "", "If-None-Match", tag); other.Code != 200 {
		t.Errorf("another tile = %d, want 200", other.Code)
	}
}

// register answers like a register of addresses.
type register struct {
	condition string
	found     []district.Address
}

func (a *register) Condition() string { return a.condition }

func (a *register) Find(_ context.Context, _ []string, limit int, sees func(string) bool) ([]district.Address, error) {
	var list []district.Address
	for _, x := range a.found {
		if sees(x.Area) && len(list) < limit {
			list = append(list, x)
		}
	}
	return list, nil
}

func TestASearchFindsWhatTheCallerMaySee(t *testing.T) {
	t.Parallel()
	d := mapped(t)
	addresses := &register{condition: "ready"}
	for i := range 30 {
		addresses.found = append(addresses.found, district.Address{Code: fmt.Sprint("c", i), Name: "点 1 号", Area: "pond", Lon: 120, Lat: 30, Placed: i > 0})
	}
	addresses.found = append(addresses.found, district.Address{Code: "x", Name: "点", Area: "gone"})
	tests := map[string]struct {
		query, anonymous string
		addresses        api.Addresses
		status           int
		want             string
	}{
		"an area":                        {query: "q=East", status: 200, want: `[{"kind":"area","id":"east","name":"东街","name_en":"East","area":"east","list":"","lon":120.2,"lat":30.3}]`},
		"by width and case":              {query: "q=ＥＡＳＴ", status: 200, want: `"id":"east"`},
		"points, but of persons":         {query: "q=点&limit=100", status: 200, want: `"area":"east","list":"public"`},
		"nothing":                        {query: "q=海", status: 200, want: `[]`},
		"an address without a position":  {query: "q=点&limit=3", addresses: addresses, status: 200, want: `{"kind":"address","id":"c0","name":"点 1 号","name_en":"","area":"pond","list":"","lon":null,"lat":null}]`},
		"strangers":                      {query: "q=East", anonymous: "none", status: 401},
		"no question":                    {query: "", status: 400},
		"a blank":                        {query: "q=%20", status: 400},
		"too long a question":            {query: "q=" + strings.Repeat("a", 101), status: 400},
		"too many":                       {query: "q=East&limit=101", status: 400},
		"none":                           {query: "q=East&limit=0", status: 400},
		"not a number of answers":        {query: "q=East&limit=ten", status: 400},
		"the number of answers repeated": {query: "q=East&limit=1&limit=2", status: 400},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			anonymous := tt.anonymous
			if anonymous == "" {
				anonymous = "viewer"
			}
			w := openWith(t, d, api.Config{Anonymous: anonymous}, api.Seams{Addresses: tt.addresses}).ask(t, "GET", "/api/v1/search?"+tt.query, "")
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Fatalf("GET /search?%s = %d %s, want %d %s", tt.query, w.Code, w.Body, tt.status, tt.want)
			}
			if strings.Contains(w.Body.String(), "personal") || strings.Contains(w.Body.String(), "gone") {
				t.Errorf("GET /search?%s = %s: that is nobody's to see", tt.query, w.Body)
			}
			if want := map[bool]string{true: "none", false: "ready"}[tt.addresses == nil]; w.Code == 200 && w.Header().Get("Citydeck-Addresses") != want {
				t.Errorf("addresses are %q, want %q", w.Header().Get("Citydeck-Addresses"), want)
			}
		})
	}
}

// Two hundred thousand points on 26 lists, through the whole door.
func BenchmarkGetTile(b *testing.B) {
	d := town(b)
	d.Lists = nil
	for i := range 26 {
		l := district.List{ID: fmt.Sprint("list-", i), Sensitivity: indicator.Public}
		for j := range 200_000 / 26 {
			k := i*7919 + j
			l.Points = append(l.Points, tile.Point{
				List: l.ID, ID: fmt.Sprint("p-", j), Name: fmt.Sprint("点位 ", j), Area: area.Index(j % 4), Placed: true,
				Lon: 120.12 + float64(k*131%9973)/9973*.1, Lat: 30.25 + float64(k*57%9967)/9967*.1,
			})
		}
		d.Lists = append(d.Lists, l)
	}
	door := openWith(b, d, api.Config{Anonymous: "viewer"}, api.Seams{})
	for zoom, at := range map[int]string{0: "0/0", 11: "1707/842", 13: "6830/3371", 14: "13661/6743"} {
		b.Run(fmt.Sprintf("zoom=%d", zoom), func(b *testing.B) {
			size := 0
			for b.Loop() {
				w := door.ask(b, "GET", fmt.Sprintf("/api/v1/tiles/%d/%s.mvt", zoom, at), "")
				if w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
				size = w.Body.Len()
			}
			b.ReportMetric(float64(size), "B/tile")
		})
	}
}

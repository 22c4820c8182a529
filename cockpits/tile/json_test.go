package tile_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"citydeck/cockpits/tile"
)

func ptr[T any](v T) *T { return &v }

func text(t rapid.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("encode %T: %v", v, err)
	}
	return string(b)
}

// full is a tile that has something of everything.
func full() tile.Tile {
	return tile.Tile{
		ID: "alarms", Value: ptr(99.594), Level: ptr("normal"), Status: "normal", Since: ptr(int64(1)), AsOf: ptr(int64(2)),
		Parts:    &tile.Parts{ptr(3190.0), ptr(3203.0)},
		Coverage: &tile.Coverage{Fresh: 34, Expected: 35, Silent: []string{"kitchen-07"}},
		Disputed: &tile.Disputed{Points: 2, Values: []tile.Witness{{Source: "s", Value: 1.5, At: 3}, {Source: "t", Value: 2, At: 4}}},
		Change:   &tile.Change{Value: ptr(-0.12), Over: "day"},
		Spark:    []tile.Spark{{At: 5, Value: ptr(1.0)}, {At: 6}},
		Items: []tile.Item{
			{ID: "a", Has: tile.HasValue | tile.HasLevel | tile.HasStatus | tile.HasRank | tile.HasCoverage, Value: ptr(1.0), Status: "empty", Rank: 1},
			{ID: "b", Has: tile.HasCells, Cells: []tile.Cell{{ID: "m", Bare: true, Value: ptr(3.0)}, {ID: "n", Status: "normal"}}},
			{ID: "c", Has: tile.HasFeed, At: 7, Kind: "opened", Area: "x", Text: "甲", TextEn: "A"},
			{ID: "d/x", Has: tile.HasIndicator | tile.HasSince | tile.HasAsOf | tile.HasSpark, Indicator: "d", Area: "x"},
		},
		Target: ptr(100.0),
	}
}

func TestTileIsWrittenAsTheContractSays(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		tile tile.Tile
		want string
	}{
		"all keys are there, null where there is nothing": {
			tile.Tile{ID: "a", Status: "empty"},
			`{"id":"a","value":null,"level":null,"status":"empty","since":null,"as_of":null,"counts_from":null,"parts":null,` +
				`"coverage":null,"disputed":null,"change":null,"spark":null,"items":null}`,
		},
		"something of everything": {
			full(),
			`{"id":"alarms","value":99.594,"level":"normal","status":"normal","since":1,"as_of":2,"counts_from":null,` +
				`"parts":[3190,3203],"coverage":{"fresh":34,"expected":35,"silent":["kitchen-07"]},` +
				`"disputed":{"points":2,"values":[{"source":"s","value":1.5,"at":3},{"source":"t","value":2,"at":4}]},` +
				`"change":{"value":-0.12,"over":"day"},"spark":[[5,1],[6,null]],"items":[` +
				`{"id":"a","value":1,"level":null,"status":"empty","rank":1,"coverage":null},` +
				`{"id":"b","cells":{"m":3,"n":{"value":null,"level":null,"status":"normal","parts":null}}},` +
				`{"id":"c","at":7,"kind":"opened","area":"x","text":"甲","text_en":"A"},` +
				`{"id":"d/x","since":null,"as_of":null,"spark":null,"indicator":"d","area":"x"}],"target":100}`,
		},
		"empty lists are not null": {
			tile.Tile{ID: "a", Status: "normal", Spark: []tile.Spark{}, Items: []tile.Item{}, Coverage: &tile.Coverage{}},
			`{"id":"a","value":null,"level":null,"status":"normal","since":null,"as_of":null,"counts_from":null,"parts":null,` +
				`"coverage":{"fresh":0,"expected":0,"silent":[]},"disputed":null,"change":null,"spark":[],"items":[]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := text(t, tt.tile); got != tt.want {
				t.Errorf("tile is written\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

func TestNumbersComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.OneOf(rapid.Float64(), rapid.Map(rapid.Int64Range(-1e16, 1e16), func(i int64) float64 { return float64(i) / 8 })).Draw(t, "v")
		var got [2]float64
		if err := json.Unmarshal([]byte(text(t, tile.Spark{At: 1, Value: &v})), &got); err != nil || got[1] != v {
			t.Fatalf("%v comes back as %v (%v)", v, got[1], err)
		}
	})
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := text(t, tile.Spark{At: 1, Value: &v}); got != "[1,null]" {
			t.Errorf("%v is written %s, want null", v, got)
		}
	}
	for v, want := range map[float64]string{math.Copysign(0, -1): "0", 1e21: "1e+21", 1e20: "100000000000000000000", 1.5e-7: "1.5e-7", 1e-10: "1e-10", 2_451_873: "2451873"} {
		if got := text(t, tile.Spark{At: 1, Value: &v}); got != "[1,"+want+"]" {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestStringsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(
			rapid.String(),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		).Draw(t, "s")
		var got struct{ ID string }
		written, _ := tile.Item{ID: s}.MarshalJSON()
		if err := json.Unmarshal(written, &got); err != nil {
			t.Fatalf("%q is written %s: %v", s, written, err)
		}
		// As encoding/json: each malformed byte is one U+FFFD.
		if want := string([]rune(s)); got.ID != want || strings.Contains(string(written), "\n") {
			t.Fatalf("%q comes back as %q", s, got.ID)
		}
	})
}

func BenchmarkAppendTile(b *testing.B) {
	t := full()
	var buf []byte
	for b.Loop() {
		buf = t.AppendJSON(buf[:0])
	}
	b.ReportMetric(float64(len(buf)), "bytes")
}

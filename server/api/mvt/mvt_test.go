package mvt_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"citydeck/server/api/mvt"
)

// fields cuts a message into its fields, with a reader that is not ours.
func fields(t *testing.T, raw []byte) map[protowire.Number][][]byte {
	t.Helper()
	all := map[protowire.Number][][]byte{}
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
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(value)
		}
		all[number] = append(all[number], value)
		raw = raw[size:]
	}
	return all
}

func numbers(t *testing.T, raw []byte) []uint64 {
	t.Helper()
	var list []uint64
	for len(raw) > 0 {
		v, n := protowire.ConsumeVarint(raw)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		list, raw = append(list, v), raw[n:]
	}
	return list
}

func TestATileIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	l := mvt.New("points", 4096)
	l.Add(0, 4095, []mvt.Property{{Key: "name", Value: "路灯"}, {Key: "cluster", Value: false}})
	l.Add(12, 300, []mvt.Property{{Key: "name", Value: "路灯"}, {Key: "count", Value: 70_000}, {Key: "cluster", Value: true}})

	tile := fields(t, l.Bytes())
	if len(tile) != 1 || len(tile[3]) != 1 {
		t.Fatalf("a tile of %v, want one layer", tile)
	}
	layer := fields(t, tile[3][0])
	if string(layer[1][0]) != "points" || numbers(t, layer[5][0])[0] != 4096 || numbers(t, layer[15][0])[0] != 2 {
		t.Errorf("layer %q, extent %v, version %v", layer[1], layer[5], layer[15])
	}
	if got := fmt.Sprintf("%s", layer[3]); got != "[name cluster count]" {
		t.Errorf("keys %s", got)
	}
	if len(layer[4]) != 4 {
		t.Fatalf("%d values, want 4: each once", len(layer[4]))
	}
	if text := fields(t, layer[4][0])[1]; string(text[0]) != "路灯" {
		t.Errorf("a text is %q", text)
	}
	if n := numbers(t, fields(t, layer[4][2])[6][0])[0]; protowire.DecodeZigZag(n) != 70_000 {
		t.Errorf("a number is %d", protowire.DecodeZigZag(n))
	}
	if yes := numbers(t, fields(t, layer[4][3])[7][0])[0]; yes != 1 {
		t.Errorf("true is %d", yes)
	}
	want := []struct{ tags, geometry string }{
		{"[0 0 1 1]", "[9 0 8190]"},
		{"[0 0 2 2 1 3]", "[9 24 600]"},
	}
	for i, raw := range layer[2] {
		f := fields(t, raw)
		tags, geometry := fmt.Sprint(numbers(t, f[2][0])), fmt.Sprint(numbers(t, f[4][0]))
		if tags != want[i].tags || geometry != want[i].geometry || numbers(t, f[3][0])[0] != 1 {
			t.Errorf("feature %d: tags %s, geometry %s, type %v, want %v and a point", i, tags, geometry, f[3], want[i])
		}
	}
}

func TestALayerWithoutFeaturesIsAnEmptyTile(t *testing.T) {
	t.Parallel()
	if b := mvt.New("points", 4096).Bytes(); b == nil || len(b) > 0 {
		t.Errorf("bytes %v, want none", b)
	}
}

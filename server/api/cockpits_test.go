package api_test

import (
	"encoding/json"
	"testing"
)

func TestACockpitTellsEachTilesDefinitionAndState(t *testing.T) {
	t.Parallel()
	var cockpit struct {
		Layout string
		State  struct {
			Status string
			Warns  int
		}
		Tiles []map[string]any
	}
	w := seen(t).ask(t, "GET", "/api/v1/cockpits/town", "")
	if err := json.Unmarshal(w.Body.Bytes(), &cockpit); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if cockpit.Layout != "abc" || cockpit.State.Status != "warn" || cockpit.State.Warns != 1 {
		t.Errorf("layout, state = %q, %+v, want abc and one warning", cockpit.Layout, cockpit.State)
	}
	tiles := map[string]map[string]any{}
	for _, tile := range cockpit.Tiles {
		tiles[tile["id"].(string)] = tile
	}
	want := map[string]map[string]any{
		"rate":   {"kind": "stat", "area": "town", "indicator": "rate", "compare": "day", "title_en": "In time"},
		"lines":  {"span": "24h", "indicators": `["rate","open"]`},
		"goal":   {"target": 99.0, "short": "目标"},
		"last":   {"of": "street", "order": "worst", "limit": 10.0},
		"rows":   {"of": "street", "indicators": `["rate"]`},
		"lamps":  {"list": "lamps", "measures": `["due"]`, "warn": 95.0, "alarm": 90.0},
		"map":    {"layers": `["lamps"]`, "indicator": "rate"},
		"alerts": {"limit": 20.0, "indicators": `["rate"]`},
	}
	for id, keys := range want {
		for key, value := range keys {
			got := tiles[id][key]
			if list, ok := got.([]any); ok {
				raw, err := json.Marshal(list)
				if err != nil {
					t.Fatal(err)
				}
				got = string(raw)
			}
			if got != value {
				t.Errorf("tile %s: %s = %v, want %v", id, key, got, value)
			}
		}
	}
	for id, keys := range map[string][]string{
		"rate": {"indicators", "limit", "of", "span", "target", "order", "list", "layers", "warn", "url", "short"},
		"rows": {"indicator", "limit", "compare"},
	} {
		for _, key := range keys {
			if got, there := tiles[id][key]; there {
				t.Errorf("tile %s has %s = %v, which its kind does not have", id, key, got)
			}
		}
	}
	if state, ok := tiles["rate"]["state"].(map[string]any); !ok || state["value"] != 99.5 {
		t.Errorf("state of rate = %v, want its value", tiles["rate"]["state"])
	}
	if state, there := tiles["last"]["state"]; state != nil || !there {
		t.Errorf("state of a tile that was not drawn = %v, want null", state)
	}
}

func TestACockpitThatWasNotDrawnIsEmpty(t *testing.T) {
	t.Parallel()
	var tree []struct {
		ID, Area, Parent string
		State            struct{ Status string }
	}
	w := seen(t).ask(t, "GET", "/api/v1/cockpits", "")
	if err := json.Unmarshal(w.Body.Bytes(), &tree); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if len(tree) != 2 || tree[1].ID != "east" || tree[1].Area != "east" || tree[1].Parent != "town" || tree[1].State.Status != "empty" {
		t.Errorf("tree = %+v, want town, then east under it, empty", tree)
	}
}

func TestOutlinesAreTheAreaAndThoseOfAKindBelow(t *testing.T) {
	t.Parallel()
	var drawn struct {
		Features []struct {
			ID       string
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	w := seen(t).ask(t, "GET", "/api/v1/areas/town/outlines?of=street", "")
	if err := json.Unmarshal(w.Body.Bytes(), &drawn); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	got := ""
	for _, f := range drawn.Features {
		got += f.ID + ":" + f.Geometry.Type + " "
	}
	if want := "town:Point east:Polygon "; got != want { // west has neither outline nor position
		t.Errorf("features = %q, want %q", got, want)
	}
	if at := string(drawn.Features[0].Geometry.Coordinates); at != "[120.1,30.2]" {
		t.Errorf("the town stands at %s, want [120.1,30.2]", at)
	}
}

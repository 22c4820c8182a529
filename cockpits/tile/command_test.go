package tile_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/tile"
)

func TestACommandIsDrawnWithAllThatIsSaidOfIt(t *testing.T) {
	t.Parallel()
	at := int64(5)
	view := command.View{
		ID: "c<1>", Plan: "dam", State: command.Running, Total: 3, LaunchedAt: 4, Households: map[string]int{"left": 1, "pending": 2},
		Milestones: map[string]*int64{"T0": &at, "T6": nil}, LateUnits: []string{}, Unreachable: []string{"a"},
	}
	d := &tile.Definition{ID: "cmd", Kind: tile.Command}
	is := tile.Ongoing(d, []command.View{view}, 9)
	text, err := json.Marshal(is)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Value float64          `json:"value"`
		Since int64            `json:"since"`
		Items []map[string]any `json:"items"`
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	alone, _ := json.Marshal(view)
	var want map[string]any
	if err := json.Unmarshal(alone, &want); err != nil {
		t.Fatal(err)
	}
	if got.Value != 1 || got.Since != 4 || len(got.Items) != 1 || !reflect.DeepEqual(got.Items[0], want) {
		t.Errorf("the tile is\n%s\nwant the item\n%s", text, alone)
	}
	if idle := tile.Ongoing(d, nil, 9); *idle.Value != 0 || idle.Items == nil || idle.Since != nil {
		t.Errorf("without a command: %+v", idle)
	}
}

func TestACommandThatMovesOnDiffers(t *testing.T) {
	t.Parallel()
	d := &tile.Definition{ID: "cmd", Kind: tile.Command}
	draw := func(left int) tile.Tile {
		return tile.Ongoing(d, []command.View{{ID: "c", Households: map[string]int{"left": left}}}, 9)
	}
	was, same, is := draw(1), draw(1), draw(2)
	if got := tile.Diff(&was, &same); got != 0 {
		t.Errorf("an equal one differs in %b", got)
	}
	if got := tile.Diff(&was, &is); got != tile.FieldItems {
		t.Errorf("it differs in %b, want the items", got)
	}
	if got := tile.DiffItem(&was.Items[0], &is.Items[0]); got != tile.HasCommand {
		t.Errorf("the item differs in %b, want the command", got)
	}
}

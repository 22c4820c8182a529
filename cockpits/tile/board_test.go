package tile_test

import (
	"encoding/json"
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/tile"
)

func scene(change func(*command.Board)) []tile.Tile {
	at := int64(60_000)
	b := &command.Board{
		Units:    []command.UnitView{{Unit: "e/1/1", Households: 2, Open: 1, Cells: "lp", Floors: []int{2, 1}, Forecast: &at}},
		Tasks:    []command.TaskMark{{Task: "t001", Responder: "r-1", Role: "sweeper", State: "sent", Households: 2, Done: 1}},
		Pace:     []command.PaceMark{{Since: 5000, At: 6000, Out: 1}, {At: 1}},
		Timeline: []command.Mark{{N: 9, At: 6000, Kind: command.Signed, Text: "签", TextEn: "signed"}},
	}
	if change != nil {
		change(b)
	}
	return tile.Scene(&command.View{ID: "c1", LaunchedAt: 1, Area: "street"}, b, 7000)
}

func TestABoardHasItsTilesInTheirOrder(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(scene(nil))
	if err != nil {
		t.Fatal(err)
	}
	var got []struct {
		ID    string
		Items []json.RawMessage
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	want := map[string]string{
		"units":    `{"id":"e/1/1","households":2,"open":1,"cells":"lp","signed":false,"forecast":60000,"late":false}`,
		"tasks":    `{"id":"r-1","role":"sweeper","state":"sent","households":2,"done":1,"due":null,"unreachable":false}`,
		"pace":     `{"id":"5000","at":6000,"out":1}`,
		"timeline": `{"id":"9","at":6000,"kind":"signed","area":"street","text":"签","text_en":"signed"}`,
	}
	ids := ""
	for _, g := range got {
		ids += " " + g.ID
		if w := want[g.ID]; w != "" && string(g.Items[0]) != w {
			t.Errorf("an item of %s is\n%s\nwant\n%s", g.ID, g.Items[0], w)
		}
	}
	if ids != " command units tasks pace timeline" {
		t.Errorf("the tiles are%s", ids)
	}
	mine := tile.Own(&command.TaskMark{Task: "t001", Responder: "r-1", Version: 12, Phase: command.Running}, 1)
	if text, _ := json.Marshal(mine); !strings.Contains(string(text), `"task":"t001","version":12,"phase":"running","exercise":false`) {
		t.Errorf("his own: %s", text)
	}
}

func TestABoardsItemsDifferInWhatChanged(t *testing.T) {
	t.Parallel()
	was := scene(nil)
	later := int64(65_000)
	tests := map[string]struct {
		change func(*command.Board)
		tile   int
		want   tile.Keys
	}{
		"nothing":    {nil, 1, 0},
		"a door":     {func(b *command.Board) { b.Units[0].Cells = "ll" }, 1, tile.HasUnit},
		"a forecast": {func(b *command.Board) { b.Units[0].Forecast = &later }, 1, tile.HasForecast},
		"a task":     {func(b *command.Board) { b.Tasks[0].State = "seen" }, 2, tile.HasTask},
		"a version":  {func(b *command.Board) { b.Tasks[0].Version++ }, 2, 0}, // others don't see it
		"the pace":   {func(b *command.Board) { b.Pace[0].Out = 2 }, 3, tile.HasPace},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := scene(tt.change)
			if got := tile.DiffItem(&was[tt.tile].Items[0], &is[tt.tile].Items[0]); got != tt.want {
				t.Errorf("the item differs in %b, want %b", got, tt.want)
			}
		})
	}
}

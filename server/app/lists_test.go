package app_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/server/app"
	"citydeck/server/config"

	"github.com/xuri/excelize/v2"
)

// shipped is where the shipped lists lie.
func shipped(name string) string { return filepath.Join("..", "..", "fixtures", name) }

func TestListsAreTakenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.Data.Dir = t.TempDir()
	do := func(list, path string, replace bool) (string, error) {
		return app.Errand{Do: "import " + list, Path: path, Replace: replace}.Run(t.Context(), cfg, slog.New(slog.DiscardHandler))
	}
	header := "id,area,estate,building,unit,floor,room,residents,needs,contact_name,contact_phone,lon,lat\n"
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	bad := file("bad.csv", header+"h1,nowhere,e,1,1,1,101,2,,,,,\nh2,tidong-06,e,1,1,1,102,two,,,,,\n")
	_, err := do("households", bad, false)
	var said []string
	for _, f := range fault.All(err) {
		said = append(said, f.Error())
	}
	if len(said) != 2 || !strings.HasPrefix(said[0], "bad.csv:2: ") || !strings.HasPrefix(said[1], "bad.csv:3: ") {
		t.Errorf("the faults are %q", said)
	}
	for _, tt := range []struct {
		list, path string
		replace    bool
		want       string
	}{
		{"households", file("one.csv", header+"h1,tidong-06,e,1,1,1,101,2,,,,,\n"), false, "households: 1 rows, 2 residents, 0 replaced, 0 removed\n"},
		{"households", file("two.csv", header+"h1,tidong-06,e,1,1,1,101,3,,,,,\nh2,tidong-06,e,1,1,1,102,1,,,,,\n"), false, "households: 2 rows, 4 residents, 1 replaced, 0 removed\n"},
		{"households", file("last.csv", header+"h2,tidong-06,e,1,1,1,102,1,,,,,\n"), true, "households: 1 rows, 1 residents, 1 replaced, 1 removed\n"},
		{"responders", shipped("responders.csv"), false, ""},
		{"shelters", shipped("shelters.csv"), true, ""},
		{"households", shipped("households.csv"), true, ""},
	} {
		text, err := do(tt.list, tt.path, tt.replace)
		if err != nil || tt.want != "" && text != tt.want {
			t.Errorf("%s: %q, %v; want %q", filepath.Base(tt.path), text, err, tt.want)
		}
	}
}

func TestAWorkbookIsAListWhoseFaultsNameTheCell(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.Data.Dir = t.TempDir()
	book := excelize.NewFile()
	rows := [][]any{{"id", "name", "area", "capacity", "accessible", "lon", "lat"}, {"s1", "学校", "tidong-06", 100, 1, "", ""}, {"s2", "馆", "tidong-06", -1, 1, "", ""}}
	save := func(rows [][]any) string {
		for i, row := range rows {
			cell, _ := excelize.CoordinatesToCellName(1, i+1)
			if err := book.SetSheetRow("Sheet1", cell, &row); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(t.TempDir(), "shelters.xlsx")
		if err := book.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	take := func(path string) (string, error) {
		return app.Errand{Do: "import shelters", Path: path}.Run(t.Context(), cfg, slog.New(slog.DiscardHandler))
	}
	if _, err := take(save(rows)); err == nil || !strings.HasPrefix(err.Error(), "shelters.xlsx:Sheet1!D3: ") {
		t.Errorf("the fault is %v", err)
	}
	rows[2][3] = 7
	if text, err := take(save(rows)); err != nil || text != "shelters: 2 rows, 0 replaced, 0 removed\n" {
		t.Errorf("it is taken as %q, %v", text, err)
	}
}

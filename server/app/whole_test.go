package app_test

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/server/stream/redistest"
)

func TestARecordThatLostItsEndIsShownAndNotWrittenOn(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	h := newHouse(t, redistest.Start(t).URL(), street(t, g))
	h.lists()
	boss := h.commander("boss")
	id := h.press(boss, true, "潮安苑/1").ID
	if err := h.stop(); err != nil { // which anchors the ledger's end
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", filepath.Join(h.cfg.Data.Dir, "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("delete from ledger where command = ? and n = (select max(n) from ledger where command = ?)", id, id); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	h.program = serve(t, h.cfg)
	h.ready() // the wall runs

	var is struct {
		Record, From string
		Ready        bool
	}
	if _, text := h.ask("GET", "/readyz", ""); json.Unmarshal([]byte(text), &is) != nil || !is.Ready || is.Record != "incomplete" || !strings.HasPrefix(is.From, id+":") {
		t.Errorf("/readyz says %s, want a ready server whose record is incomplete from %s:n", text, id)
	}
	var view command.View
	if status := h.said(boss, "GET", "/commands/"+id, nil, &view); status != 200 || view.ID != id {
		t.Errorf("the command can't be read: %d %+v", status, view)
	}
	var why struct{ Type, Detail string }
	if status := h.said(boss, "POST", "/commands/"+id+"/stand-down", m{"reason": "all out"}, &why); status != 503 || !strings.HasSuffix(why.Type, "/record_incomplete") || !strings.Contains(why.Detail, "incomplete from line") {
		t.Errorf("a deed gives %d %+v, want 503 record_incomplete", status, why)
	}
	if !strings.Contains(h.log.String(), "the record is incomplete") {
		t.Errorf("the log lacks it: %s", h.log)
	}
}

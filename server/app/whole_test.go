package app_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"os"
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

func TestARecordThatCantBeHeldAgainstItsAnchorsStopsCommandsUntilItCan(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	boss := h.commander("boss")
	id := h.press(boss, true, "潮安苑/1").ID
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	anchors := filepath.Join(h.cfg.Data.Dir, "record.anchors")
	if h.cfg.Record.AnchorPath != "" {
		anchors = h.cfg.Record.AnchorPath
	}
	if err := errors.Join(os.Rename(anchors, anchors+".away"), os.Mkdir(anchors, 0o700)); err != nil {
		t.Fatal(err)
	}
	h.program = serve(t, h.cfg)
	h.ready() // the wall runs

	record := func() (is struct{ Record string }) {
		if _, text := h.ask("GET", "/readyz", ""); json.Unmarshal([]byte(text), &is) != nil {
			t.Fatalf("/readyz says %s", text)
		}
		return is
	}
	if is := record(); is.Record != "unreadable" {
		t.Errorf("/readyz calls the record %q, want unreadable", is.Record)
	}
	if status := h.said(boss, "GET", "/commands/"+id, nil, nil); status != 200 {
		t.Errorf("the command can't be read: %d", status)
	}
	var why struct{ Type string }
	if status := h.said(boss, "POST", "/commands/"+id+"/stand-down", m{"reason": "all out"}, &why); status != 503 || !strings.HasSuffix(why.Type, "/record_unreadable") {
		t.Errorf("a deed gives %d %+v, want 503 record_unreadable", status, why)
	}
	if err := errors.Join(os.Remove(anchors), os.Rename(anchors+".away", anchors)); err != nil {
		t.Fatal(err)
	}
	h.until("the record is whole again", func() bool { return record().Record == "whole" })
	if status := h.said(boss, "POST", "/commands/"+id+"/stand-down", m{"reason": "all out"}, nil); status != 200 {
		t.Errorf("stand down after that: %d, want 200", status)
	}
}

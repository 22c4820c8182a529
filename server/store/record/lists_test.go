package record_test

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"log/slog"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
	"citydeck/server/store/record"
	"citydeck/server/store/record/seal"
)

func homes() []household.Household {
	return []household.Household{
		{ID: "h1", Area: "pond", Estate: "柳园", Building: "3", Unit: "2", Floor: "5", Room: "501", Residents: 3, Needs: []string{"oxygen"},
			ContactName: "王小明", ContactPhone: "13800000000", Lon: 120.1, Lat: 30.2, Placed: true},
		{ID: "h2", Area: "pond", Estate: "柳园", Building: "3", Unit: "2", Floor: "4", Room: "401", Residents: 1},
		{ID: "h3", Area: "east", Estate: "柳园", Building: "4", Unit: "-", Room: "101", Residents: 2, ContactName: "李四"},
	}
}

func TestListsArePutWhole(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r, ctx := f.open(t), t.Context()
	all := homes()
	for i, tt := range []struct {
		rows    []household.Household
		replace bool
		want    record.Change
		left    string
	}{
		{all[:2], false, record.Change{Rows: 2}, "h1 h2"},
		{all[1:], false, record.Change{Rows: 2, Replaced: 1}, "h1 h2 h3"},
		{all[:1], true, record.Change{Rows: 1, Replaced: 1, Removed: 2}, "h1"},
	} {
		got, err := r.PutHouseholds(ctx, tt.rows, tt.replace)
		if err != nil || got != tt.want {
			t.Errorf("put %d: %+v, %v; want %+v", i+1, got, err, tt.want)
		}
		kept, err := r.Households(ctx)
		var ids []string
		for _, h := range kept {
			ids = append(ids, h.ID)
		}
		if err != nil || strings.Join(ids, " ") != tt.left {
			t.Errorf("after put %d: %v, %v; want %s", i+1, ids, err, tt.left)
		}
	}
	if n, err := r.Revision(ctx, "households"); err != nil || n != 3 {
		t.Errorf("revision = %d, %v; want 3", n, err)
	}
	kept, err := r.Households(ctx)
	if err != nil || !reflect.DeepEqual(kept[0], all[0]) {
		t.Errorf("kept %+v, %v; want %+v", kept[0], err, all[0])
	}
	people := []household.Responder{{ID: "r1", Name: "陈芳", Roles: []string{"sweeper"}, Areas: []string{"pond"}, Phone: "13911112222",
		Channels: []household.Channel{{Kind: "sms"}, {Kind: "email", Address: "chen@example.cn"}}, OnDuty: true}}
	_, err = r.PutResponders(ctx, people, true)
	try(t, "put responders", err)
	if got, err := r.Responders(ctx); err != nil || !reflect.DeepEqual(got, people) {
		t.Errorf("responders = %+v, %v; want %+v", got, err, people)
	}
	places := []household.Shelter{{ID: "s1", Name: "小学", Area: "east", Capacity: 200, Accessible: true, Lon: 120, Lat: 30, Placed: true}}
	_, err = r.PutShelters(ctx, places, true)
	try(t, "put shelters", err)
	if got, err := r.Shelters(ctx); err != nil || !reflect.DeepEqual(got, places) {
		t.Errorf("shelters = %+v, %v; want %+v", got, err, places)
	}
	for _, file := range []string{f.db, f.db + "-wal"} {
		raw, err := os.ReadFile(file)
		try(t, "read", err)
		for _, secret := range []string{"王小明", "13800000000", "oxygen", "陈芳", "13911112222", "chen@example.cn"} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%q stands in %s in clear", secret, file)
			}
		}
	}
}

func TestAValueThatWasMovedToAnotherRowIsRefused(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r := f.open(t)
	_, err := r.PutHouseholds(t.Context(), homes(), true)
	try(t, "put", err)
	exec(t, f, "update households set contact_name = (select contact_name from households where id = 'h1') where id = 'h2'")
	if _, err := r.Households(t.Context()); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("err = %v, want that it can't be opened", err)
	}
}

func TestWhatIsKeptNoLongerLeavesNoTrace(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	now := noon
	r, err := record.Open(t.Context(), record.Config{Path: f.db, KeyFile: f.keys, Now: func() time.Time { return now }}, slog.New(slog.DiscardHandler))
	try(t, "open", err)
	defer r.Close()
	ctx := t.Context()
	old := homes()
	old[0].Room, old[2].Room = "a-room-that-is-forgotten", "a-room-that-is-asked-for"
	_, err = r.PutHouseholds(ctx, old, true)
	try(t, "put", err)
	if proofs, err := r.EraseOld(ctx); err != nil || len(proofs) > 0 {
		t.Errorf("erased too early: %v, %v", proofs, err)
	}
	one, err := r.EraseOne(ctx, "households", "h3", "asked for by the person")
	if err != nil || one.Gone != 1 {
		t.Errorf("erase one: %+v, %v", one, err)
	}
	if _, err := r.EraseOne(ctx, "households", "h3", "again"); !errors.Is(err, fault.NotFound) {
		t.Errorf("erase it again: %v, want not found", err)
	}
	if _, err := r.EraseOne(ctx, "accounts", "wang", "x"); !errors.Is(err, fault.NotFound) {
		t.Errorf("erase from another table: %v, want not found", err)
	}
	now = now.Add(record.Kept + time.Hour)
	_, err = r.PutHouseholds(ctx, homes()[1:2], false) // h2 is confirmed, h1 is not
	try(t, "put", err)
	proofs, err := r.EraseOld(ctx)
	if err != nil || len(proofs) != 1 || proofs[0].Gone != 1 || proofs[0].Reason != "retention" {
		t.Fatalf("erased %+v, %v; want h1", proofs, err)
	}
	for _, file := range []string{f.db, f.db + "-wal"} {
		raw, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(raw), "a-room-that-is") {
			t.Errorf("a trace is left in %s", file)
		}
	}
	all, err := r.Erasures(ctx)
	if err != nil || len(all) != 2 || all[0].ID == all[1].ID {
		t.Errorf("proofs = %+v, %v", all, err)
	}
	if faults, err := r.Verify(ctx, ""); err != nil || len(faults) > 0 {
		t.Errorf("the audit afterwards: %v, %v", faults, err)
	}
}

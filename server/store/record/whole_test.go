package record_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
)

func TestWhatLostItsEndIsReadAndNotWritten(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		harm []string // statements
		want string   // from where; empty: whole
	}{
		"untouched":                       {nil, ""},
		"an audit whose end is cut":       {[]string{"delete from audit where n > 15"}, "audit:16"},
		"everything gone":                 {[]string{"delete from audit"}, "audit:1"},
		"another line at the anchor":      {[]string{"update audit set hash = replace(hash, substr(hash, 1, 1), 'g') where n = 20"}, "audit:20"},
		"a ledger whose end is cut":       {[]string{"delete from ledger where n > 1"}, "c1:2"},
		"a ledger that is gone":           {[]string{"delete from ledger"}, "c1:1"},
		"a line before: it is told alone": {[]string{"delete from audit where n = 12"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := written(t)
			r := f.open(t)
			try(t, "append", r.AppendLedger(t.Context(), "c1", 0, `{"n":1}`, `{"n":2}`))
			try(t, "anchor", r.Anchor(t.Context()))
			exec(t, f, tt.harm...)
			found, err := r.Whole(t.Context())
			try(t, "look", err)
			if r.From() != tt.want || (found == nil) != (tt.want == "") {
				t.Fatalf("it is incomplete from %q (%v), want %q", r.From(), found, tt.want)
			}
			err = r.AppendCommand(t.Context(), nil, nil, access.Line{Actor: "user:wang"})
			if tt.want == "" {
				try(t, "append", err)
				return
			}
			if all := fault.All(err); !errors.Is(err, fault.Unavailable) || len(all) == 0 || all[0].Code != "record_incomplete" {
				t.Errorf("a command is changed: %v, want record_incomplete", err)
			}
			if err := r.AppendLedger(t.Context(), "c2", 0, `{"n":1}`); !errors.Is(err, fault.Unavailable) {
				t.Errorf("a ledger begins: %v, want unavailable", err)
			}
			before, _ := os.ReadFile(f.anchors)
			for range 30 { // the audit grows past what the anchor saw
				if err := r.Append(t.Context(), access.Line{Actor: "user:wang"}); err != nil {
					break // it knows itself that it lost its end
				}
			}
			try(t, "anchor", r.Anchor(t.Context()))
			if after, _ := os.ReadFile(f.anchors); string(after) != string(before) {
				t.Error("a new anchor covers it up")
			}
			if again, err := r.Whole(t.Context()); err != nil || again == nil {
				t.Errorf("looked at once more: %v, %v, want it incomplete still", again, err)
			}
			try(t, "put the anchors away", os.Rename(f.anchors, f.anchors+".evidence"))
			if again, err := r.Whole(t.Context()); err != nil || again != nil || r.Incomplete() != nil {
				t.Errorf("with the anchors put away: %v, %v, %v, want whole", again, err, r.Incomplete())
			}
		})
	}
}

func TestAFlippedBitInALeftOverWALStopsCommands(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r := f.open(t)
	for n := range 40 {
		try(t, "append", r.Append(t.Context(), access.Line{At: int64(n), Actor: "user:wang"}))
	}
	try(t, "anchor", r.Anchor(t.Context()))
	for name, flip := range map[string]bool{"as a kill leaves it": false, "with a flipped bit": true} {
		copied := newFolder(t)
		for from, to := range map[string]string{f.db: copied.db, f.db + "-wal": copied.db + "-wal", f.keys: copied.keys, f.anchors: copied.anchors} {
			raw, err := os.ReadFile(from)
			try(t, "read", err)
			if flip && strings.HasSuffix(from, "-wal") {
				raw[len(raw)/2] ^= 1
			}
			try(t, "write", os.WriteFile(to, raw, 0o600))
		}
		c := copied.open(t)
		_, err := c.Whole(t.Context())
		try(t, name, err)
		if stopped := c.Incomplete() != nil; stopped != flip || flip && !strings.HasPrefix(c.From(), "audit:") {
			t.Errorf("%s: commands are stopped: %v, from %q", name, stopped, c.From())
		}
	}
}

func TestWhatCantBeReadStopsCommandsUntilItCan(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ harm, heal func(t *testing.T, f folder) }{
		"a folder where the anchors were": {func(t *testing.T, f folder) {
			try(t, "move", os.Rename(f.anchors, f.anchors+".away"))
			try(t, "make", os.Mkdir(f.anchors, 0o700))
		}, func(t *testing.T, f folder) {
			try(t, "remove", os.Remove(f.anchors))
			try(t, "move", os.Rename(f.anchors+".away", f.anchors))
		}},
		"an audit that isn't there": {
			func(t *testing.T, f folder) { exec(t, f, "alter table audit rename to elsewhere") },
			func(t *testing.T, f folder) { exec(t, f, "alter table elsewhere rename to audit") },
		},
		"a column that isn't there": {
			func(t *testing.T, f folder) { exec(t, f, "alter table audit rename column mac to lost") },
			func(t *testing.T, f folder) { exec(t, f, "alter table audit rename column lost to mac") },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := written(t)
			r := f.open(t)
			tt.harm(t, f)
			if _, err := r.Whole(t.Context()); err == nil {
				t.Fatal("it was looked at without an error")
			}
			err := r.AppendCommand(t.Context(), nil, nil)
			if all := fault.All(err); len(all) == 0 || all[0].Code != "record_unreadable" || !errors.Is(err, fault.Unavailable) || r.Standing() != "unreadable" {
				t.Errorf("a command is changed: %v, the record is %s; want record_unreadable", err, r.Standing())
			}
			if err := r.AppendLedger(t.Context(), "c2", 0, `{"n":1}`); !errors.Is(err, fault.Unavailable) {
				t.Errorf("a ledger begins: %v, want unavailable", err)
			}
			if err := r.Ping(t.Context()); err == nil {
				t.Error("its pulse is felt")
			}
			tt.heal(t, f)
			try(t, "ping", r.Ping(t.Context()))
			if r.Standing() != "whole" || r.Incomplete() != nil {
				t.Errorf("readable again it is %s", r.Standing())
			}
			try(t, "append", r.AppendLedger(t.Context(), "c2", 0, `{"n":1}`))
		})
	}
}

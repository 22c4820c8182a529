package record_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/server/store/record/chain"
	"citydeck/server/store/record/seal"
)

// written is a record with twenty lines, the tenth of which an anchor has seen,
// and the last; it is closed.
func written(t *testing.T) folder {
	t.Helper()
	f := newFolder(t)
	r := f.open(t)
	for n := range 20 {
		try(t, "append", r.Append(t.Context(), access.Line{At: noon.UnixMilli() + int64(n), Actor: fmt.Sprintf("user:u%02d", n+1), Role: "commander",
			Action: "unmask", Object: fmt.Sprintf("household:%02d", n+1), Area: "east", Purpose: "看望 <老人> & 'co'", Address: "10.0.0.1", Result: access.Allowed}))
		if n == 9 || n == 19 {
			try(t, "anchor", r.Anchor(t.Context()))
		}
	}
	try(t, "close", r.Close())
	return f
}

func exec(t *testing.T, f folder, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", f.db)
	try(t, "open", err)
	defer db.Close()
	for _, s := range statements {
		_, err := db.Exec(s)
		try(t, s, err)
	}
}

func TestVerifyNamesTheLine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		harm  func(t *testing.T, f folder)
		want  []string // faults, by their beginning; none: whole
		blind bool     // without anchors it is not seen
	}{
		"untouched": {func(*testing.T, folder) {}, nil, false},
		"a purpose that was changed": {func(t *testing.T, f folder) { exec(t, f, "update audit set purpose = 'other' where n = 7") },
			[]string{"audit:7: the line was changed"}, false},
		"a result that was changed": {func(t *testing.T, f folder) { exec(t, f, "update audit set result = 'refused' where n = 20") },
			[]string{"audit:20: the line was changed"}, false},
		"a hash that was changed": {func(t *testing.T, f folder) {
			exec(t, f, "update audit set hash = replace(hash, substr(hash, 1, 1), 'g') where n = 3")
		},
			[]string{"audit:3: the line was changed"}, false},
		"a line that was removed": {func(t *testing.T, f folder) { exec(t, f, "delete from audit where n = 12") },
			[]string{"audit:12: the line is missing"}, false},
		"the first three lines": {func(t *testing.T, f folder) { exec(t, f, "delete from audit where n <= 3") },
			[]string{"audit:1: the line is missing", "audit:2: the line is missing", "audit:3: the line is missing"}, false},
		"two lines that changed places": {func(t *testing.T, f folder) {
			exec(t, f, "update audit set n = 100 where n = 5", "update audit set n = 5 where n = 6", "update audit set n = 6 where n = 100")
		}, []string{"audit:5: the line was changed, or moved", "audit:6: the line was changed, or moved"}, false},
		"a line that stands twice": {func(t *testing.T, f folder) {
			exec(t, f, "insert into audit select 21, at, actor, role, action, object, area, purpose, address, result, hash, mac from audit where n = 4")
		}, []string{"audit:21: the line was changed, or moved"}, false},
		"a removed line and the rest moved up": {func(t *testing.T, f folder) {
			exec(t, f, "delete from audit where n = 19", "update audit set n = 19 where n = 20")
		}, []string{"audit:19: the line was changed, or moved", "audit:20: the chain ends"}, false},
		"an end that was cut off": {func(t *testing.T, f folder) { exec(t, f, "delete from audit where n > 15") },
			[]string{"audit:16: the chain ends before this line, and an anchor has seen line 20"}, true},
		"everything gone": {func(t *testing.T, f folder) { exec(t, f, "delete from audit") },
			[]string{"audit:1: the chain ends"}, true},
		"hashes computed anew without the key": {func(t *testing.T, f folder) { rewrite(t, f, nil) },
			[]string{"audit:15: the line was written without the key", "audit:16: the line was written without the key"}, false},
		"hashes computed anew with the key": {func(t *testing.T, f folder) {
			keys, err := seal.Load(f.keys)
			try(t, "keys", err)
			rewrite(t, f, keys)
		}, []string{"audit:20: an anchor saw another line here"}, true},
		"a byte that was flipped in the file": {func(t *testing.T, f folder) {
			raw, err := os.ReadFile(f.db)
			try(t, "read", err)
			harmed := bytes.ReplaceAll(raw, []byte("household:09"), []byte("household;09")) // in free space, too
			if raw = harmed; !bytes.Contains(raw, []byte("household;09")) {
				t.Fatal("line 9 is not in the file")
			}
			try(t, "write", os.WriteFile(f.db, raw, 0o600))
		}, []string{"audit:9: the line was changed"}, false},
		"an anchor that was changed": {func(t *testing.T, f folder) {
			raw, err := os.ReadFile(f.anchors)
			try(t, "read", err)
			try(t, "write", os.WriteFile(f.anchors, bytes.Replace(raw, []byte(`"n":10`), []byte(`"n":11`), 1), 0o600))
		}, []string{"anchor:1: no key of this installation has signed this"}, true},
		"an anchor that was cut as it was written": {func(t *testing.T, f folder) {
			raw, err := os.ReadFile(f.anchors)
			try(t, "read", err)
			try(t, "write", os.WriteFile(f.anchors, append(raw, `{"chain":"aud`...), 0o600))
		}, nil, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := written(t)
			tt.harm(t, f)
			got := verify(t, f)
			if len(got) < len(tt.want) || len(tt.want) == 0 && len(got) > 0 {
				t.Fatalf("faults = %q, want %q", got, tt.want)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("fault %d = %q, want %q", i, got[i], want)
				}
			}
			f.anchors += ".elsewhere"
			if alone := verify(t, f); tt.blind == (len(alone) > 0) && len(tt.want) > 0 {
				t.Errorf("without anchors: %q, want none = %v", alone, tt.blind)
			}
		})
	}
}

func verify(t *testing.T, f folder) []string {
	t.Helper()
	r := f.open(t)
	faults, err := r.Verify(t.Context(), "")
	try(t, "verify", err)
	_ = r.Close()
	list := make([]string, len(faults))
	for i, f := range faults {
		list[i] = f.String()
	}
	return list
}

// rewrite changes line 15 and computes the chain anew from there.
func rewrite(t *testing.T, f folder, keys *seal.Keys) {
	t.Helper()
	r := f.open(t)
	var lines []access.Line
	var before chain.Link
	try(t, "lines", r.Lines(t.Context(), 0, math.MaxInt64, func(l access.Line, sent string) error {
		lines = append(lines, l)
		var s struct{ Hash string }
		if l.N == 14 {
			try(t, "hash", json.Unmarshal([]byte(sent), &s))
			before = chain.Link{N: 14, Hash: s.Hash}
		}
		return nil
	}))
	_ = r.Close()
	lines[14].Actor = "user:nobody"
	for _, l := range lines[14:] {
		text, err := json.Marshal(l)
		try(t, "line", err)
		if keys == nil {
			before = chain.Link{N: l.N, Hash: chain.Hash(before.Hash, string(text))}
			exec(t, f, fmt.Sprintf("update audit set actor = '%s', hash = '%s' where n = %d", l.Actor, before.Hash, l.N))
			continue
		}
		before = chain.Next(keys, "audit", before, string(text))
		exec(t, f, fmt.Sprintf("update audit set actor = '%s', hash = '%s', mac = '%s' where n = %d", l.Actor, before.Hash, before.MAC, l.N))
	}
}

func TestALineIsSentAsItsHashWasMade(t *testing.T) {
	t.Parallel()
	r := written(t).open(t)
	before, lines := chain.Zero, 0
	try(t, "lines", r.Lines(t.Context(), noon.UnixMilli(), noon.UnixMilli()+19, func(l access.Line, sent string) error {
		var s struct{ Hash string }
		if err := json.Unmarshal([]byte(sent), &s); err != nil {
			return err
		}
		bare, tail, _ := strings.Cut(sent, `,"hash":"`)
		if want := chain.Hash(before, bare+"}"); s.Hash != want || tail != s.Hash+`"}` {
			t.Errorf("line %d: hash = %s, want %s of %s", l.N, s.Hash, want, bare)
		}
		before = s.Hash
		lines++
		return nil
	}))
	if lines != 20 {
		t.Errorf("%d lines, want 20", lines)
	}
	got := 0
	try(t, "lines", r.Lines(t.Context(), noon.UnixMilli()+5, noon.UnixMilli()+7, func(access.Line, string) error { got++; return nil }))
	if got != 3 {
		t.Errorf("%d lines of three milliseconds, want 3", got)
	}
}

func TestAFlippedBitInALeftOverWAL(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r := f.open(t)
	for n := range 40 {
		try(t, "append", r.Append(t.Context(), access.Line{At: int64(n), Actor: "user:wang"}))
	}
	try(t, "anchor", r.Anchor(t.Context()))
	copied := newFolder(t) // what a kill leaves behind
	for from, to := range map[string]string{f.db: copied.db, f.db + "-wal": copied.db + "-wal", f.keys: copied.keys, f.anchors: copied.anchors} {
		raw, err := os.ReadFile(from)
		try(t, "read", err)
		if strings.HasSuffix(from, "-wal") {
			raw[len(raw)/2] ^= 1
		}
		try(t, "write", os.WriteFile(to, raw, 0o600))
	}
	got := verify(t, copied)
	if len(got) != 1 || !strings.Contains(got[0], "and an anchor has seen line 40") {
		t.Errorf("faults = %q, want that the end is cut", got)
	}
}

func TestNobodyAppendsToAnAuditThatLostItsEnd(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r := f.open(t)
	for range 3 {
		try(t, "append", r.Append(t.Context(), access.Line{}))
	}
	exec(t, f, "delete from audit where n = 3")
	if err := r.Append(t.Context(), access.Line{}); err == nil {
		t.Error("a line was appended in the place of another")
	}
	if err := r.Anchor(t.Context()); err == nil {
		t.Error("an audit that lost its end was anchored")
	}
}

func TestManyAppendAtOnce(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r := f.open(t)
	done := make(chan error)
	for range 20 {
		go func() { done <- r.Append(t.Context(), access.Line{Actor: "user:wang"}) }()
	}
	var errs []error
	for range 20 {
		errs = append(errs, <-done)
	}
	if slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
		t.Errorf("appending: %v", errs)
	}
	if faults, err := r.Verify(t.Context(), ""); err != nil || len(faults) > 0 {
		t.Errorf("verify: %v, %v", faults, err)
	}
}

func TestALedgerProvesItself(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r, ctx := f.open(t), t.Context()
	for n := range 6 {
		try(t, "append", r.AppendLedger(ctx, "c-1", int64(n), fmt.Sprintf(`{"n":%d,"kind":"reported"}`, n+1)))
		try(t, "append", r.AppendLedger(ctx, "c-2", int64(n), fmt.Sprintf(`{"n":%d,"kind":"reported"}`, n+1)))
	}
	if err := r.AppendLedger(ctx, "c-1", 5, `{"n":6}`); !errors.Is(err, fault.Conflict) {
		t.Errorf("a line in the place of another: %v, want a conflict", err)
	}
	try(t, "anchor", r.Anchor(ctx))
	before := chain.Zero
	try(t, "read", r.Ledger(ctx, "c-1", func(sent string) error {
		bare, _, _ := strings.Cut(sent, `,"hash":"`)
		before = chain.Hash(before, bare+"}")
		if !strings.HasSuffix(sent, `,"hash":"`+before+`"}`) {
			t.Errorf("%s does not follow the line before", sent)
		}
		return nil
	}))
	for what, tt := range map[string]struct{ do, want string }{
		"untouched":           {"select 1", ""},
		"a changed line":      {"update ledger set line = replace(line, 'reported', 'signed') where command = 'c-1' and n = 3", "c-1:3: the line was changed"},
		"another's line":      {"update ledger set line = '{}' where command = 'c-1' and n = 3", "c-1:3: the line was changed"},
		"a removed line":      {"delete from ledger where command = 'c-2' and n = 2", "c-2:2: the line is missing"},
		"a cut end":           {"delete from ledger where command = 'c-2' and n > 4", "c-2:5: the chain ends"},
		"a command that went": {"delete from ledger where command = 'c-2'", "c-2:1: the chain ends"},
		"changed places":      {"update ledger set command = case command when 'c-1' then 'c-2' else 'c-1' end, n = n + 100 where n = 1", "c-1:1: the line is missing"},
	} {
		copied := newFolder(t)
		try(t, "copy", r.DB().Copy(ctx, copied.db))
		for from, to := range map[string]string{f.keys: copied.keys, f.anchors: copied.anchors} {
			raw, err := os.ReadFile(from)
			try(t, "read", err)
			try(t, "write", os.WriteFile(to, raw, 0o600))
		}
		exec(t, copied, tt.do)
		got := verify(t, copied)
		if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) == 0 || !strings.HasPrefix(got[0], tt.want)) {
			t.Errorf("%s: %q, want %q", what, got, tt.want)
		}
	}
}

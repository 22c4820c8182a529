package record_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
	"citydeck/server/store/record"
	"citydeck/server/store/record/seal"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// folder is where a record of a test lies.
type folder struct{ db, keys, anchors string }

func newFolder(t testing.TB) folder {
	dir := t.TempDir()
	return folder{filepath.Join(dir, "record.db"), filepath.Join(dir, "record.keys"), filepath.Join(dir, "anchors")}
}

func (f folder) open(t testing.TB) *record.Record {
	t.Helper()
	r, err := record.Open(t.Context(), record.Config{Path: f.db, KeyFile: f.keys, Anchor: f.anchors, Now: func() time.Time { return noon }}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func try(t testing.TB, doing string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", doing, err)
	}
}

func TestWhatIsKeptComesBack(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r, ctx := f.open(t), t.Context()
	wang := account.Account{
		Name: "wang", Grants: []access.Grant{{Role: access.Admin, Area: "town"}, {Role: access.Viewer, Area: "east"}}, Responder: "r1",
		Proof: "p2", Earlier: []string{"p1"}, ProofAt: 3, Seed: "JBSWY3DPEHPK3PXP", Step: 7, Subject: "iss|sub", MadeAt: 1, SeenAt: 2,
	}
	try(t, "add", r.AddAccount(ctx, wang))
	if err := r.AddAccount(ctx, wang); !errors.Is(err, fault.Conflict) {
		t.Errorf("the same name again: %v, want a conflict", err)
	}
	wang.Grants, wang.Disabled = wang.Grants[:1], true
	try(t, "set", r.SetAccount(ctx, wang))
	wang.Proof, wang.Earlier, wang.ProofAt, wang.SeenAt = "p3", []string{"p2", "p1"}, 9, 9
	try(t, "set proof", r.SetProof(ctx, wang))
	for what, find := range map[string]func() (account.Account, error){
		"by name":    func() (account.Account, error) { return r.Account(ctx, "wang") },
		"by subject": func() (account.Account, error) { return r.AccountOf(ctx, "iss|sub") },
		"in a list": func() (account.Account, error) {
			all, err := r.Accounts(ctx)
			if len(all) != 1 {
				t.Fatalf("%d accounts: %v", len(all), err)
			}
			return all[0], err
		},
	} {
		got, err := find()
		if err != nil || !equal(got, wang) {
			t.Errorf("%s: %+v, %v; want %+v", what, got, err, wang)
		}
	}
	if _, err := r.Account(ctx, "li"); !errors.Is(err, fault.NotFound) {
		t.Errorf("an unknown name: %v, want not found", err)
	}
	if _, err := r.AccountOf(ctx, ""); !errors.Is(err, fault.NotFound) {
		t.Errorf("an empty subject: %v, want not found", err)
	}
	for step, want := range map[int64]bool{7: false, 8: true} {
		if used, err := r.UseStep(ctx, "wang", step); err != nil || used != want {
			t.Errorf("step %d: used = %v, %v; want %v", step, used, err, want)
		}
	}
	if used, err := r.UseStep(ctx, "wang", 8); err != nil || used {
		t.Errorf("step 8 twice: used = %v, %v", used, err)
	}
	raw, err := os.ReadFile(f.db + "-wal")
	if err != nil || strings.Contains(string(raw), wang.Seed) {
		t.Errorf("the seed of one-time codes stands in the file in clear: %v", err)
	}
}

func equal(a, b account.Account) bool {
	return a.Name == b.Name && len(a.Grants) == len(b.Grants) && a.Grants[0] == b.Grants[0] && a.Responder == b.Responder &&
		a.Disabled == b.Disabled && a.Proof == b.Proof && strings.Join(a.Earlier, "") == strings.Join(b.Earlier, "") && a.ProofAt == b.ProofAt &&
		a.Seed == b.Seed && a.Step == b.Step && a.Subject == b.Subject && a.MadeAt == b.MadeAt && a.SeenAt == b.SeenAt
}

func TestASessionIsKeptUntilItsEnd(t *testing.T) {
	t.Parallel()
	r, ctx := newFolder(t).open(t), t.Context()
	for i, id := range []string{"a", "b"} {
		try(t, "add", r.AddSession(ctx, account.Session{ID: id, Hash: "h" + id, Name: "wang", MadeAt: int64(i), SeenAt: 100, EndsAt: 200}))
	}
	if ids, err := r.Sessions(ctx, "wang"); err != nil || strings.Join(ids, "") != "ba" {
		t.Errorf("sessions = %v, %v; want b, a", ids, err)
	}
	try(t, "set", r.SetSession(ctx, account.Session{ID: "a", Hash: "h2", SeenAt: 150, EndsAt: 200, CodeAt: 150}))
	got, err := r.SessionOf(ctx, "a")
	if again, _ := r.Session(ctx, "h2"); err != nil || got != again || got.CodeAt != 150 {
		t.Errorf("session = %+v, %v; by its cookie %+v", got, err, again)
	}
	if _, err := r.Session(ctx, "ha"); !errors.Is(err, fault.NotFound) {
		t.Errorf("by the cookie that it had before: %v, want not found", err)
	}
	try(t, "sweep", r.Sweep(ctx, 199, 120, 0))
	if ids, _ := r.Sessions(ctx, "wang"); strings.Join(ids, "") != "a" {
		t.Errorf("after a sweep of what was not used: %v, want a", ids)
	}
	try(t, "end", r.EndSession(ctx, "a"))
	if _, err := r.SessionOf(ctx, "a"); !errors.Is(err, fault.NotFound) {
		t.Errorf("after its end: %v, want not found", err)
	}
}

func TestAWallIsPairedOnce(t *testing.T) {
	t.Parallel()
	r, ctx := newFolder(t).open(t), t.Context()
	try(t, "begin", r.AddPairing(ctx, account.Pairing{Code: "ABCD", Poll: "p", EndsAt: 10}))
	if err := r.AddPairing(ctx, account.Pairing{Code: "ABCD", Poll: "q"}); !errors.Is(err, fault.Conflict) {
		t.Errorf("the same code: %v, want a conflict", err)
	}
	wall := account.Screen{ID: "s1", Name: "大厅", Area: "town", Playlist: []account.Stop{{Cockpit: "town", Seconds: 30}}, WidthM: 4.8, DistanceM: 8, By: "user:a", MadeAt: 1}
	try(t, "pair", r.Pair(ctx, "ABCD", wall))
	if err := r.Pair(ctx, "ABCD", wall); !errors.Is(err, fault.Conflict) {
		t.Errorf("paired twice: %v, want a conflict", err)
	}
	wall.Turn, wall.ClaimedAt = 1, 2
	for i, want := range []bool{true, false} {
		if got, err := r.Claim(ctx, "p", wall); err != nil || got != want {
			t.Errorf("claim %d: %v, %v; want %v", i+1, got, err, want)
		}
	}
	got, err := r.Screen(ctx, "s1")
	if err != nil || got.Turn != 1 || got.Playlist[0] != wall.Playlist[0] || got.WidthM != 4.8 {
		t.Errorf("screen = %+v, %v", got, err)
	}
	try(t, "revoke", r.EndScreen(ctx, "s1"))
	if err := r.EndScreen(ctx, "s1"); !errors.Is(err, fault.NotFound) {
		t.Errorf("revoked twice: %v, want not found", err)
	}
}

func TestKeysThatAreNotThoseOfTheRecordAreRefused(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	_ = f.open(t).Close()
	good, err := os.ReadFile(f.keys)
	try(t, "read", err)
	other := newFolder(t)
	_ = other.open(t).Close()
	foreign, err := os.ReadFile(other.keys)
	try(t, "read", err)
	tests := map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"missing":           {"", 0, "no such file"},
		"another's":         {string(foreign), 0o600, "not the one that the record was written with"},
		"readable by all":   {string(good), 0o644, "chmod 600"},
		"empty":             {"# nothing\n", 0o600, "holds no key"},
		"not base64":        {"k1 = %%\n", 0o600, ":1: key k1 is not 32 bytes"},
		"a line of nothing": {"k1\n", 0o600, ":1: not of the form"},
		"twice":             {string(good) + string(good), 0o600, ":2: this id stands twice"},
	}
	for name, tt := range tests {
		_ = os.Remove(f.keys)
		if tt.mode != 0 {
			try(t, "write", os.WriteFile(f.keys, []byte(tt.text), tt.mode))
			try(t, "chmod", os.Chmod(f.keys, tt.mode))
		}
		_, err := record.Open(t.Context(), record.Config{Path: f.db, KeyFile: f.keys}, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), f.keys) {
			t.Errorf("%s: %v, want one that names the file and says %q", name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), strings.Fields(string(good))[2]) {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
}

func TestANewKeySealsWhatIsNewAndOpensWhatIsOld(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r, ctx := f.open(t), t.Context()
	try(t, "add", r.AddAccount(ctx, account.Account{Name: "wang", Seed: "SEED"}))
	try(t, "append", r.Append(ctx, access.Line{At: 1, Actor: "user:wang"}))
	_ = r.Close()
	if id, err := seal.Rotate(f.keys); err != nil || id != "k2" {
		t.Fatalf("rotate: %q, %v", id, err)
	}
	r = f.open(t)
	if n, err := r.Reseal(ctx); err != nil || n != 1 {
		t.Errorf("sealed %d values anew, %v; want 1", n, err)
	}
	if n, err := r.Reseal(ctx); err != nil || n != 0 {
		t.Errorf("a second time: %d, %v; want 0", n, err)
	}
	try(t, "append", r.Append(ctx, access.Line{At: 2, Actor: "user:wang"}))
	got, err := r.Account(ctx, "wang")
	if err != nil || got.Seed != "SEED" {
		t.Errorf("seed = %q, %v", got.Seed, err)
	}
	if faults, err := r.Verify(ctx, ""); err != nil || len(faults) > 0 {
		t.Errorf("verify after a change of keys: %v, %v", faults, err)
	}
}

func TestRecoveryCodesAreKeptUntilTheyAreUsed(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	r, ctx := f.open(t), t.Context()
	try(t, "set", r.SetRecoveries(ctx, "li", []string{"a", "b", "c"}))
	try(t, "set somebody else's", r.SetRecoveries(ctx, "wu", []string{"a"}))
	for i, want := range []bool{true, false} {
		if used, err := r.UseRecovery(ctx, "li", "b"); err != nil || used != want {
			t.Errorf("use %d: %v, %v; want %v", i, used, err, want)
		}
	}
	if left, err := r.Recoveries(ctx, "li"); err != nil || strings.Join(left, "") != "ac" {
		t.Errorf("left %v, %v; want a and c", left, err)
	}
	try(t, "set anew", r.SetRecoveries(ctx, "li", []string{"d"}))
	try(t, "take away", r.SetRecoveries(ctx, "wu", nil))
	for name, want := range map[string]string{"li": "d", "wu": ""} {
		if left, err := r.Recoveries(ctx, name); err != nil || strings.Join(left, "") != want {
			t.Errorf("%s has %v, %v; want %q", name, left, err, want)
		}
	}
}

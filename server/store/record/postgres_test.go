package record_test

import (
	"log/slog"
	"math"
	"path/filepath"
	"testing"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/server/store/postgrestest"
	"citydeck/server/store/record"
)

func TestTheRecordInPostgreSQL(t *testing.T) {
	t.Parallel()
	url, dir, ctx := postgrestest.Start(t), t.TempDir(), t.Context()
	r, err := record.Open(ctx, record.Config{URL: url, KeyFile: filepath.Join(dir, "keys"), Anchor: filepath.Join(dir, "anchors")}, slog.New(slog.DiscardHandler))
	try(t, "open", err)
	defer r.Close()
	wang := account.Account{Name: "wang", Grants: []access.Grant{{Role: access.Admin, Area: "town"}}, Seed: "SEED", Proof: "p"}
	try(t, "add", r.AddAccount(ctx, wang))
	if used, err := r.UseStep(ctx, "wang", 3); err != nil || !used {
		t.Errorf("a code: %v, %v", used, err)
	}
	if got, err := r.Account(ctx, "wang"); err != nil || got.Seed != "SEED" || len(got.Grants) != 1 {
		t.Errorf("account = %+v, %v", got, err)
	}
	try(t, "session", r.AddSession(ctx, account.Session{ID: "s", Hash: "h", Name: "wang"}))
	try(t, "token", r.AddToken(ctx, account.Token{ID: "t", Source: "gas", Areas: []string{"east"}, Hash: "x"}))
	try(t, "pairing", r.AddPairing(ctx, account.Pairing{Code: "C", Poll: "p", EndsAt: 9}))
	try(t, "pair", r.Pair(ctx, "C", account.Screen{ID: "w", Area: "town", Cockpit: "town"}))
	if done, err := r.Claim(ctx, "p", account.Screen{ID: "w", Turn: 1}); err != nil || !done {
		t.Errorf("claim: %v, %v", done, err)
	}
	try(t, "attempts", r.SetAttempts(ctx, account.Attempts{Key: "k", Failed: 1}))
	try(t, "sweep", r.Sweep(ctx, 1, 1, 1))
	for range 3 {
		try(t, "append", r.Append(ctx, access.Line{Actor: "user:wang"}))
	}
	try(t, "ledger", r.AppendLedger(ctx, "c-1", 0, `{"n":1}`, `{"n":2}`))
	try(t, "anchor", r.Anchor(ctx))
	if _, err := r.PutHouseholds(ctx, homes(), true); err != nil {
		t.Errorf("put: %v", err)
	}
	if all, err := r.Households(ctx); err != nil || len(all) != 3 || all[0].ContactName != "王小明" {
		t.Errorf("households = %+v, %v", all, err)
	}
	if e, err := r.EraseOne(ctx, "households", "h1", "asked for"); err != nil || e.Gone != 1 {
		t.Errorf("erase: %+v, %v", e, err)
	}
	if faults, err := r.Verify(ctx, ""); err != nil || len(faults) > 0 {
		t.Errorf("verify: %v, %v", faults, err)
	}
	lines := 0
	try(t, "lines", r.Lines(ctx, 0, math.MaxInt64, func(access.Line, string) error { lines++; return nil }))
	if lines != 4 {
		t.Errorf("%d lines, want 4", lines)
	}
	if n, err := r.Reseal(ctx); err != nil || n != 0 {
		t.Errorf("reseal: %d, %v", n, err)
	}
	if faults, err := r.Recent(ctx); err != nil || len(faults) > 0 {
		t.Errorf("recent: %v, %v", faults, err)
	}
}

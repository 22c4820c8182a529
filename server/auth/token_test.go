package auth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
	"citydeck/server/auth"
)

func prometheusRegistry() *prometheus.Registry { return prometheus.NewRegistry() }

func (s *stage) byToken(t testing.TB, token string) access.Actor {
	return s.who(t, "Authorization", "Bearer "+token)
}

func TestATokenIsItsSource(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(c *auth.Config) { c.Anonymous = "viewer" })
	id, token, err := s.AddToken(t.Context(), account.Token{Source: "gas", Areas: []string{"east"}, Measures: []string{"leaks"}})
	if err != nil {
		t.Fatal(err)
	}
	got := s.byToken(t, token)
	if got.Kind != access.Source || got.Name != "gas" || got.Areas[0] != "east" || got.Measures[0] != "leaks" || got.Session != id {
		t.Errorf("actor = %+v", got)
	}
	kept, _ := s.keep.Token(t.Context(), id)
	if strings.Contains(kept.Hash, strings.Split(token, "_")[2]) || kept.UsedAt != s.clock.Load() {
		t.Errorf("kept: %+v", kept)
	}
	for name, header := range map[string]string{
		"one letter less":    "Bearer " + token[:len(token)-1],
		"another's secret":   "Bearer cdk_" + id + "_" + strings.Repeat("A", 43),
		"unknown":            "Bearer cdk_000000000000_" + strings.Repeat("A", 43),
		"no token at all":    "Bearer x",
		"another scheme":     "Basic " + token,
		"nothing behind it":  "Bearer",
		"two of them in one": "Bearer " + token + " " + token,
	} {
		if got := s.who(t, "Authorization", header); got.Kind != access.Nobody {
			t.Errorf("%s: %+v, want nobody even where anybody may look", name, got)
		}
	}
	if got := s.who(t, "X-Token", token); got.Kind != access.Anyone {
		t.Errorf("without credentials: %+v", got)
	}
	_, anew, err := s.RotateToken(t.Context(), id, time.Hour)
	if err != nil || s.byToken(t, token).Name != "gas" || s.byToken(t, anew).Measures[0] != "leaks" {
		t.Errorf("while the tokens overlap: %v", err)
	}
	s.pass(time.Hour + time.Millisecond)
	if s.byToken(t, token).Kind != access.Nobody || s.byToken(t, anew).Kind != access.Source {
		t.Error("after the overlap the old token holds, or the new one does not")
	}
	if err := s.RevokeToken(t.Context(), id); err != nil || !s.closed(id) {
		t.Errorf("revoke: %v", err)
	}
	if err := s.RevokeToken(t.Context(), id); !errors.Is(err, fault.NotFound) {
		t.Errorf("revoke again: %v", err)
	}
}

func TestAPersonsTokenIsThePerson(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	seed := s.add(t, "li", access.Commander)
	if _, _, err := s.AddToken(t.Context(), account.Token{User: "nobody"}); !errors.Is(err, fault.NotFound) {
		t.Errorf("a token of nobody: %v", err)
	}
	_, token, err := s.AddToken(t.Context(), account.Token{User: "li"})
	if err != nil {
		t.Fatal(err)
	}
	actor := s.byToken(t, token)
	if actor.Kind != access.User || actor.Name != "li" || len(actor.Grants) != 1 || actor.CodeAt != 0 {
		t.Errorf("actor = %+v", actor)
	}
	if cookie, err := s.StepUp(t.Context(), actor, s.codeAt(t, seed, 0)); err != nil || cookie != "" || s.byToken(t, token).CodeAt != s.clock.Load() {
		t.Errorf("step up: %q, %v", cookie, err)
	}
	if !s.Still(t.Context(), actor) {
		t.Error("the token does not hold")
	}
	if err := s.Disable(t.Context(), "li", true); err != nil || s.Still(t.Context(), actor) || s.byToken(t, token).Kind != access.Nobody {
		t.Errorf("the token of a closed account holds: %v", err)
	}
}

func TestAWallIsPairedLikeATelevision(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	ctx := t.Context()
	code, poll, endsAt, err := s.BeginPairing(ctx, "10.0.0.9")
	if err != nil || len(code) != 6 || endsAt != s.clock.Load()+10*60_000 {
		t.Fatalf("pairing: %q, %d, %v", code, endsAt, err)
	}
	if id, token, err := s.Claim(ctx, poll); id != "" || token != "" || err != nil {
		t.Errorf("claimed before it was paired: %q, %v", id, err)
	}
	if _, _, err := s.Claim(ctx, "guess"); !errors.Is(err, fault.NotFound) {
		t.Errorf("claimed with a guess: %v", err)
	}
	id, err := s.Pair(ctx, strings.ToLower(code[:3]+" "+code[3:]), account.Screen{Name: "大厅", Area: "east", Cockpit: "east", By: "user:a"})
	if err != nil {
		t.Fatalf("pair: %v", err)
	}
	if _, err := s.Pair(ctx, code, account.Screen{}); !errors.Is(err, fault.Gone) {
		t.Errorf("paired twice: %v, want gone", err)
	}
	got, token, err := s.Claim(ctx, poll)
	if err != nil || got != id || !strings.HasPrefix(token, "cds_"+id+"_") {
		t.Fatalf("claim: %q, %v", got, err)
	}
	if _, _, err := s.Claim(ctx, poll); err == nil {
		t.Error("claimed twice")
	}
	wall := s.who(t, "Cookie", "citydeck_screen="+token)
	if wall.Kind != access.Screen || wall.Name != id || wall.Grants[0] != (access.Grant{Role: access.Viewer, Area: "east"}) {
		t.Errorf("the wall is %+v", wall)
	}
	if got := s.byToken(t, token); got.Kind != access.Screen {
		t.Errorf("by its token: %+v", got)
	}
	for range 40 { // seen each day, it never has to be paired again
		s.pass(24 * time.Hour)
		if !s.Still(ctx, wall) {
			t.Fatal("a wall that hangs there was sent away")
		}
	}
	anew, err := s.Turn(ctx, id)
	if err != nil || s.byToken(t, token).Kind != access.Screen || s.byToken(t, anew).Kind != access.Screen {
		t.Errorf("while both tokens hold: %v", err)
	}
	s.pass(25 * time.Hour)
	if s.byToken(t, token).Kind != access.Nobody || s.byToken(t, anew).Kind != access.Screen {
		t.Error("a day later the token before still holds, or the new one does not")
	}
	if err := s.EndScreen(ctx, id); err != nil || !s.closed(id) || s.Still(ctx, wall) || s.byToken(t, anew).Kind != access.Nobody {
		t.Errorf("after it was revoked the wall is still let in: %v", err)
	}
}

func TestCodesOfWallsCantBeGuessed(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	for i := range 7 {
		want := fault.NotFound
		if i >= 5 {
			want = fault.TooMany
		}
		if _, err := s.Pair(t.Context(), "AAAAAA", account.Screen{By: "user:a"}); !errors.Is(err, want) {
			t.Errorf("wrong code %d: %v, want %v", i+1, err, want)
		}
	}
	code, poll, _, err := s.BeginPairing(t.Context(), "10.0.0.9")
	if err != nil {
		t.Fatal(err)
	}
	s.pass(11 * time.Minute)
	if _, err := s.Pair(t.Context(), code, account.Screen{By: "user:b"}); !errors.Is(err, fault.Gone) {
		t.Errorf("an old code: %v, want gone", err)
	}
	if _, _, err := s.Claim(t.Context(), poll); !errors.Is(err, fault.Gone) {
		t.Errorf("an old claim: %v, want gone", err)
	}
	refused := false
	for range 40 {
		_, _, _, err := s.BeginPairing(t.Context(), "10.0.0.9")
		refused = refused || errors.Is(err, fault.TooMany)
	}
	if !refused {
		t.Error("one address may ask for codes without end")
	}
}

func TestTheFirstAdminMakesHimselfOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	code, err := s.Setup(t.Context())
	if err != nil || code == "" {
		t.Fatalf("setup: %q, %v", code, err)
	}
	if _, err := s.First(t.Context(), "guess", "wang", good); !errors.Is(err, fault.Unauthenticated) {
		t.Errorf("with a guess: %v", err)
	}
	if _, err := s.First(t.Context(), code, "wang", "short"); !errors.Is(err, fault.Invalid) {
		t.Errorf("with a weak password: %v", err)
	}
	otpauth, err := s.First(t.Context(), code, "wang", good)
	if err != nil || !strings.HasPrefix(otpauth, "otpauth://totp/Citydeck:wang?secret=") {
		t.Errorf("first: %q, %v", otpauth, err)
	}
	if _, err := s.First(t.Context(), code, "li", good); err == nil {
		t.Error("the link worked twice")
	}
	if again, err := s.Setup(t.Context()); err != nil || again != "" {
		t.Errorf("another link, with an admin there: %q, %v", again, err)
	}
	late := newStage(t, nil)
	code, _ = late.Setup(t.Context())
	late.pass(31 * time.Minute)
	if _, err := late.First(t.Context(), code, "wang", good); !errors.Is(err, fault.Unauthenticated) {
		t.Errorf("half an hour later: %v", err)
	}
}

func TestDemoAccountsSignInWithoutACode(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(c *auth.Config) { c.Demo = true })
	for range 2 {
		if err := s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.Demo()); n != len(access.Roles()) {
		t.Errorf("%d accounts, want one a role", n)
	}
	for _, k := range s.Demo() {
		cookie, _, err := s.SignIn(t.Context(), account.Knock{Name: k.Name, Password: k.Password})
		if err != nil || s.byCookie(t, cookie).Grants[0] != (access.Grant{Role: k.Role, Area: "town"}) {
			t.Errorf("%s: %v", k.Name, err)
		}
	}
	if real := newStage(t, nil); len(real.Demo()) != 0 {
		t.Error("accounts that everybody knows, without a demo")
	}
}

package auth_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/text/unicode/norm"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
	"citydeck/server/auth"
)

// codeAt is what a phone shows at some distance from now.
func (s *stage) codeAt(t testing.TB, seed string, away time.Duration) string {
	t.Helper()
	code, err := totp.GenerateCode(seed, time.UnixMilli(s.clock.Load()).Add(away))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func (s *stage) signIn(t testing.TB, name, code string) (cookie string, session account.Session) {
	t.Helper()
	cookie, session, err := s.SignIn(t.Context(), account.Knock{Name: name, Password: good, Code: code, Address: "10.0.0.1"})
	if err != nil {
		t.Fatalf("sign in %s: %v", name, err)
	}
	return cookie, session
}

// who is who sends a request with a header.
func (s *stage) who(t testing.TB, header, value string) access.Actor {
	t.Helper()
	r := httptest.NewRequest("GET", "/api/v1/cockpits", nil)
	r.Header.Set(header, value)
	actor, err := s.Who(r, "10.0.0.1")
	if err != nil {
		t.Fatalf("who: %v", err)
	}
	return actor
}

func (s *stage) byCookie(t testing.TB, cookie string) access.Actor {
	return s.who(t, "Cookie", "citydeck="+cookie)
}

func TestWhateverIsWrongIsToldInTheSameWords(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(c *auth.Config) { c.LockAfter = 100 })
	s.add(t, "wang", access.Viewer)
	s.add(t, "gone", access.Viewer)
	seed := s.add(t, "li", access.Commander)
	if err := s.Disable(t.Context(), "gone", true); err != nil {
		t.Fatal(err)
	}
	knocks := map[string]account.Knock{
		"an unknown name":               {Name: "zhao", Password: good},
		"an empty name":                 {Password: good},
		"a wrong password":              {Name: "wang", Password: good + "!"},
		"an empty password":             {Name: "wang"},
		"a NUL":                         {Name: "wang", Password: good + "\x00"},
		"another case":                  {Name: "wang", Password: strings.ToLower(good)},
		"a very long password":          {Name: "wang", Password: strings.Repeat("x", 1<<20)},
		"a closed account":              {Name: "gone", Password: good},
		"no code where one is due":      {Name: "li", Password: good},
		"a wrong code":                  {Name: "li", Password: good, Code: "000000"},
		"a code two steps old":          {Name: "li", Password: good, Code: s.codeAt(t, seed, -time.Minute)},
		"a code two steps ahead":        {Name: "li", Password: good, Code: s.codeAt(t, seed, time.Minute)},
		"a right code, wrong password":  {Name: "li", Password: "no", Code: s.codeAt(t, seed, 0)},
		"a code that is no number":      {Name: "li", Password: good, Code: "abcdef"},
		"a code of a hundred digits":    {Name: "li", Password: good, Code: strings.Repeat("1", 100)},
		"a name as long as a book":      {Name: strings.Repeat("w", 1<<16), Password: good},
		"a name that turns text around": {Name: "gn\u202eaw", Password: good},
	}
	for name, k := range knocks {
		_, _, err := s.SignIn(t.Context(), k)
		if !errors.Is(err, fault.Unauthenticated) || err.Error() != "the name, the password or the code is wrong" {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.signIn(t, "li", s.codeAt(t, seed, 0)) // the code above was not used up by the wrong password
	decomposed := norm.NFD.String("Über-die-Brücke-7")
	if _, err := s.AddUser(t.Context(), account.Person{Name: "bo", Password: norm.NFC.String(decomposed)}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.SignIn(t.Context(), account.Knock{Name: "bo", Password: decomposed}); err != nil {
		t.Errorf("the same password, composed otherwise: %v", err)
	}
}

func TestACodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(c *auth.Config) { c.LockAfter = 100 })
	seed := s.add(t, "li", access.Admin)
	for _, away := range []time.Duration{-30 * time.Second, 0, 30 * time.Second} {
		code := s.codeAt(t, seed, away)
		if _, session := s.signIn(t, "li", code); session.CodeAt != s.clock.Load() {
			t.Errorf("the session does not know when the code was given")
		}
		if _, _, err := s.SignIn(t.Context(), account.Knock{Name: "li", Password: good, Code: code}); !errors.Is(err, fault.Unauthenticated) {
			t.Errorf("the code of %s, a second time: %v", away, err)
		}
	}
	s.pass(10 * time.Minute)
	code, done := s.codeAt(t, seed, 0), make(chan error, 10)
	for range cap(done) {
		go func() {
			_, _, err := s.SignIn(t.Context(), account.Knock{Name: "li", Password: good, Code: code})
			done <- err
		}()
	}
	in := 0
	for range cap(done) {
		if err := <-done; err == nil {
			in++
		}
	}
	if in != 1 {
		t.Errorf("the same code by ten at once: %d came in, want 1", in)
	}
}

func TestTooManyWrongPasswordsLock(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.add(t, "wang", access.Viewer)
	try := func(name, password, address string) error {
		_, _, err := s.SignIn(t.Context(), account.Knock{Name: name, Password: password, Address: address})
		return err
	}
	for _, name := range []string{"wang", "nobody"} {
		for i := range 5 {
			if err := try(name, "wrong", "10.0.0.1"); !errors.Is(err, fault.Unauthenticated) {
				t.Errorf("%s, wrong password %d: %v, want unauthenticated", name, i+1, err)
			}
		}
		var f *fault.Fault
		if err := try(name, good, "10.0.0.1"); !errors.As(err, &f) || f.Kind != fault.TooMany || f.After != 15*time.Minute {
			t.Errorf("%s, the next, with the right password: %+v, want too many for 15 min", name, err)
		}
	}
	if err := try("wang", good, "10.0.0.2"); err != nil {
		t.Errorf("from another address: %v", err)
	}
	s.pass(15*time.Minute + time.Millisecond)
	if err := try("wang", good, "10.0.0.1"); err != nil {
		t.Errorf("when it is over: %v", err)
	}
	for range 2 {
		for range 4 {
			_ = try("wang", "wrong", "10.0.0.1")
		}
		if err := try("wang", good, "10.0.0.1"); err != nil {
			t.Errorf("four wrong ones and the right one: %v", err)
		}
	}
	restarted := newStage(t, nil)
	restarted.keep = s.keep
	again := auth.New(auth.Config{Now: func() time.Time { return time.UnixMilli(s.clock.Load()) }}, s.keep, nil, prometheusRegistry())
	for range 5 {
		_ = try("wang", "wrong", "10.0.0.3")
	}
	if _, _, err := again.SignIn(t.Context(), account.Knock{Name: "wang", Password: good, Address: "10.0.0.3"}); !errors.Is(err, fault.TooMany) {
		t.Errorf("after a restart: %v, want too many", err)
	}
}

func TestAnAddressTriesManyNames(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	refused := 0
	for i := range 103 {
		_, _, err := s.SignIn(t.Context(), account.Knock{Name: fmt.Sprint("n", i), Password: "x", Address: "10.0.0.1"})
		if errors.Is(err, fault.TooMany) {
			refused++
		}
	}
	if refused != 3 {
		t.Errorf("of 103 tries at once %d are refused, want 3", refused)
	}
	if _, _, err := s.SignIn(t.Context(), account.Knock{Name: "n", Password: "x", Address: "10.0.0.2"}); errors.Is(err, fault.TooMany) {
		t.Errorf("another address: %v", err)
	}
}

func TestAThousandGuessesAtOnceGetFiveTries(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.add(t, "wang", access.Viewer)
	done := make(chan error, 200)
	for range cap(done) {
		go func() {
			_, _, err := s.SignIn(t.Context(), account.Knock{Name: "wang", Password: "guess", Address: "10.0.0.1"})
			done <- err
		}()
	}
	looked := 0
	for range cap(done) {
		if err := <-done; errors.Is(err, fault.Unauthenticated) {
			looked++
		}
	}
	if looked != 5 {
		t.Errorf("%d guesses were looked at, want 5", looked)
	}
}

func TestASessionEnds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		role access.Role
		do   func(t *testing.T, s *stage, actor access.Actor)
		ends bool
	}{
		"not while it is used": {access.Viewer, func(t *testing.T, s *stage, _ access.Actor) { s.pass(29 * time.Minute) }, false},
		"unused":               {access.Viewer, func(t *testing.T, s *stage, _ access.Actor) { s.pass(31 * time.Minute) }, true},
		"a commander's sooner": {access.Commander, func(t *testing.T, s *stage, _ access.Actor) { s.pass(16 * time.Minute) }, true},
		"by signing out": {access.Viewer, func(t *testing.T, s *stage, a access.Actor) {
			if err := s.SignOut(t.Context(), a); err != nil || !s.closed(a.Session) {
				t.Errorf("sign out: %v, connections closed = %v", err, s.closed(a.Session))
			}
		}, true},
		"by signing out everywhere": {access.Viewer, func(t *testing.T, s *stage, a access.Actor) {
			if err := s.SignOutEverywhere(t.Context(), a); err != nil || !s.closed(a.Session) {
				t.Errorf("sign out: %v", err)
			}
		}, true},
		"when the account is closed": {access.Viewer, func(t *testing.T, s *stage, a access.Actor) {
			if err := s.Disable(t.Context(), "wang", true); err != nil || !s.closed(a.Session) {
				t.Errorf("disable: %v", err)
			}
		}, true},
		"when the password changes": {access.Viewer, func(t *testing.T, s *stage, a access.Actor) {
			if err := s.SetPassword(t.Context(), "wang", good+"8"); err != nil || !s.closed(a.Session) {
				t.Errorf("set password: %v", err)
			}
		}, true},
		"when its cookie is brought to a new sign-in": {access.Viewer, func(t *testing.T, s *stage, a access.Actor) {
			cookie, _ := s.signIn(t, "wang", "")
			r := httptest.NewRequest("POST", "/api/v1/session", nil)
			r.AddCookie(&http.Cookie{Name: "citydeck", Value: cookie})
			if err := s.Return(t.Context(), r); err != nil || s.byCookie(t, cookie).Kind != access.Nobody {
				t.Errorf("forget: %v", err)
			}
		}, false},
		"beyond the most at once": {access.Viewer, func(t *testing.T, s *stage, a access.Actor) {
			for range 20 {
				s.pass(time.Millisecond)
				s.signIn(t, "wang", "")
			}
		}, true},
		"in any case": {access.Viewer, func(t *testing.T, s *stage, a access.Actor) {
			for range 26 {
				s.pass(28 * time.Minute)
				ids, _ := s.keep.Sessions(t.Context(), "wang")
				if len(ids) == 0 {
					return
				}
				is, _ := s.keep.SessionOf(t.Context(), ids[0])
				is.SeenAt = s.clock.Load()
				_ = s.keep.SetSession(t.Context(), is)
			}
		}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil)
			seed, code := s.add(t, "wang", tt.role), ""
			if seed != "" {
				code = s.codeAt(t, seed, 0)
			}
			cookie, _ := s.signIn(t, "wang", code)
			actor := s.byCookie(t, cookie)
			if actor.Kind != access.User || actor.Name != "wang" || actor.Address != "10.0.0.1" || !s.Still(t.Context(), actor) {
				t.Fatalf("signed in as %+v", actor)
			}
			tt.do(t, s, actor)
			if s.Still(t.Context(), actor) == tt.ends {
				t.Errorf("still let in = %v", !tt.ends)
			}
			if got := s.byCookie(t, cookie).Kind == access.Nobody; got != tt.ends {
				t.Errorf("ended = %v, want %v", got, tt.ends)
			}
		})
	}
}

func TestRightsThatChangeReachTheSession(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.add(t, "wang", access.Viewer)
	cookie, session := s.signIn(t, "wang", "")
	actor, leader := s.byCookie(t, cookie), access.Grant{Role: access.StreetLeader, Area: "east"}
	if otpauth, err := s.Grant(t.Context(), "wang", leader); err != nil || otpauth != "" || !s.closed(session.ID) {
		t.Errorf("grant: %q, %v", otpauth, err)
	}
	if got := s.Now(t.Context(), actor).Grants; len(got) != 2 || len(s.byCookie(t, cookie).Grants) != 2 {
		t.Errorf("grants = %v", got)
	}
	if err := s.Revoke(t.Context(), "wang", leader); err != nil || len(s.byCookie(t, cookie).Grants) != 1 {
		t.Errorf("revoke: %v", err)
	}
	if err := s.Revoke(t.Context(), "wang", leader); !errors.Is(err, fault.NotFound) {
		t.Errorf("revoke what he doesn't have: %v", err)
	}
	otpauth, err := s.Grant(t.Context(), "wang", access.Grant{Role: access.Commander, Area: "town"})
	if err != nil || !strings.HasPrefix(otpauth, "otpauth://totp/Citydeck:wang?secret=") {
		t.Errorf("a commander needs codes: %q, %v", otpauth, err)
	}
	if got := s.byCookie(t, cookie); len(got.Grants) != 1 || got.Grants[0].Role != access.Viewer {
		t.Errorf("a session without a code commands: %+v", got.Grants)
	}
	person, _ := s.keep.Account(t.Context(), "wang")
	anew, err := s.StepUp(t.Context(), actor, s.codeAt(t, person.Seed, 0))
	if err != nil || s.byCookie(t, cookie).Kind != access.Nobody {
		t.Errorf("step up: %v; the cookie before still holds", err)
	}
	if got := s.byCookie(t, anew); len(got.Grants) != 2 || got.CodeAt != s.clock.Load() || got.Session != session.ID {
		t.Errorf("after a code: %+v", got)
	}
	if _, err := s.StepUp(t.Context(), actor, s.codeAt(t, person.Seed, 0)); !errors.Is(err, fault.Unauthenticated) {
		t.Errorf("the same code again: %v", err)
	}
	for _, g := range []access.Grant{{Role: "mayor", Area: "town"}} {
		if _, err := s.Grant(t.Context(), "wang", g); !errors.Is(err, fault.Invalid) {
			t.Errorf("grant %v: %v", g, err)
		}
	}
	s.add(t, "zhou", access.Security)
	if _, err := s.Grant(t.Context(), "zhou", access.Grant{Role: access.Admin, Area: "town"}); !errors.Is(err, fault.Invalid) {
		t.Errorf("two of the three administrators on one person: %v", err)
	}
}

func TestOverTLSOnlyTheCookieOfThisHostCounts(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(c *auth.Config) { c.Secure = true })
	s.add(t, "wang", access.Viewer)
	cookie, _ := s.signIn(t, "wang", "")
	if got := s.who(t, "Cookie", "citydeck="+cookie); got.Kind != access.Nobody {
		t.Errorf("a cookie that another host can set: %+v", got)
	}
	if got := s.who(t, "Cookie", "__Host-citydeck="+cookie); got.Name != "wang" {
		t.Errorf("the cookie of this host: %+v", got)
	}
	c := s.SessionCookie(httptest.NewRequest("GET", "/", nil), "x")
	if c.Name != "__Host-citydeck" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie = %v", c)
	}
}

package auth_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// knock tries to sign in with a code.
func (s *stage) knock(t testing.TB, name, code string) error {
	t.Helper()
	_, _, err := s.SignIn(t.Context(), account.Knock{Name: name, Password: good, Code: code, Address: "10.0.0.1"})
	return err
}

func TestRecoveryCodesStandOnceForTheCodeOfALostPhone(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.add(t, "li", access.Commander)
	s.add(t, "chen", access.Commander)
	codes, err := s.Recover(t.Context(), "li")
	if err != nil || len(codes) != 10 {
		t.Fatalf("%d codes, %v; want 10", len(codes), err)
	}
	for _, proof := range s.keep.paper["li"] {
		if strings.Contains(proof, codes[0][:5]) {
			t.Error("a code is kept as it is")
		}
	}
	if err := s.knock(t, "chen", codes[0]); !errors.Is(err, fault.Unauthenticated) {
		t.Errorf("somebody else's code: %v", err)
	}
	if _, _, err := s.SignIn(t.Context(), account.Knock{Name: "li", Password: "no", Code: codes[0], Address: "10.0.0.9"}); !errors.Is(err, fault.Unauthenticated) {
		t.Errorf("with a wrong password: %v", err)
	}
	for _, code := range []string{codes[0], strings.ToLower(codes[1]), strings.ReplaceAll(codes[2], "-", " ")} {
		if err := s.knock(t, "li", code); err != nil {
			t.Errorf("the code as %q: %v", code, err)
		}
		if err := s.knock(t, "li", code); !errors.Is(err, fault.Unauthenticated) {
			t.Errorf("the code as %q a second time: %v", code, err)
		}
	}
	if left, needs, err := s.RecoveryLeft(t.Context(), "li"); left != 7 || !needs || err != nil {
		t.Errorf("left: %d, needed %v, %v; want 7", left, needs, err)
	}
	used := 0
	for _, line := range s.keep.lines {
		if line.Action == access.SignIn && strings.HasPrefix(line.Object, "recovery code") && line.Actor == "user:li" && line.Address == "10.0.0.1" {
			used++
		}
	}
	if used != 3 {
		t.Errorf("%d uses on record, want 3", used)
	}
}

func TestOneRecoveryCodeLetsOneOfManyIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.add(t, "li", access.Commander)
	codes, err := s.Recover(t.Context(), "li")
	if err != nil {
		t.Fatal(err)
	}
	var in atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			_, _, err := s.SignIn(t.Context(), account.Knock{Name: "li", Password: good, Code: codes[0], Address: "10.0.1." + string(rune('0'+i))})
			if err == nil {
				in.Add(1)
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("%d came in with one code, want 1", in.Load())
	}
}

func TestNewRecoveryCodesAndANewPhoneMakeTheOldCodesWorthless(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.add(t, "li", access.Commander)
	s.add(t, "wang", access.Viewer)
	old, err := s.Recover(t.Context(), "li")
	if err != nil {
		t.Fatal(err)
	}
	next, err := s.Recover(t.Context(), "li")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.knock(t, "li", old[0]); !errors.Is(err, fault.Unauthenticated) {
		t.Errorf("an old code: %v", err)
	}
	if err := s.knock(t, "li", next[0]); err != nil {
		t.Errorf("a new code: %v", err)
	}
	if _, err := s.Reseed(t.Context(), "li"); err != nil {
		t.Fatal(err)
	}
	if err := s.knock(t, "li", next[1]); !errors.Is(err, fault.Unauthenticated) {
		t.Errorf("a code of the phone before: %v", err)
	}
	if _, err := s.Recover(t.Context(), "wang"); !errors.Is(err, fault.Conflict) {
		t.Errorf("for who needs no code: %v, want a conflict", err)
	}
	if _, err := s.Recover(t.Context(), "nobody"); !errors.Is(err, fault.NotFound) {
		t.Errorf("for nobody: %v, want not found", err)
	}
}

func TestARecoveryCodeStepsUpAndGuessingLocks(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	seed := s.add(t, "li", access.Commander)
	codes, err := s.Recover(t.Context(), "li")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _ := s.signIn(t, "li", s.codeAt(t, seed, 0))
	s.pass(10 * time.Minute)
	cookie, err = s.StepUp(t.Context(), s.byCookie(t, cookie), codes[0])
	if err != nil {
		t.Fatalf("step up: %v", err)
	}
	if actor := s.byCookie(t, cookie); actor.CodeAt != s.clock.Load() {
		t.Errorf("the code was given at %d, now is %d", actor.CodeAt, s.clock.Load())
	}
	for range 5 {
		if err := s.knock(t, "li", "AAAAA-AAAAA"); !errors.Is(err, fault.Unauthenticated) {
			t.Errorf("a guess: %v", err)
		}
	}
	if err := s.knock(t, "li", codes[1]); !errors.Is(err, fault.TooMany) {
		t.Errorf("the right one after five guesses: %v, want too many", err)
	}
}

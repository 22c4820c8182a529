package auth_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
	"citydeck/server/auth"
)

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		password   string
		mlps, asvs bool
	}{
		"good":                        {good, true, true},
		"too short":                   {"Ab1-efghi", false, false},
		"ten characters":              {"Ab1-efghij", true, false},
		"one class, long":             {"correcthorsebatterystaple", false, true},
		"two classes":                 {"correct-horse-battery", false, true},
		"Chinese and digits and -":    {"桥下流水人家-2026年春", false, true},
		"129 characters":              {"Ab1-" + strings.Repeat("x", 125), false, false},
		"128 characters":              {"Ab1-" + strings.Repeat("x", 124), true, true},
		"everybody's first try":       {"Password123!", false, false},
		"with signs for letters":      {"P@ssw0rd1234", false, false},
		"a walk on the keyboard":      {"1qaz2wsx3edc!", false, false},
		"the place":                   {"Riverside#2026", false, false},
		"the place in a sentence":     {"Riverside-has-3-boats", true, true},
		"his own name":                {"Wangxiaoming1!", false, false},
		"a line break":                {"Under-the\n-bridge-7", false, false},
		"bytes that are no text":      {"Under-the-bridge-7\xff", false, false},
		"nothing":                     {"", false, false},
		"blanks are characters":       {"Under the bridge 7", true, true},
		"an emoji is one, not eleven": {"Ab1👨‍👩‍👧", false, false},
	}
	for profile, want := range map[string]func(string) bool{
		"mlps": func(n string) bool { return tests[n].mlps },
		"asvs": func(n string) bool { return tests[n].asvs },
	} {
		s, i := newStage(t, func(c *auth.Config) { c.Profile = profile }), 0
		for name, tt := range tests {
			i++
			user := fmt.Sprintf("u%d", i)
			if name == "his own name" {
				user = "wangxiaoming"
			}
			_, err := s.AddUser(t.Context(), account.Person{Name: user, Password: tt.password})
			if (err == nil) != want(name) {
				t.Errorf("%s, %s: %v, want accepted = %v", profile, name, err, want(name))
			}
		}
	}
}

func TestPasswordsGrowOld(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.add(t, "wang", access.Viewer)
	sign := func(password, anew string) error {
		_, _, err := s.SignIn(t.Context(), account.Knock{Name: "wang", Password: password, New: anew, Address: "10.0.0.1"})
		return err
	}
	s.pass(80 * 24 * time.Hour)
	if err := sign(good, ""); err != nil {
		t.Fatalf("after 80 days: %v", err)
	}
	s.pass(11 * 24 * time.Hour)
	var f *fault.Fault
	if err := sign(good, ""); !errors.As(err, &f) || f.Code != "password_expired" {
		t.Errorf("after 91 days: %v, want password_expired", err)
	}
	if err := sign(good, good); !errors.Is(err, fault.Invalid) {
		t.Errorf("the same one again: %v", err)
	}
	last := good
	for i := range 6 {
		anew := fmt.Sprintf("Over-the-hills-%d", i)
		if err := sign(last, anew); err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
		last = anew
	}
	if err := sign(last, "Over-the-hills-1"); !errors.Is(err, fault.Invalid) {
		t.Errorf("one of the last five: %v", err)
	}
	if err := sign(last, good); err != nil {
		t.Errorf("one from before: %v", err)
	}
	s.pass(91 * 24 * time.Hour)
	if err := sign(good, "Over-the-hills-9"); !errors.Is(err, fault.Unauthenticated) {
		t.Errorf("an account that nobody used for 91 days: %v", err)
	}
	if err := s.Disable(t.Context(), "wang", false); err != nil {
		t.Fatal(err)
	}
	if err := sign(good, "Over-the-hills-9"); err != nil {
		t.Errorf("once it was opened again: %v", err)
	}
}

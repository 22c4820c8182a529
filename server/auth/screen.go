package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// How walls are paired.
const (
	codeSize   = 6
	codeLife   = 10 * time.Minute
	mostWaits  = 500                 // walls that wait at once
	unseen     = 30 * 24 * time.Hour // after which a wall has to be paired anew
	overlap    = 24 * time.Hour      // for which a turned token still holds
	wallSecret = "wall"              // the purpose of its signature
)

// letters can be read from afar and typed in: nothing looks like another.
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

var errOldCode = fault.New(fault.Gone, "/code", "this code is over: the wall shows a new one")

// BeginPairing gives a wall a code to show and a secret to ask with.
func (a *Auth) BeginPairing(ctx context.Context, address string) (code, poll string, endsAt int64, err error) {
	if wait, ok := a.pace.allow("pair "+address, a.cfg.Now(), 0.5, 30); !ok {
		return "", "", 0, &fault.Fault{Kind: fault.TooMany, Reason: "too many walls of your address want to be paired", After: wait}
	}
	now := a.now()
	if n, err := a.keep.Waiting(ctx, now); err != nil || n >= mostWaits {
		return "", "", 0, errors.Join(err, fault.New(fault.TooMany, "", "too many walls wait to be paired"))
	}
	poll, endsAt = secret(), now+codeLife.Milliseconds()
	for range 5 { // a code that is taken is thrown away
		code = newCode()
		err = a.keep.AddPairing(ctx, account.Pairing{Code: code, Poll: digest(poll), EndsAt: endsAt})
		if !errors.Is(err, fault.Conflict) {
			break
		}
	}
	return code, poll, endsAt, err
}

func newCode() string {
	b := make([]byte, codeSize)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)] // 256 is a multiple of 32
	}
	return string(b)
}

// Pair makes a screen of the wall that shows a code. Where it may be put is the
// caller's to decide. Who guesses codes has to wait.
func (a *Auth) Pair(ctx context.Context, code string, s account.Screen) (id string, err error) {
	code = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code))
	p, err := a.keep.Pairing(ctx, code)
	if errors.Is(err, fault.NotFound) {
		if wait, ok := a.pace.allow("guess "+s.By, a.cfg.Now(), 1.0/60, 5); !ok {
			return "", &fault.Fault{Kind: fault.TooMany, Reason: "too many wrong codes", After: wait}
		}
		return "", fault.New(fault.NotFound, "/code", "no wall shows this code")
	}
	if err != nil {
		return "", err
	}
	if p.Screen != "" || a.now() > p.EndsAt {
		return "", errOldCode
	}
	s.ID, s.MadeAt = "w-"+handle(), a.now()
	if err := a.keep.Pair(ctx, code, s); errors.Is(err, fault.Conflict) {
		return "", errOldCode
	} else if err != nil {
		return "", err
	}
	return s.ID, nil
}

// Claim gives a wall that was paired its token, once. Before, id is empty.
func (a *Auth) Claim(ctx context.Context, poll string) (id, token string, err error) {
	p, err := a.keep.Polled(ctx, digest(poll))
	if err != nil {
		return "", "", err
	}
	if p.Screen == "" {
		if a.now() > p.EndsAt {
			return "", "", errOldCode
		}
		return "", "", nil
	}
	s, err := a.keep.Screen(ctx, p.Screen)
	if err != nil {
		return "", "", errOldCode // revoked before it was claimed
	}
	now := a.now()
	s.Turn, s.ClaimedAt, s.SeenAt, s.EndsAt = 1, now, now, now+unseen.Milliseconds()
	done, err := a.keep.Claim(ctx, p.Poll, s)
	if err != nil || !done {
		return "", "", errors.Join(err, errOldCode)
	}
	return s.ID, a.wallTokens(s.ID, 1)[0], nil
}

// Turn gives a wall another token; the one before holds for a day, in which the
// wall gets the new one by itself.
func (a *Auth) Turn(ctx context.Context, id string) (token string, err error) {
	s, err := a.keep.Screen(ctx, id)
	if err != nil {
		return "", err
	}
	if s.Turn == 0 {
		return "", fault.New(fault.Conflict, "", "this wall was not claimed yet")
	}
	s.Turn++
	s.BeforeEnd = a.now() + overlap.Milliseconds()
	if err := a.keep.SetScreen(ctx, s); err != nil {
		return "", err
	}
	return a.wallTokens(id, s.Turn)[0], nil
}

// EndScreen revokes a wall; its connections are closed.
func (a *Auth) EndScreen(ctx context.Context, id string) error {
	if err := a.keep.EndScreen(ctx, id); err != nil {
		return err
	}
	a.ended(id)
	return nil
}

// wallTokens are the tokens of a wall's turn, by the current key first. They
// are computed, never kept, so that a turned one can be handed over later.
func (a *Auth) wallTokens(id string, turn int) []string {
	list := a.keep.MACs(wallSecret, fmt.Sprintf("%s %d", id, turn))
	for i, mac := range list {
		list[i] = wallPrefix + id + "_" + base64.RawURLEncoding.EncodeToString([]byte(mac[strings.LastIndexByte(mac, ':')+1:]))
	}
	return list
}

// wall is the actor of a wall's token; nobody when it is wrong.
func (a *Auth) wall(ctx context.Context, token string) (access.Actor, error) {
	rest, _ := strings.CutPrefix(token, wallPrefix)
	id, _, whole := strings.Cut(rest, "_")
	if !whole || len(id) > 64 {
		return access.Actor{}, nil
	}
	s, err := a.keep.Screen(ctx, id)
	if errors.Is(err, fault.NotFound) {
		return access.Actor{}, nil
	}
	if err != nil {
		return access.Actor{}, err
	}
	good := a.listed(token, id, s.Turn) || a.now() < s.BeforeEnd && a.listed(token, id, s.Turn-1)
	if !good || s.Turn == 0 || a.now() > s.EndsAt {
		return access.Actor{}, nil
	}
	a.seen(ctx, s)
	return onWall(s), nil
}

// listed tells whether a token is one of a turn. All are compared.
func (a *Auth) listed(token, id string, turn int) bool {
	found := false
	for _, is := range a.wallTokens(id, turn) {
		found = same(token, is) || found
	}
	return found
}

// seen notes that a wall is there, and lets it be there longer.
func (a *Auth) seen(ctx context.Context, s account.Screen) {
	now := a.now()
	if now-s.SeenAt <= noted.Milliseconds() {
		return
	}
	s.SeenAt, s.EndsAt = now, now+unseen.Milliseconds()
	a.unnoted("screen", a.keep.SetScreen(ctx, s))
}

// screen is the actor of a wall by its id, which its connection proved before.
func (a *Auth) screen(ctx context.Context, id string) (access.Actor, error) {
	s, err := a.keep.Screen(ctx, id)
	if err != nil {
		return access.Actor{}, err
	}
	a.seen(ctx, s)
	return onWall(s), nil
}

// newest is the token that a wall should have by now; empty: nobody knows.
func (a *Auth) newest(ctx context.Context, id string) string {
	s, err := a.keep.Screen(ctx, id)
	if err != nil || s.Turn == 0 {
		return ""
	}
	return a.wallTokens(id, s.Turn)[0]
}

func onWall(s account.Screen) access.Actor {
	return access.Actor{Kind: access.Screen, Name: s.ID, Session: s.ID, Grants: []access.Grant{{Role: access.Viewer, Area: s.Area}}}
}

// same compares two secrets in a time that tells nothing.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

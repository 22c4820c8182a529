package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// The beginnings of tokens say what sort they are, so that one that leaked can
// be told from other text.
const (
	tokenPrefix = "cdk_"
	wallPrefix  = "cds_"
)

const tokens = "token" // the purpose of their signature

// A source may send this many requests a second, and burst at once.
const (
	sourcePace  = 200
	sourceBurst = 1000
)

// AddToken makes a token of a source, or of a user when that is named, and says
// it once. Its areas and measures are the caller's to check.
func (a *Auth) AddToken(ctx context.Context, t account.Token) (id, text string, err error) {
	if t.User != "" {
		if _, err := a.keep.Account(ctx, t.User); err != nil {
			return "", "", err
		}
	} else if !slug(t.Source) {
		return "", "", fault.New(fault.Invalid, "/source", "a source is named by at most 64 printable characters")
	}
	t.ID, t.MadeAt = handle(), a.now()
	text = tokenPrefix + t.ID + "_" + secret()
	t.Hash = a.keep.MAC(tokens, text)
	return t.ID, text, a.keep.AddToken(ctx, t)
}

// RotateToken makes another token of the same kind; the old one holds for a
// while longer.
func (a *Auth) RotateToken(ctx context.Context, id string, overlap time.Duration) (anew, text string, err error) {
	t, err := a.keep.Token(ctx, id)
	if err != nil {
		return "", "", err
	}
	next := account.Token{Source: t.Source, User: t.User, Areas: t.Areas, Measures: t.Measures}
	if anew, text, err = a.AddToken(ctx, next); err != nil {
		return "", "", err
	}
	t.EndsAt = a.now() + overlap.Milliseconds()
	return anew, text, a.keep.SetToken(ctx, t)
}

// RevokeToken ends a token; what hangs on it is closed.
func (a *Auth) RevokeToken(ctx context.Context, id string) error {
	if err := a.keep.EndToken(ctx, id); err != nil {
		return err
	}
	a.ended(id)
	return nil
}

// Tokens lists all tokens, the oldest first.
func (a *Auth) Tokens(ctx context.Context) ([]account.Token, error) { return a.keep.Tokens(ctx) }

// bearer is the actor of an Authorization header; nobody when it is wrong.
func (a *Auth) bearer(ctx context.Context, given []string) (access.Actor, error) {
	if len(given) != 1 {
		return access.Actor{}, nil
	}
	scheme, text, _ := strings.Cut(given[0], " ")
	text = strings.TrimSpace(text)
	switch {
	case !strings.EqualFold(scheme, "bearer"):
		return access.Actor{}, nil
	case strings.HasPrefix(text, wallPrefix):
		return a.wall(ctx, text)
	}
	rest, ours := strings.CutPrefix(text, tokenPrefix)
	id, _, whole := strings.Cut(rest, "_")
	if !ours || !whole {
		return access.Actor{}, nil
	}
	t, err := a.keep.Token(ctx, id)
	if errors.Is(err, fault.NotFound) || err == nil && !a.signed(tokens, text, t.Hash) {
		return access.Actor{}, nil
	}
	if err != nil {
		return access.Actor{}, err
	}
	if t.Source != "" {
		if wait, ok := a.pace.allow(t.ID, a.cfg.Now(), sourcePace, sourceBurst); !ok {
			return access.Actor{}, &fault.Fault{Kind: fault.TooMany, Reason: "this source sends too often", After: wait}
		}
	}
	actor, err := a.token(ctx, t)
	if now := a.now(); err == nil && actor.Kind != access.Nobody && now-t.UsedAt > noted.Milliseconds() {
		t.UsedAt = now
		a.unnoted("token", a.keep.SetToken(ctx, t))
	}
	return actor, err
}

// token is the actor of a token, if that still holds.
func (a *Auth) token(ctx context.Context, t account.Token) (access.Actor, error) {
	if t.EndsAt > 0 && a.now() > t.EndsAt {
		return access.Actor{}, nil
	}
	if t.Source != "" {
		return access.Actor{Kind: access.Source, Name: t.Source, Areas: t.Areas, Measures: t.Measures, Session: t.ID}, nil
	}
	who, err := a.keep.Account(ctx, t.User)
	if errors.Is(err, fault.NotFound) || err == nil && who.Disabled {
		return access.Actor{}, nil
	}
	return person(who, t.ID, t.CodeAt), err
}

// signed tells whether one of the keys gives what is kept of a text. It takes
// the same time whichever, and whether.
func (a *Auth) signed(purpose, text, kept string) bool {
	return slices.ContainsFunc(a.keep.MACs(purpose, text), func(mac string) bool { return same(mac, kept) })
}

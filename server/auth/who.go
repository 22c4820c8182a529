package auth

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// The cookies. Over TLS a session's has the prefix by which a browser makes
// sure that it came from this very host, encrypted.
const (
	hostCookie  = "__Host-citydeck"
	plainCookie = "citydeck"
	wallCookie  = "citydeck_screen"
)

var errSignIn = fault.New(fault.Unauthenticated, "", "sign in first")

// noted is how seldom the last use of something is written down.
const noted = time.Minute

// Identify puts the actor of each request into its context.
func (a *Auth) Identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if path := r.URL.Path; !strings.HasPrefix(path, "/api/") && path != "/metrics" {
			return next(c) // probes and the pages' files ask nobody
		}
		actor, err := a.Who(r, c.RealIP())
		if err != nil {
			return err
		}
		if actor.Kind == access.Nobody {
			a.refresh(c)
		}
		if actor.Kind == access.Screen {
			a.turned(c, actor)
		}
		c.SetRequest(r.WithContext(access.With(r.Context(), actor)))
		return next(c)
	}
}

// Who finds out who sends a request; nobody when its credentials are wrong. It
// fails only when what is kept can't be read.
func (a *Auth) Who(r *http.Request, address string) (access.Actor, error) {
	ctx := r.Context()
	var actor access.Actor
	var err error
	session, wall := a.sessionCookie(r), cookie(r, wallCookie)
	switch given := r.Header.Values(echo.HeaderAuthorization); {
	case len(given) > 0:
		actor, err = a.bearer(ctx, given)
	case session != "":
		actor, err = a.session(ctx, session)
		if err == nil && actor.Kind == access.Nobody && wall != "" {
			actor, err = a.wall(ctx, wall)
		}
	case wall != "":
		actor, err = a.wall(ctx, wall)
	default:
		return a.Stranger(address), nil
	}
	if err != nil {
		return access.Actor{}, err
	}
	if actor.Kind == access.Nobody {
		a.failed.WithLabelValues("credentials").Inc()
	}
	actor.Address = address
	return a.here(actor), nil
}

// Stranger is who shows no credentials.
func (a *Auth) Stranger(address string) access.Actor {
	if a.cfg.Anonymous == "viewer" {
		return access.Public(a.cfg.Root, address)
	}
	return access.Actor{Address: address}
}

// Still tells whether an actor is still let in as what he is: his session,
// token or screen goes on, with the same rights.
func (a *Auth) Still(ctx context.Context, was access.Actor) bool {
	var is access.Actor
	var err error
	switch {
	case was.Kind == access.Anyone:
		return true
	case was.Kind == access.Screen:
		is, err = a.screen(ctx, was.Name)
	case strings.HasPrefix(was.Session, sessionPrefix):
		var s account.Session
		if s, err = a.keep.SessionOf(ctx, was.Session); err == nil {
			is, err = a.within(ctx, s)
		}
	default:
		var t account.Token
		if t, err = a.keep.Token(ctx, was.Session); err == nil {
			is, err = a.token(ctx, t)
		}
	}
	if err != nil {
		return !errors.Is(err, fault.NotFound) // a record that can't be read ends nobody
	}
	return is.Kind == was.Kind && is.Name == was.Name
}

// Now is an actor as he is now, with the rights that he has by now.
func (a *Auth) Now(ctx context.Context, was access.Actor) access.Actor {
	if was.Kind == access.User && was.Command == "" { // a link's session has no account
		if who, err := a.keep.Account(ctx, was.Name); err == nil {
			was.Grants = who.Grants
		}
		was = a.here(was)
	}
	if was.Kind == access.Screen {
		if is, err := a.screen(ctx, was.Name); err == nil && is.Kind == access.Screen {
			was.Grants = is.Grants
		}
	}
	return was
}

func cookie(r *http.Request, name string) string {
	if c, err := r.Cookie(name); err == nil {
		return c.Value
	}
	return ""
}

// sessionCookie is what the session's cookie holds: over TLS only the one that
// no other host can have set.
func (a *Auth) sessionCookie(r *http.Request) string {
	if a.secure(r) {
		return cookie(r, hostCookie)
	}
	return cookie(r, plainCookie)
}

const sessionPrefix = "s-"

// session is the actor of a cookie; nobody when the session is over.
func (a *Auth) session(ctx context.Context, cookie string) (access.Actor, error) {
	s, err := a.keep.Session(ctx, digest(cookie))
	if errors.Is(err, fault.NotFound) {
		return access.Actor{}, nil
	}
	if err != nil {
		return access.Actor{}, err
	}
	actor, err := a.within(ctx, s)
	if err != nil || actor.Kind == access.Nobody {
		return actor, err
	}
	if now := a.now(); now-s.SeenAt > noted.Milliseconds() {
		s.SeenAt = now
		a.unnoted("session", a.keep.SetSession(ctx, s))
	}
	return actor, nil
}

// unnoted tells the log that a last use could not be written down. That keeps
// nobody out: a full disk ends commands, not looks.
func (a *Auth) unnoted(of string, err error) {
	if err != nil {
		a.log.Warn("a last use was not noted", "of", of, "error", err)
	}
}

// within is the actor of a session, if that still holds.
func (a *Auth) within(ctx context.Context, s account.Session) (access.Actor, error) {
	now := a.now()
	if now > s.EndsAt {
		return access.Actor{}, a.end(ctx, s.ID)
	}
	if s.Command != "" {
		return access.Actor{Kind: access.User, Name: s.Person, Responder: s.Person, Command: s.Command, Session: s.ID}, nil
	}
	who, err := a.keep.Account(ctx, s.Name)
	if errors.Is(err, fault.NotFound) || err == nil && (who.Disabled || now-s.SeenAt > a.idle(who)) {
		return access.Actor{}, a.end(ctx, s.ID)
	}
	if err != nil {
		return access.Actor{}, err
	}
	actor := person(who, s.ID, s.CodeAt)
	if !a.cfg.Demo && s.CodeAt == 0 { // signed in elsewhere: what asks for a code waits for it
		actor.Grants = slices.DeleteFunc(slices.Clone(who.Grants), func(g access.Grant) bool { return access.TwoFactor([]access.Grant{g}) })
	}
	return actor, nil
}

// idle is how long somebody's session may go unused, in ms.
func (a *Auth) idle(who account.Account) int64 {
	idle := a.cfg.Idle
	if slices.ContainsFunc(who.Grants, func(g access.Grant) bool { return g.Role == access.Commander || g.Role == access.Admin }) {
		idle /= 2
	}
	return idle.Milliseconds()
}

func person(who account.Account, session string, codeAt int64) access.Actor {
	return access.Actor{Kind: access.User, Name: who.Name, Grants: who.Grants, Responder: who.Responder, Session: session, CodeAt: codeAt}
}

// Info tells the actor of his session; fault.Unauthenticated when he has none.
func (a *Auth) Info(ctx context.Context, actor access.Actor) (account.Info, error) {
	info := account.Info{Actor: actor}
	if actor.Kind != access.User {
		return info, errSignIn
	}
	s, err := a.keep.SessionOf(ctx, actor.Session)
	if errors.Is(err, fault.NotFound) {
		t, err := a.keep.Token(ctx, actor.Session)
		info.EndsAt = t.EndsAt
		return info, err
	}
	if err != nil {
		return info, err
	}
	info.EndsAt = s.EndsAt
	if who, err := a.keep.Account(ctx, actor.Name); err == nil {
		info.EndsAt = min(s.EndsAt, s.SeenAt+a.idle(who))
		info.Waits = len(actor.Grants) < len(a.here(access.Actor{Kind: access.User, Grants: who.Grants, Address: actor.Address}).Grants)
	}
	return info, nil
}

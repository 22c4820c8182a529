package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// The bounds of what somebody makes for himself.
const (
	mostOwnTokens = 20
	longestOwn    = 365 // days
)

// self is who is signed in himself, not a program with his token, and not with
// roles that still wait for a code: a token would have them all.
func (a *API) self(c echo.Context) (access.Actor, error) {
	actor := a.actor(c)
	if actor.Kind != access.User || actor.Command != "" || c.Request().Header.Get(echo.HeaderAuthorization) != "" {
		return actor, errSignIn
	}
	info, err := a.Sessions.Info(c.Request().Context(), actor)
	if err == nil && info.Waits {
		err = &fault.Fault{Kind: fault.Unauthenticated, Code: access.StepUpRequired, Reason: "give your one-time code first"}
	}
	return actor, err
}

// own is who is signed in himself, and the tokens of his that still hold.
func (a *API) own(c echo.Context) (access.Actor, []account.Token, error) {
	actor, err := a.self(c)
	if err != nil {
		return actor, nil, err
	}
	all, err := a.Tokens.Tokens(c.Request().Context())
	list := []account.Token{}
	for i := range all {
		if all[i].User == actor.Name && (all[i].EndsAt == 0 || all[i].EndsAt > a.now().UnixMilli()) {
			list = append(list, all[i])
		}
	}
	return actor, list, err
}

// listOwnTokens answers GET /account/tokens: the caller's, that still hold.
func (a *API) listOwnTokens(c echo.Context) error {
	_, mine, err := a.own(c)
	if err != nil {
		return err
	}
	out := []tokenAnswer{}
	for i := range mine {
		out = append(out, tokenOf(&mine[i]))
	}
	return ok(c, out)
}

// addOwnToken answers POST /account/tokens.
func (a *API) addOwnToken(c echo.Context) error {
	var body struct {
		Days int `json:"days"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	if body.Days < 1 || body.Days > longestOwn {
		return fault.New(fault.Invalid, "/days", "from 1 to %d", longestOwn)
	}
	actor, mine, err := a.own(c)
	if err != nil {
		return err
	}
	if len(mine) >= mostOwnTokens {
		return fault.New(fault.Conflict, "", "you have %d tokens: revoke one first", mostOwnTokens)
	}
	var out tokenMade
	t := account.Token{User: actor.Name, EndsAt: a.now().Add(time.Duration(body.Days) * 24 * time.Hour).UnixMilli()}
	err = a.forOneself(c, "token add", func(ctx context.Context) (err error) {
		out.ID, out.Token, err = a.Tokens.AddToken(ctx, t)
		return err
	})
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, out)
}

// endOwnToken answers DELETE /account/tokens/{id}. One of somebody else is
// unknown here.
func (a *API) endOwnToken(c echo.Context) error {
	actor, err := a.self(c)
	if err != nil {
		return err
	}
	t, err := a.onToken(c)
	if err != nil {
		return err
	}
	if t.User != actor.Name {
		return unknown("token", "")
	}
	err = a.forOneself(c, "token revoke "+t.ID, func(ctx context.Context) error { return a.Tokens.RevokeToken(ctx, t.ID) })
	if err != nil {
		return err
	}
	return empty(c)
}

// forOneself does what everybody may for himself alone. It is on record before.
func (a *API) forOneself(c echo.Context, what string, deed func(context.Context) error) error {
	line := a.gate.policy.Decide(a.actor(c), access.Ask{Object: what + " user:" + a.actor(c).Name}, a.now()).Line
	line.Action, line.Result = string(access.Equip), access.Allowed
	if err := a.write(c, line); err != nil {
		return err
	}
	err := deed(c.Request().Context())
	if err == nil {
		return nil
	}
	line.Result = access.Failed
	return errors.Join(err, a.write(c, line))
}

package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
)

// Sessions proves who somebody is.
type Sessions interface {
	// SignIn fails with fault.Unauthenticated, which says no more, or fault.TooMany.
	SignIn(ctx context.Context, k account.Knock) (cookie string, s account.Session, err error)
	// StepUp notes a fresh one-time code; the cookie is empty for a token.
	StepUp(ctx context.Context, who access.Actor, code string) (cookie string, err error)
	// Info fails with fault.Unauthenticated for who has no session.
	Info(ctx context.Context, who access.Actor) (account.Info, error)
}

// Leaving ends sessions.
type Leaving interface {
	SignOut(ctx context.Context, who access.Actor) error
	SignOutEverywhere(ctx context.Context, who access.Actor) error
	// Return ends the session of a request that comes to sign in anew.
	Return(ctx context.Context, r *http.Request) error
}

// Cookies makes cookies; an empty value takes one away.
type Cookies interface {
	SessionCookie(r *http.Request, value string) *http.Cookie
	WallCookie(r *http.Request, value string) *http.Cookie
}

// Ways says how one may sign in, before anybody is known.
type Ways interface {
	// Demo lists the accounts that everybody knows; none without a demo.
	Demo() []account.Known
	Elsewhere() bool
	// First makes the first admin, once, and says what his phone needs.
	First(ctx context.Context, code, name, password string) (otpauth string, err error)
}

type sessionAnswer struct {
	Name      string         `json:"name"`
	Roles     []access.Grant `json:"roles"`
	Responder string         `json:"responder"`
	Command   string         `json:"command"`    // of a responder's link: the one that it is for
	ExpiresAt int64          `json:"expires_at"` // Unix ms; 0: when revoked
	CodeDue   bool           `json:"code_due"`   // some of his roles wait for a one-time code
}

// signIn answers POST /session.
func (a *API) signIn(c echo.Context) error {
	var body struct {
		Name     string `json:"name"`
		Password string `json:"password"`
		Code     string `json:"code"`
		New      string `json:"new_password"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	r := c.Request()
	cookie, _, err := a.Sessions.SignIn(r.Context(), account.Knock{
		Name: body.Name, Password: body.Password, Code: body.Code, New: body.New, Address: c.RealIP(),
	})
	if err != nil {
		return err
	}
	if err := a.Leaving.Return(r.Context(), r); err != nil {
		return err
	}
	c.SetCookie(a.Cookies.SessionCookie(r, cookie))
	return empty(c)
}

// getSession answers GET /session.
func (a *API) getSession(c echo.Context) error {
	info, err := a.Sessions.Info(c.Request().Context(), a.actor(c))
	if err != nil {
		return err
	}
	out := sessionAnswer{
		Name: info.Actor.Name, Roles: info.Actor.Grants, Responder: info.Actor.Responder, Command: info.Actor.Command,
		ExpiresAt: info.EndsAt, CodeDue: info.Waits,
	}
	if out.Roles == nil {
		out.Roles = []access.Grant{}
	}
	return ok(c, out)
}

// signOut answers DELETE /session.
func (a *API) signOut(c echo.Context) error {
	return a.leave(c, a.Leaving.SignOut)
}

// signOutEverywhere answers DELETE /sessions.
func (a *API) signOutEverywhere(c echo.Context) error {
	return a.leave(c, a.Leaving.SignOutEverywhere)
}

func (a *API) leave(c echo.Context, end func(context.Context, access.Actor) error) error {
	actor := a.actor(c)
	if actor.Kind != access.User {
		return errSignIn
	}
	if err := end(c.Request().Context(), actor); err != nil {
		return err
	}
	c.SetCookie(a.Cookies.SessionCookie(c.Request(), ""))
	return empty(c)
}

// stepUp answers POST /session/step-up.
func (a *API) stepUp(c echo.Context) error {
	var body struct {
		Code string `json:"code"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	cookie, err := a.Sessions.StepUp(c.Request().Context(), a.actor(c), body.Code)
	if err != nil {
		return err
	}
	if cookie != "" {
		c.SetCookie(a.Cookies.SessionCookie(c.Request(), cookie))
	}
	return empty(c)
}

type waysAnswer struct {
	Demo      []knownAnswer `json:"demo"`
	Elsewhere bool          `json:"elsewhere"` // whether GET /session/oidc leads somewhere
}

type knownAnswer struct {
	Name     string      `json:"name"`
	Password string      `json:"password"`
	Role     access.Role `json:"role"`
}

// listWays answers GET /sign-in: what the sign-in page offers.
func (a *API) listWays(c echo.Context) error {
	out := waysAnswer{Demo: []knownAnswer{}, Elsewhere: a.Ways.Elsewhere()}
	for _, k := range a.Ways.Demo() {
		out.Demo = append(out.Demo, knownAnswer(k))
	}
	return ok(c, out)
}

// first answers POST /setup: the link that the first start prints.
func (a *API) first(c echo.Context) error {
	var body struct {
		Code     string `json:"code"`
		Name     string `json:"name"`
		Password string `json:"password"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	otpauth, err := a.Ways.First(c.Request().Context(), body.Code, body.Name, body.Password)
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, map[string]string{"name": body.Name, "otpauth": otpauth})
}

package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
)

// Recovery makes codes for who has lost what gives him one-time codes.
type Recovery interface {
	RecoveryLeft(ctx context.Context, name string) (left int, needs bool, err error)
	// Recover makes the codes before worthless; fault.Conflict for who needs none.
	Recover(ctx context.Context, name string) (codes []string, err error)
}

// getRecovery answers GET /account/recovery: how many of the caller's are left.
func (a *API) getRecovery(c echo.Context) error {
	actor, err := a.self(c)
	if err != nil {
		return err
	}
	left, needs, err := a.Recovery.RecoveryLeft(c.Request().Context(), actor.Name)
	if err != nil {
		return err
	}
	return ok(c, map[string]any{"left": left, "needed": needs})
}

// makeRecovery answers POST /account/recovery, once and never again. Who only
// sits at somebody's page has no fresh code.
func (a *API) makeRecovery(c echo.Context) error {
	var body struct{}
	if err := decode(c, &body); err != nil {
		return err
	}
	actor, err := a.self(c)
	if err != nil {
		return err
	}
	if _, needs, err := a.Recovery.RecoveryLeft(c.Request().Context(), actor.Name); err != nil {
		return err
	} else if needs && a.now().UnixMilli()-actor.CodeAt > access.StepUp.Milliseconds() {
		return &fault.Fault{Kind: fault.Unauthenticated, Code: access.StepUpRequired, Reason: "give a fresh one-time code first"}
	}
	out := map[string][]string{}
	err = a.forOneself(c, "recovery codes", func(ctx context.Context) (err error) {
		out["codes"], err = a.Recovery.Recover(ctx, actor.Name)
		return err
	})
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, out)
}

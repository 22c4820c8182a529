package api

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
)

// Roster is who lives where and who can be called.
type Roster interface {
	Households(ctx context.Context) ([]household.Household, error)
	Responders(ctx context.Context) ([]household.Responder, error)
	// SetDuty writes who is on duty together with the line that says who wanted it.
	SetDuty(ctx context.Context, responder string, on bool, lines ...access.Line) error
}

// rosterRoutes registers the lists of people.
func (a *API) rosterRoutes(e *echo.Echo, open []echo.MiddlewareFunc) {
	with := append(open[:len(open):len(open)], a.called(access.Command))
	a.route(e, Prefix+"/households", a.allHouseholds, with...)
	a.route(e, Prefix+"/responders", a.allResponders, with...)
	e.POST(Prefix+"/responders/:id/duty", a.setDuty, with...)
}

// leads tells whether the caller commands where something lies; what he doesn't
// is absent from lists.
func (a *API) leads(c echo.Context) func(ids ...string) bool {
	actor, known := a.actor(c), map[area.Index]bool{}
	return func(ids ...string) bool {
		for _, id := range ids {
			at, found := a.district.Areas.Lookup(id)
			if !found {
				continue
			}
			may, asked := known[at]
			if !asked {
				may = a.gate.policy.Decide(actor, access.Ask{Action: access.Command, Areas: []area.Index{at}}, a.now()).Allowed()
				known[at] = may
			}
			if may {
				return true
			}
		}
		return false
	}
}

// below reads the parameter area; nil: everywhere.
func (a *API) below(c echo.Context) (func(id string) bool, error) {
	id := c.QueryParam("area")
	if id == "" {
		return func(string) bool { return true }, nil
	}
	top, known := a.district.Areas.Lookup(id)
	if !known {
		return nil, unknown("area", "")
	}
	return func(id string) bool {
		at, known := a.district.Areas.Lookup(id)
		return known && a.district.Areas.Within(top, at)
	}, nil
}

// allHouseholds answers GET /households: those of the caller's areas, masked.
// What is personal is opened in a running command alone.
func (a *API) allHouseholds(c echo.Context) error {
	in, err := a.below(c)
	if err != nil {
		return err
	}
	all, err := a.Roster.Households(c.Request().Context())
	if err != nil {
		return err
	}
	mine, out := a.leads(c), []household.Household{}
	for i := range all {
		if h := &all[i]; in(h.Area) && mine(h.Area) {
			out = append(out, h.Masked())
		}
	}
	slices.SortFunc(out, func(x, y household.Household) int { return household.Walk(&x, &y) })
	return ok(c, out)
}

// allResponders answers GET /responders: those with an area of the caller's, masked.
func (a *API) allResponders(c echo.Context) error {
	in, err := a.below(c)
	if err != nil {
		return err
	}
	all, err := a.Roster.Responders(c.Request().Context())
	if err != nil {
		return err
	}
	mine, out := a.leads(c), []household.Responder{}
	for i := range all {
		if r := &all[i]; slices.ContainsFunc(r.Areas, in) && mine(r.Areas...) {
			out = append(out, r.Masked())
		}
	}
	return ok(c, out)
}

// setDuty answers POST /responders/{id}/duty: who can be called from now on. A
// command that runs keeps its frozen roster.
func (a *API) setDuty(c echo.Context) error {
	var b struct {
		OnDuty *bool `json:"on_duty"`
	}
	id := param(c, "id")
	all, err := a.Roster.Responders(c.Request().Context())
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(r household.Responder) bool { return r.ID == id })
	if at < 0 {
		return unknown("responder", "")
	}
	q := access.Ask{Action: access.Command, Object: "duty of " + object("responder", id)}
	if mine := a.leads(c); !mine(all[at].Areas...) {
		for _, x := range all[at].Areas {
			q.Areas = append(q.Areas, a.where(access.Ask{}, x).Areas...)
		}
	}
	err = a.carried(c, q, func(ctx context.Context, line access.Line) error {
		if err := decode(c, &b); err != nil {
			return err
		}
		if b.OnDuty == nil {
			return fault.New(fault.Invalid, "/on_duty", "this is missing: true or false")
		}
		return a.Roster.SetDuty(ctx, id, *b.OnDuty, line)
	})
	if err != nil {
		return err
	}
	all[at].OnDuty = *b.OnDuty
	return ok(c, all[at].Masked())
}

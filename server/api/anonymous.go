package api

import (
	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/indicator"
)

// viewer is the value of auth.anonymous that lets everybody look.
const viewer = "viewer"

var errSignIn = fault.New(fault.Unauthenticated, "", "sign in first")

// actor is who asks. Where nobody has proved it, it is a stranger, who may look
// where auth.anonymous says so; credentials that nobody has proved are wrong.
func (a *API) actor(c echo.Context) access.Actor {
	ctx := c.Request().Context()
	switch {
	case access.Given(ctx):
		return access.ActorFrom(ctx)
	case a.config.Anonymous == viewer && c.Request().Header.Get(echo.HeaderAuthorization) == "":
		return access.Public(a.areaID(a.district.Areas.Root()), c.RealIP())
	}
	return access.Actor{Address: c.RealIP()}
}

// admitted lets a request pass that may see what is not personal, somewhere.
func (a *API) admitted(next echo.HandlerFunc) echo.HandlerFunc { return a.guard(access.See)(next) }

// known tells whether somebody asks who may look.
func (a *API) known(c echo.Context) bool { return a.actor(c).Kind != access.Nobody }

// allowed says whether the caller may see an indicator at an area; nil: he may.
// Of a personal one he may see the whole and its direct parts; further down he
// needs the right, and a purpose.
func (a *API) allowed(c echo.Context, of indicator.Place, at area.Index) error {
	return a.may(c, access.Ask{
		Action: access.See,
		Object: "indicator:" + a.district.Catalogue.Indicators[of].ID,
		Areas:  []area.Index{at},
		Level:  access.Sensitivity(a.district.Catalogue.SensitivityOf(of)),
		Total:  true,
	})
}

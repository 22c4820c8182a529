package api

import (
	"github.com/labstack/echo/v4"

	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/indicator"
)

// viewer is the value of auth.anonymous that lets everybody look.
const viewer = "viewer"

var (
	errSignIn   = fault.New(fault.Unauthenticated, "", "sign in first")
	errPersonal = fault.New(fault.Forbidden, "", "personal figures are given for the whole and its direct parts only")
)

// admitted lets a request pass that may see what is not personal.
func (a *API) admitted(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !a.known(c) {
			return errSignIn
		}
		return next(c)
	}
}

// known tells whether somebody may look who is not asked for more. There is no
// sign-in yet, so credentials can only be wrong ones.
func (a *API) known(c echo.Context) bool {
	return a.config.Anonymous == viewer && c.Request().Header.Get(echo.HeaderAuthorization) == ""
}

// visible is the one rule on which figures are asked for without sign-in:
// personal ones only as aggregates of the root and its children. What tiles
// hold was drawn by the same rule.
func (a *API) visible(s indicator.Sensitivity, at area.Index) bool {
	return s.Rank() < indicator.Personal.Rank() || a.district.Areas.Depth(at) <= 1
}

// allowed says whether the caller may see an indicator at an area; nil: he may.
func (a *API) allowed(c echo.Context, of indicator.Place, at area.Index) error {
	s := a.district.Catalogue.SensitivityOf(of)
	switch {
	case !a.known(c) && s != indicator.Public:
		return errSignIn
	case !a.visible(s, at):
		return errPersonal
	}
	return nil
}

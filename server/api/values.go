package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"
)

// patience is how long a question may wait for the engine.
const patience = 2 * time.Second

// getValue answers GET /values?indicator=&area=.
func (a *API) getValue(c echo.Context) error {
	values, err := query(c, "indicator", "area")
	if err != nil {
		return err
	}
	place, found := a.district.Catalogue.Indicator(values[0])
	at, placed := a.district.Areas.Lookup(values[1])
	if !found || !placed {
		if !a.known(c) {
			return errSignIn // a stranger is not told what there is
		}
		if !found {
			return unknown("indicator", "/indicator")
		}
		return unknown("area", "/area")
	}
	if err := a.allowed(c, place, at); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), patience)
	defer cancel()
	value, err := a.Values.Value(ctx, place, at)
	if err != nil {
		return waited(ctx, err)
	}
	return ok(c, value)
}

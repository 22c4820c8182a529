package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// patience is how long a question may wait for the engine.
const patience = 2 * time.Second

// getValue answers GET /values?indicator=&area=.
func (a *API) getValue(c echo.Context) error {
	place, at, err := a.figure(c)
	if err != nil {
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

// figure reads which indicator at which area a request is about, and says
// whether the caller may see it.
func (a *API) figure(c echo.Context) (indicator.Place, area.Index, error) {
	values, err := query(c, "indicator", "area")
	if err != nil {
		return 0, 0, err
	}
	place, found := a.district.Catalogue.Indicator(values[0])
	at, placed := a.district.Areas.Lookup(values[1])
	switch {
	case found && placed:
		return place, at, a.allowed(c, place, at)
	case !a.known(c):
		return 0, 0, errSignIn // a stranger is not told what there is
	case !found:
		return 0, 0, unknown("indicator", "/indicator")
	}
	return 0, 0, unknown("area", "/area")
}

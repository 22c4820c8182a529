package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// healthz answers that the program is alive, whatever it waits for.
func (a *API) healthz(c echo.Context) error {
	return ok(c, map[string]string{"status": "ok"})
}

// readyz answers whether screens get true pictures: 503 until the first
// snapshots are out, and while Redis or a database is away.
func (a *API) readyz(c echo.Context) error {
	condition := a.Health.Health(c.Request().Context())
	status := http.StatusOK
	if !condition.Ready {
		status = http.StatusServiceUnavailable
		c.Response().Header().Set("Retry-After", "2")
	}
	return answer(c, status, condition)
}

// prometheus answers the program's metrics in the text format.
func (a *API) prometheus(c echo.Context) error {
	promhttp.HandlerFor(a.gatherer, promhttp.HandlerOpts{}).ServeHTTP(c.Response(), c.Request())
	return nil
}

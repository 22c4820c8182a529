package api

import (
	"strconv"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	seconds *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "citydeck_api_request_seconds",
			Help:    "How long requests took, by method, route and status.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2, 10},
		}, []string{"method", "route", "status"}),
	}
	reg.MustRegister(m.seconds)
	return m
}

// measured counts and times a request. It asks the error what status it will
// become, because the problem is written after all middleware.
func (a *API) measured(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := a.now()
		err := next(c)
		status := c.Response().Status
		if err != nil && !c.Response().Committed {
			status = problemOf(err).Status
		}
		a.metrics.seconds.
			WithLabelValues(c.Request().Method, c.Path(), strconv.Itoa(status)).
			Observe(a.now().Sub(began).Seconds())
		return err
	}
}

// Package api is the HTTP door: it decodes, asks and answers, and holds the
// only map from a fault to a status.
//
// It knows no rule and no table. What it needs of the movers it asks for
// through the interfaces of Seams, in domain types; what is static it reads
// from the district. Every error leaves as RFC 9457 problem+json.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/prometheus/client_golang/prometheus"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/district/layers"
	"citydeck/cockpits/district/names"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
)

// Prefix is the path under which everything but the probes stands.
const Prefix = "/api/v1"

// Values answers what an indicator is at an area, whether a tile shows it or not.
type Values interface {
	// Value waits for the engine's next round at most; it fails with fault.Unavailable.
	Value(ctx context.Context, of indicator.Place, at area.Index) (tile.Value, error)
	Explainer
}

// Boards holds what each cockpit has published.
type Boards interface {
	// Tiles is the newest state of a cockpit's tiles; false before the first.
	Tiles(cockpit string) ([]tile.Tile, bool)
}

// Health says how the program is.
type Health interface {
	// Health answers within a second or so, also when Redis does not.
	Health(ctx context.Context) Condition
}

// Condition is the answer of /readyz.
type Condition struct {
	Ready    bool   `json:"ready"`    // the first snapshots are out, and nothing below is away
	Redis    bool   `json:"redis"`    // whether Redis answers
	Database bool   `json:"database"` // whether the databases answer
	Record   string `json:"record"`   // "whole", or "incomplete": commands can be read, and not changed
	From     string `json:"from"`     // where the record is incomplete from, "audit:7"; empty: nowhere
	Behind   *int64 `json:"behind"`   // ms: how old the oldest unread entry is; null: Redis can't be asked
}

// Config is what the door must know beforehand.
type Config struct {
	Anonymous string   // "viewer" or "none": what a request without credentials may do
	Demo      bool     // nobody is asked for one-time codes
	Origins   []string // foreign origins that may send readings, "https://host[:port]"
}

// Seams are the movers that the door asks.
type Seams struct {
	Values    Values
	Boards    Boards
	Readings  Readings
	Bounded   Bounded
	Health    Health
	Addresses Addresses // nil: none
	Together  Together
	Past      Past
	Sources   Sources
	Studio    Studio // nil: cockpits can't be changed
	Record
	Identity
	Respond
}

// API answers the HTTP interface of one district.
type API struct {
	Seams
	config   Config
	district *district.District
	shown    atomic.Pointer[shown] // the cockpits; Redefine replaces them
	log      *slog.Logger
	metrics  *metrics
	gatherer prometheus.Gatherer
	foreign  *http.CrossOriginProtection
	gate     gate
	layers   *layers.Index
	names    *names.Index
	shades   answers
	now      func() time.Time
}

// New prepares the door of a district. It starts nothing. It fails when one of
// the origins is not an origin.
func New(cfg Config, d *district.District, seams Seams, log *slog.Logger, reg *prometheus.Registry) (*API, error) {
	a := &API{
		Seams:    seams,
		config:   cfg,
		district: d,
		log:      log,
		metrics:  newMetrics(reg),
		gatherer: reg,
		foreign:  http.NewCrossOriginProtection(),
		layers:   layers.New(d),
		names:    names.New(d),
		now:      time.Now,
	}
	a.gate.policy = access.NewPolicy(d.Areas, cfg.Demo)
	a.Redefine(d.Cockpits)
	for _, origin := range cfg.Origins {
		if err := a.foreign.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Routes registers every path of this door. Each GET also answers HEAD.
func (a *API) Routes(e *echo.Echo) {
	a.route(e, "/healthz", a.healthz, a.measured)
	a.route(e, "/readyz", a.readyz, a.measured)
	a.route(e, "/metrics", a.prometheus, a.measured, a.admitted)

	// No wider than these routes: a compressed or timed live connection breaks.
	zip := middleware.GzipWithConfig(middleware.GzipConfig{Level: 5, MinLength: 1400, Skipper: headless})
	open := []echo.MiddlewareFunc{a.measured, a.sameOrigin, zip}
	closed := append(open[:len(open):len(open)], a.admitted)

	a.route(e, Prefix+"/openapi.json", a.openapi, open...)
	a.route(e, Prefix+"/district", a.getDistrict, closed...)
	a.route(e, Prefix+"/cockpits", a.listCockpits, closed...)
	a.route(e, Prefix+"/cockpits/:id", a.getCockpit, closed...)
	a.route(e, Prefix+"/areas", a.listAreas, closed...)
	a.route(e, Prefix+"/areas/:id", a.getArea, closed...)
	a.route(e, Prefix+"/areas/:id/outlines", a.getOutlines, closed...)
	a.route(e, Prefix+"/indicators", a.listIndicators, closed...)
	a.route(e, Prefix+"/measures", a.listMeasures, closed...)
	a.route(e, Prefix+"/lists", a.listLists, closed...)
	a.route(e, Prefix+"/lists/:id", a.getList, closed...)
	// These ask themselves, since a public indicator needs no sign-in.
	a.route(e, Prefix+"/indicators/:id", a.getIndicator, open...)
	a.route(e, Prefix+"/values", a.getValue, open...)
	a.route(e, Prefix+"/explain", a.explain, open...)
	a.route(e, Prefix+"/series", a.getSeries, open...)
	a.route(e, Prefix+"/restatements", a.listRestatements, closed...)
	a.route(e, Prefix+"/sources", a.listSources, append(closed[:len(closed):len(closed)], a.guard(access.Operate))...)

	a.mapRoutes(e, open, closed)
	a.accessRoutes(e, open)
	a.studioRoutes(e, open)
	a.commandRoutes(e, open)
}

func (a *API) route(e *echo.Echo, path string, h echo.HandlerFunc, with ...echo.MiddlewareFunc) {
	e.GET(path, h, with...)
	e.HEAD(path, h, with...)
}

// headless tells whether the answer has no body to compress.
func headless(c echo.Context) bool { return c.Request().Method == http.MethodHead }

// sameOrigin refuses an unsafe request that a foreign page sent.
func (a *API) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := a.foreign.Check(c.Request()); err != nil {
			return a.crossed(c)
		}
		return next(c)
	}
}

package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"citydeck/server/api"
	"citydeck/server/engine"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/errgroup"
)

// draining is how long requests under way may take once the program stops.
const draining = 4 * time.Second

// door is one listener and what answers there.
type door struct {
	name     string
	listener net.Listener
	server   *http.Server
	beside   func(context.Context) error // runs until the door begins to close; may be nil
}

// listen opens the doors: the program's own, and one for those who run it.
func (a *App) listen() error {
	is := a.shown.Load()
	if err := a.route(is); err != nil {
		return err
	}
	if err := a.open("http", "http.listen", a.cfg.HTTP.Listen, a.current(func(is *shown) http.Handler { return is.door })); err != nil {
		return err
	}
	a.doors[0].beside = a.hub.Run
	if a.cfg.Debug.Listen == "" {
		return nil
	}
	return a.open("debug", "debug.listen", a.cfg.Debug.Listen, a.current(func(is *shown) http.Handler { return is.debug }))
}

// route gives a district its routers.
func (a *App) route(is *shown) error {
	e, err := a.echo(is, func(is *shown) http.Handler { return is.door })
	if err != nil {
		return err
	}
	a.web.Routes(e)
	is.door = e
	if e, err = a.echo(is, func(is *shown) http.Handler { return is.debug }); err != nil {
		return err
	}
	a.web.DebugRoutes(e)
	profiles(e)
	is.debug = e
	return nil
}

// current answers with the router of the district as it is now.
func (a *App) current(which func(*shown) http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { which(a.shown.Load()).ServeHTTP(w, r) })
}

// echo makes a router with the API and the live connection of a district. What
// was asked by its numbers when another one had just taken its place is asked again.
func (a *App) echo(is *shown, which func(*shown) http.Handler) (*echo.Echo, error) {
	e, err := api.NewDoor(api.DoorConfig{Hosts: a.cfg.HTTP.Hosts, TrustedProxies: a.cfg.HTTP.TrustedProxies}, a.log)
	if err != nil {
		return nil, err
	}
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			err := next(c)
			if now := a.shown.Load(); now != is && errors.Is(err, engine.ErrReplaced) && !c.Response().Committed {
				which(now).ServeHTTP(c.Response().Writer, c.Request())
				return nil
			}
			return err
		}
	}, a.auth.Identify)
	is.api.Routes(e)
	a.hub.Routes(e)
	return e, nil
}

func (a *App) open(name, key, address string, h http.Handler) error {
	l, err := listen(key, address)
	if err != nil {
		return err
	}
	if name == "http" && (a.cfg.HTTP.TLSCert != "" || a.cfg.HTTP.TLSKey != "") {
		if l, err = encrypted(l, a.cfg.HTTP.TLSCert, a.cfg.HTTP.TLSKey, a.log); err != nil {
			return err
		}
	}
	a.later(name, func() error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	a.doors = append(a.doors, &door{name: name, listener: l, server: api.NewServer(h, a.log)})
	if name == "debug" {
		a.log.Info("debugging", "url", "http://"+l.Addr().String()+"/debug/live")
	}
	return nil
}

// run serves until ctx ends; then it lets requests under way finish, while what
// runs beside says goodbye to its connections, and cuts off what takes too long.
func (d *door) run(ctx context.Context) error {
	var g errgroup.Group
	closing, begin := context.WithCancel(context.Background())
	defer begin()
	d.server.RegisterOnShutdown(begin)
	if d.beside != nil {
		g.Go(func() error { return d.beside(closing) })
	}
	g.Go(func() error {
		if err := d.server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
			begin()
			return err
		}
		return nil
	})
	g.Go(func() error {
		select {
		case <-ctx.Done():
		case <-closing.Done():
			return nil
		}
		limit, cancel := context.WithTimeout(context.Background(), draining)
		defer cancel()
		if err := d.server.Shutdown(limit); err != nil {
			return d.server.Close() // whoever is still there was given his time
		}
		return nil
	})
	return g.Wait()
}

// profiles registers what shows the program's inside.
func profiles(e *echo.Echo) {
	for path, h := range map[string]http.HandlerFunc{
		"/debug/pprof/": pprof.Index, "/debug/pprof/*": pprof.Index, "/debug/pprof/cmdline": pprof.Cmdline,
		"/debug/pprof/profile": pprof.Profile, "/debug/pprof/symbol": pprof.Symbol, "/debug/pprof/trace": pprof.Trace,
	} {
		e.GET(path, echo.WrapHandler(h))
	}
}

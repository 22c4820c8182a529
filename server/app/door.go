package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"citydeck/server/api"

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
	e, err := a.echo()
	if err != nil {
		return err
	}
	a.web.Routes(e)
	if err := a.open("http", "http.listen", a.cfg.HTTP.Listen, e); err != nil {
		return err
	}
	a.doors[0].beside = a.hub.Run
	if a.cfg.Debug.Listen == "" {
		return nil
	}
	if e, err = a.echo(); err != nil {
		return err
	}
	a.web.DebugRoutes(e)
	profiles(e)
	return a.open("debug", "debug.listen", a.cfg.Debug.Listen, e)
}

// echo makes a router with the API and the live connection.
func (a *App) echo() (*echo.Echo, error) {
	e, err := api.NewDoor(api.DoorConfig{Hosts: a.cfg.HTTP.Hosts, TrustedProxies: a.cfg.HTTP.TrustedProxies}, a.log)
	if err != nil {
		return nil, err
	}
	e.Use(a.auth.Identify)
	a.api.Routes(e)
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

// Package app builds, runs and stops the program.
//
// New takes what the program needs – the lock on its data, Redis, listeners –
// and keeps a named clean-up for each; Run starts the movers and stops them in
// the reverse order, so that nobody's partner goes first: the doors close and
// drain, then the demo falls silent, then the engine, then Redis is let go.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"citydeck/cockpits/district"
	"citydeck/frontend"
	"citydeck/server/auth"
	"citydeck/server/config"
	"citydeck/server/dispatch"
	"citydeck/server/engine"
	"citydeck/server/live"
	"citydeck/server/store/gazetteer"
	"citydeck/server/store/history"
	"citydeck/server/store/record"
	"citydeck/server/stream"
	"citydeck/server/web"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// App is the whole program: built, and not yet running.
type App struct {
	cfg       config.Config
	log       *slog.Logger
	reg       *prometheus.Registry
	district  *district.District // as it was at the start
	shown     atomic.Pointer[shown]
	reloading sync.Mutex
	taking    sync.Mutex               // one list after the other
	standing  atomic.Pointer[standing] // how the last reload went; nil: there was none
	history   *history.History
	rebuild   bool
	hash      func([]byte) uint64 // what is kept of a member
	record    *record.Record
	auth      *auth.Auth
	redis     *stream.Redis
	hub       *live.Hub
	engine    *engine.Engine
	sources   []*stream.Consumer
	write     *stream.Writer
	desk      *dispatch.Desk
	addresses *gazetteer.Gazetteer
	web       *web.Web
	doors     []*door
	show      *demo         // nil: none
	told      chan struct{} // closed once the demo's past is in Redis; without a demo from the start
	cleanups  []cleanup
	stopped   sync.Once
}

// Option changes how the program starts.
type Option func(*App)

// Rebuild lets the program start although no checkpoint can be used: from what
// the streams still hold.
func Rebuild(a *App) { a.rebuild = true }

// cleanup gives back one thing that New took.
type cleanup struct {
	name string
	do   func() error
}

// New builds the program. It fails when the district has faults (as
// *fault.Fault), when another process works on the data, or when something
// can't be had; then nothing is left behind. Redis may be away.
func New(cfg config.Config, log *slog.Logger, options ...Option) (*App, error) {
	a := &App{cfg: cfg, log: log, reg: prometheus.NewRegistry(), told: make(chan struct{})}
	for _, o := range options {
		o(a)
	}
	a.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, step := range []func() error{a.readDistrict, a.readScreens, a.takeData, a.openHistory, a.openRecord, a.openRedis, a.prepareDemo, a.wire, a.listen, a.openControl} {
		if err := step(); err != nil {
			a.Stop()
			return nil, err
		}
	}
	return a, nil
}

// later keeps a clean-up; the last one is done first.
func (a *App) later(name string, do func() error) {
	a.cleanups = append(a.cleanups, cleanup{name, do})
}

// Stop gives back all that New took, the last first. Run does it at its end;
// who builds and doesn't run calls it himself. A second call does nothing.
func (a *App) Stop() {
	a.stopped.Do(func() {
		for _, c := range slices.Backward(a.cleanups) {
			if err := c.do(); err != nil {
				a.log.Warn("clean-up failed", "of", c.name, "error", err)
			}
		}
	})
}

// Addr is where the program listens, host:port.
func (a *App) Addr() string { return a.doors[0].listener.Addr().String() }

// Redis is the address of the embedded Redis, host:port; empty for a real one.
func (a *App) Redis() string { return a.redis.Addr() }

func (a *App) readDistrict() error {
	folder, err := Folder(a.cfg)
	if err != nil {
		return err
	}
	if a.district, err = district.Load(folder); err != nil {
		return err
	}
	a.shown.Store(a.newShown(a.district))
	for _, w := range district.Warnings(a.district) {
		a.log.Warn("district", "warning", w)
	}
	return nil
}

func (a *App) readScreens() error {
	built, err := fs.Sub(frontend.Dist, "dist")
	if err != nil {
		return err
	}
	a.web, err = web.New(built)
	return err
}

// takeData locks the folder of the program's own files.
func (a *App) takeData() error {
	unlock, err := lock(a.cfg.Data.Dir)
	if err != nil {
		return err
	}
	a.later("lock", unlock)
	return nil
}

func (a *App) openRedis() error {
	var err error
	a.redis, err = stream.Open(stream.Config{URL: a.cfg.Redis.URL.Reveal(), Streams: a.cfg.Redis.Streams}, a.log, a.reg)
	if err != nil {
		return err
	}
	a.later("redis", a.redis.Close)
	return nil
}

// Run serves until ctx ends or something that must not fail does; then it
// stops in order and gives everything back. Stopping takes a few seconds at most.
func (a *App) Run(ctx context.Context) error {
	defer a.Stop()
	began := time.Now()
	failed := make(chan error, 8)
	movers := []*mover{{name: "record", run: a.record.Run}, {name: "identity", run: a.auth.Run}, {name: "addresses", run: a.addresses.Run},
		{name: "tending", run: a.tend}, {name: "reload", run: a.heed}, {name: "engine", run: a.fold}, {name: "desk", run: a.patrol}}
	if a.show != nil {
		movers = append(movers, &mover{name: "demo", run: a.show.run})
	}
	for _, d := range slices.Backward(a.doors) {
		movers = append(movers, &mover{name: d.name, run: d.run})
	}
	for _, m := range movers {
		m.start(failed)
	}
	a.log.Info("serving", "url", a.url()+"/", "district", a.district.ID,
		"screens", a.web.Built(), "demo", a.cfg.Demo.Enabled)
	a.greet(ctx)
	var err error
	select {
	case <-ctx.Done():
		a.log.Info("stopping")
	case err = <-failed:
		a.log.Error("stopping", "error", err)
	}
	for _, m := range slices.Backward(movers) {
		err = errors.Join(err, m.stop())
	}
	a.log.Info("stopped", "ran", time.Since(began).Round(time.Second).String())
	return err
}

// fold runs the engine, once the demo's past stands in Redis: then it is counted
// before the first picture.
func (a *App) fold(ctx context.Context) error {
	select {
	case <-a.told:
	case <-ctx.Done():
		return nil
	}
	return a.engine.Run(ctx)
}

// listen opens a port; its error names the setting.
func listen(key, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s = %q: %w", key, address, err)
	}
	return l, nil
}

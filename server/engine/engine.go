// Package engine runs the data's way: takes batches, folds, renders changed
// tiles each tick, hands over checkpoints.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
	"citydeck/cockpits/tile"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
)

// Source is one stream of readings. One goroutine of the engine's calls it.
type Source interface {
	// Next waits for entries, at most about a second; a batch without entries
	// says that none came. It fails only when ctx ends.
	Next(ctx context.Context) (reading.Batch, error)
	// Reject keeps what cannot be used as dead letters.
	Reject(ctx context.Context, rejected []reading.Rejection)
	// Lag is how old the oldest unread entry is in ms, 0 when there is none;
	// false when Redis can't be asked.
	Lag(ctx context.Context) (int64, bool)
}

// Publisher takes what changed to the screens. It never waits.
type Publisher interface {
	// Publish takes a cockpit's changed tiles, or all at its first call.
	Publish(cockpit string, at int64, tiles []tile.Tile)
	// Beat takes the district's sign of life.
	Beat(tile.Beat)
	// Ready says that from here on the pictures are right.
	Ready()
	// Flush ends a round: whoever has something new is woken.
	Flush()
}

// Ongoing draws the commands that are running. It never waits.
type Ongoing interface {
	Draw(def *tile.Definition, now int64) tile.Tile
	// Version moves on whenever Draw may draw something else.
	Version() uint64
}

// Config is what the engine needs to know.
type Config struct {
	District *district.District
	Tick     time.Duration // how often changes go out
	MaxTick  time.Duration // how far a tick stretches under load
	CatchUp  time.Duration // how long what stood in Redis at start may keep the pictures back
	Forget   time.Duration
	Dedupe   time.Duration
	Keys     int
	Points   int
	Now      func() time.Time

	Streams    []string       // the sources' keys
	Rules      *reading.Rules // by which the sources number; nil: they don't say
	Keeper     Keeper         // nil: nothing outlives the program
	Checkpoint time.Duration  // how often one is taken
	Ongoing    Ongoing        // nil: no commands are run
}

// Engine owns all roll-ups. Everything in it belongs to Run's loop but what is
// said to be otherwise.
type Engine struct {
	cfg      Config
	sources  []Source
	pub      Publisher
	log      *slog.Logger
	met      metrics
	state    *rollup.State
	view     tile.View
	wall     wall
	steps    []step
	alerts   map[rollup.Pair]*tile.Alert
	events   int
	ready    atomic.Bool // the first pictures may go out; read by anybody
	started  bool        // the clock was set once
	running  uint64      // the version of the running commands that is drawn
	second   int64       // when the boards were last drawn
	stale    bool        // view.Alerts is older than alerts
	replayed int64       // the clock during catch-up, Unix ms
	rate     rate
	asks     chan func()
	behind   []atomic.Int64 // per source, ms; unknown: Redis can't be asked. Written by its prober
	tick     time.Duration
	done     int64 // Unix ms at which the last round was completed

	opt          rollup.Options
	marks        []mark          // how far each stream is read: the sources' first
	lines        []rollup.Pair   // whose values are kept
	rows         []Row           // not handed to the keeper yet
	happened     Happened        // since the last checkpoint was begun
	renote       Happened        // of the checkpoint that was restored
	serial       int64           // of the last checkpoint that was begun
	taken        time.Time       // when that was
	changed      bool            // something came since
	capture      *rollup.Capture // the one being written; nil: none
	draft        parcel          // what it belongs to
	keeping      bool            // the keeper is at work
	parcels      chan parcel
	results      chan kept
	awaited      []awaiting
	compared     []compared    // stats, and over what
	past         past          // what they were then
	renewed      chan struct{} // holds one: look back again
	recordedOnce bool          // since the start
	compareAt    int64         // the minute in which they were last drawn for that
	refused      refusals
	examples     map[string][]Example // by source
	moving       *moving              // another district is on its way; nil: none
	importing    bool
	imports      []string // digests of the files that are in the state
}

const unknown = -1

// ErrCatchingUp answers a question that came before what stood in the streams
// at start is counted.
var ErrCatchingUp = errors.New("the engine still catches up")

// New makes an engine. Nothing runs before Run.
func New(cfg Config, sources []Source, pub Publisher, log *slog.Logger, reg prometheus.Registerer) *Engine {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	e := &Engine{
		cfg: cfg, sources: sources, pub: pub, log: log, met: newMetrics(reg),
		alerts:  make(map[rollup.Pair]*tile.Alert),
		asks:    make(chan func()),
		behind:  make([]atomic.Int64, len(sources)),
		tick:    cfg.Tick,
		refused: make(refusals), examples: make(map[string][]Example),
		parcels: make(chan parcel, 1), results: make(chan kept, 1), renewed: make(chan struct{}, 1),
	}
	for i := range e.behind {
		e.behind[i].Store(unknown)
	}
	d := cfg.District
	e.opt = cfg.options(d)
	for _, key := range cfg.Streams {
		e.markOf(key)
	}
	e.state = rollup.New(d.Areas, d.Catalogue, e.opt, cfg.Now().UnixMilli())
	e.view = tile.View{State: e.state, Traces: make(map[tile.TraceKey]*series.Trace)}
	e.wall = newWall(d)
	e.trace()
	if cfg.Keeper != nil {
		e.compared, e.view.Past = e.comparisons(), e.valueThen
	}
	return e
}

// options is how a district is rolled up.
func (c *Config) options(d *district.District) rollup.Options {
	opt := rollup.Options{
		Zone: d.Zone, Lateness: d.Lateness, Forget: c.Forget, Points: c.Points,
		Dedupe: c.Dedupe, Keys: c.Keys, Lists: make(map[string][]rollup.Listed),
	}
	for _, l := range d.Lists {
		for _, p := range l.Points {
			opt.Lists[l.ID] = append(opt.Lists[l.ID], rollup.Listed{Point: p.ID, Area: p.Area})
		}
	}
	for _, c := range d.Cockpits {
		for i := range c.Tiles {
			opt.Daily = append(opt.Daily, c.Tiles[i].Measures...)
		}
	}
	return opt
}

// Read says which streams are read, in the order of their keys. It is called
// before Run.
func (e *Engine) Read(sources []Source) {
	e.sources, e.behind = sources, make([]atomic.Int64, len(sources))
	for i := range e.behind {
		e.behind[i].Store(unknown)
	}
}

// Run reads, folds and publishes until ctx ends; then it keeps all there is. A
// panic in any of its goroutines ends it with an error, so that the program
// stops in order.
func (e *Engine) Run(ctx context.Context) error {
	if e.cfg.Keeper != nil {
		e.renew(ctx)
		var keeper errgroup.Group
		keeper.Go(func() error { return guarded(func() error { e.keep(); return nil }) })
		defer func() {
			close(e.parcels)
			if err := keeper.Wait(); err != nil {
				e.log.Error("the keeper ended", "error", err)
			}
		}()
	}
	g, ctx := errgroup.WithContext(ctx)
	start := func(do func() error) { g.Go(func() error { return guarded(do) }) }
	feeds := make([]chan delivery, len(e.sources))
	joined := make(chan delivery)
	for i := range e.sources {
		feeds[i] = make(chan delivery)
		start(func() error { return e.read(ctx, e.sources[i], feeds[i]) })
		start(func() error { return e.probe(ctx, i) })
	}
	if e.cfg.Keeper != nil {
		start(func() error { return e.compare(ctx) })
	}
	start(func() error {
		e.catchUp(ctx, feeds)
		for i := range feeds {
			start(func() error { return forward(ctx, feeds[i], joined) })
		}
		err := e.loop(ctx, joined)
		e.finish()
		return err
	})
	return g.Wait()
}

// renew notes again what the restored checkpoint says has happened, and fills
// the sparklines.
func (e *Engine) renew(ctx context.Context) {
	if e.serial > 0 {
		if err := e.cfg.Keeper.Note(ctx, e.serial, e.renote); err != nil {
			e.log.Error("the history can't be written", "error", err)
			e.met.unkept.WithLabelValues("history").Inc()
		}
	}
	e.recall(ctx)
	if found, err := e.lookBack(ctx, e.cfg.Keeper, e.compared, e.cfg.District.Zone); err == nil {
		e.past = found
	}
}

// guarded turns a panic into an error.
func guarded(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return do()
}

func (e *Engine) now() int64 { return e.cfg.Now().UnixMilli() }

// loop is the one goroutine that owns the roll-ups once the engine is ready.
func (e *Engine) loop(ctx context.Context, batches <-chan delivery) error {
	ticker := time.NewTicker(e.tick)
	defer ticker.Stop()
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	e.round(e.now())
	e.beat()
	ready := make(chan struct{})
	close(ready)
	for {
		e.setOut()
		var more <-chan struct{} // a checkpoint is written on whenever nothing else is due
		if e.capture != nil || e.moving.writes() {
			more = ready
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case d := <-batches:
			e.take(d)
		case ask := <-e.asks:
			ask()
		case <-ticker.C:
			e.round(e.now())
			e.stretch(ticker)
			e.beginCheckpoint(e.cfg.Now())
		case <-more:
			if e.capture != nil {
				e.writeOn()
			} else {
				e.moving.writeOn(e.log)
			}
		case k := <-e.results:
			e.settled(k)
		case <-beat.C:
			e.beat()
		}
	}
}

const beatEvery = 2 * time.Second

// stretch gives a round that took more than half of its tick more room, and
// takes it back when it is quick again.
func (e *Engine) stretch(ticker *time.Ticker) {
	took := e.met.last
	tick := e.tick
	switch {
	case took > tick/2:
		tick = min(tick*2, e.cfg.MaxTick)
	case took < tick/8 && tick > e.cfg.Tick:
		tick = max(tick/2, e.cfg.Tick)
	}
	if tick != e.tick {
		e.tick = tick
		ticker.Reset(tick)
	}
}

// ask runs a question in the loop and waits for it until ctx ends.
func (e *Engine) ask(ctx context.Context, question func()) error {
	answered := make(chan struct{})
	select {
	case e.asks <- func() { question(); close(answered) }:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-answered:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Await waits until what stood in the streams at start is counted.
func (e *Engine) Await(ctx context.Context) error {
	t := time.NewTicker(10 * time.Millisecond)
	defer t.Stop()
	for !e.Ready() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
	return nil
}

// Ready tells whether what stood in the streams at start is counted. Anybody may ask.
func (e *Engine) Ready() bool { return e.ready.Load() }

// Behind is how old the oldest unread entry of all streams is in ms; nil when
// Redis can't be asked. Anybody may ask.
func (e *Engine) Behind() *int64 { return e.lag() }

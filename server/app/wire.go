package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/tile"
	"citydeck/server/api"
	"citydeck/server/engine"
	"citydeck/server/live"
	"citydeck/server/store/history"
	"citydeck/server/store/record"
	"citydeck/server/stream"
)

// catchUp is how long what stood in Redis at start may keep the first pictures back.
const catchUp = 10 * time.Second

// wire builds the movers and joins them: stream → engine → hub, and the API that asks them.
func (a *App) wire() error {
	c, d := a.cfg, a.district
	key, err := installationKey(c.Data.Dir)
	if err != nil {
		return err
	}
	a.hub = live.New(live.Config{
		Cockpits: boards(d), Build: a.web.Build(), Demo: c.Demo.Enabled,
		Anonymous: c.Auth.Anonymous, Origins: c.HTTP.Origins, Admit: a.admit,
		Tick: c.Live.Tick, MaxTick: c.Live.MaxTick,
		Screens: c.Limits.Screens, PerAddress: c.Limits.ScreensPerAddress, Handshakes: c.Limits.Handshakes,
	}, a.log, a.reg)
	a.hash = key.hash
	if err := a.openDesk(); err != nil {
		return err
	}
	is := a.shown.Load()
	is.rules = reading.NewRules(d.Catalogue, d.Areas, d.Lateness, key.hash)
	a.engine = engine.New(a.engineConfig(), nil, a.hub, a.log, a.reg)
	taken, err := a.restore(a.engine)
	if err != nil {
		return err
	}
	sources := make([]engine.Source, len(c.Redis.Streams))
	for i, key := range c.Redis.Streams {
		a.sources = append(a.sources, a.redis.Resume(i, is.rules, a.engine.Mark(key), taken))
		sources[i] = a.sources[i]
	}
	a.engine.Read(sources)
	a.write = a.redis.Writer(is.rules)
	if a.addresses, err = a.places(); err != nil {
		return err
	}
	is.api, err = api.New(api.Config{Anonymous: c.Auth.Anonymous, Demo: c.Demo.Enabled, Origins: c.HTTP.Origins}, d, a.seams(d), a.log, a.reg)
	return err
}

// seams are the movers for the API, by the numbers of a district.
func (a *App) seams(d *district.District) api.Seams {
	write, ask := readings{a.write, a.told}, values{a.engine.By(d)}
	return api.Seams{
		Record: a.kept(), Identity: a.identity(), Respond: a.respond(), Bounded: within{write},
		Values: ask, Together: ask, Boards: a.hub, Addresses: a.addresses, Health: health{a.engine, a.redis, a.history, a.record},
		Readings: write, Past: &keeper{a.history, d}, Sources: origins{a.engine, a.redis}, Studio: studio{a},
	}
}

// engineConfig is what the settings say to the engine.
func (a *App) engineConfig() engine.Config {
	c := a.cfg
	return engine.Config{
		District: a.district, Tick: c.Live.Tick, MaxTick: c.Live.MaxTick, CatchUp: catchUp,
		Forget: c.Stock.Forget, Dedupe: c.Dedupe.Window, Keys: c.Dedupe.Max, Points: c.Limits.Points,
		Streams: c.Redis.Streams, Rules: a.shown.Load().rules, Keeper: &keeper{a.history, a.district}, Checkpoint: c.Data.Checkpoint, Ongoing: a.ongoing(),
	}
}

// boards lists the cockpits for the hub, with the tree itself.
func boards(d *district.District) []live.Cockpit {
	sum := sha256.New()
	list := make([]live.Cockpit, 0, len(d.Cockpits)+1)
	for i := range d.Cockpits {
		c := &d.Cockpits[i]
		fmt.Fprintf(sum, "%s %s %s\n", c.ID, c.Parent, c.Layout)
		list = append(list, live.Cockpit{ID: c.ID, Layout: c.Layout})
	}
	return append(list, live.Cockpit{ID: engine.Tree, Layout: hex.EncodeToString(sum.Sum(nil)[:8])})
}

// values is the engine for the API.
type values struct{ engine.Numbered }

// Value fails with fault.Unavailable while the engine still catches up.
func (v values) Value(ctx context.Context, of indicator.Place, at area.Index) (tile.Value, error) {
	value, err := v.Numbered.Value(ctx, of, at)
	return value, caughtUp(err)
}

// Explain fails with fault.Unavailable while the engine still catches up.
func (v values) Explain(ctx context.Context, of indicator.Place, at area.Index) (tile.Explanation, error) {
	x, err := v.Numbered.Explain(ctx, of, at)
	return x, caughtUp(err)
}

func caughtUp(err error) error {
	if errors.Is(err, engine.ErrCatchingUp) {
		return fault.New(fault.Unavailable, "", "what stood in Redis at the start is still being counted: try again")
	}
	if errors.Is(err, engine.ErrReplaced) {
		return errors.Join(fault.New(fault.Unavailable, "", "the district has just changed: try again"), err)
	}
	return err
}

// readings is the writer for the API.
type readings struct {
	*stream.Writer
	told <-chan struct{}
}

// Post fails with fault.Unavailable until the demo's past is told, behind which
// the readings belong.
func (r readings) Post(ctx context.Context, body []byte, source string) ([]int, []reading.Rejection, error) {
	select {
	case <-r.told:
		return r.Writer.Post(ctx, body, source)
	default:
		return nil, nil, fault.New(fault.Unavailable, "", "the demo's past is still being told: try again")
	}
}

// health is how the program is.
type health struct {
	engine  *engine.Engine
	redis   *stream.Redis
	history *history.History
	record  *record.Record
}

// Health asks Redis, for at most a second.
func (h health) Health(ctx context.Context) api.Condition {
	redis := h.redis.Ping(ctx) == nil
	database := h.history.Ping(ctx) == nil && h.record.Ping(ctx) == nil
	return api.Condition{
		Ready: h.engine.Ready() && redis, Redis: redis,
		Database: database,
		Record:   h.record.Standing(), From: h.record.From(),
		Behind: h.engine.Behind(),
	}
}

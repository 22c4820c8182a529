package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
	"citydeck/server/api"
	"citydeck/server/engine"
	"citydeck/server/store/history"
	"citydeck/server/stream"
)

// openHistory opens what is kept for the district. The demo's Redis forgets at
// exit and its past is told anew at each start, so nothing of it is found again.
func (a *App) openHistory() error {
	cfg := history.Config{
		Dir: a.cfg.Data.Dir, URL: a.cfg.Database.URL.Reveal(), District: a.district.ID, Demo: a.cfg.Demo.Enabled,
		Minutes: a.cfg.History.Minutes, Hours: a.cfg.History.Hours,
	}
	if cfg.Demo {
		if err := os.RemoveAll(cfg.Folder()); err != nil {
			return fmt.Errorf("forget the last demo: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var err error
	if a.history, err = history.Open(ctx, cfg, a.log); err != nil {
		return err
	}
	a.later("history", a.history.Close)
	return nil
}

// restore puts an engine where the newest good checkpoint was taken, and tells
// when that was; 0: there is none.
func (a *App) restore(e *engine.Engine) (taken int64, err error) {
	began := time.Now()
	found, err := a.history.Load(a.rebuild, func(cp *rollup.Checkpoint) error {
		taken = cp.Taken
		return e.Restore(cp)
	})
	switch {
	case errors.Is(err, history.ErrNoneGood):
		return 0, fmt.Errorf("%w\nput a backup in place of data.dir, or start with --rebuild: "+
			"then all is counted anew from what the streams still hold, and figures say from when they count", err)
	case err != nil:
		return 0, err
	case !found:
		if a.rebuild {
			a.log.Warn("rebuilding from what the streams still hold")
		}
		return 0, nil
	}
	a.log.Info("restored", "taken", time.UnixMilli(taken).UTC().Format(time.RFC3339), "ms", time.Since(began).Milliseconds())
	return taken, nil
}

const (
	trimEvery  = time.Minute
	pruneEvery = time.Hour
)

// tend trims the streams behind what is on disk, and forgets old history.
func (a *App) tend(ctx context.Context) error {
	trim, prune := time.NewTicker(trimEvery), time.NewTicker(pruneEvery)
	defer trim.Stop()
	defer prune.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-trim.C:
			a.trim(ctx, time.Now())
		case now := <-prune.C:
			if err := a.history.Prune(ctx, now); err != nil && ctx.Err() == nil {
				a.log.Warn("old history can't be forgotten", "error", err)
			}
		}
	}
}

// trim removes from the streams what every kept checkpoint has counted and what
// is older than redis.keep.
func (a *App) trim(ctx context.Context, now time.Time) {
	if !a.cfg.Redis.Trim || a.redis.Addr() != "" { // the embedded one trims itself
		return
	}
	oldest := reading.EntryID{Ms: uint64(max(0, now.Add(-a.cfg.Redis.Keep).UnixMilli()))}
	for _, m := range a.history.Behind() {
		for i, key := range a.cfg.Redis.Streams {
			if key != m.Stream || m.Position == (reading.EntryID{}) {
				continue
			}
			before := oldest
			if m.Position.Before(before) {
				before = m.Position
			}
			if err := a.redis.Trim(ctx, i, before); err != nil && ctx.Err() == nil {
				a.log.Warn("a stream can't be trimmed", "stream", key, "error", err)
			}
		}
	}
}

// keeper is the history for the engine: it names what the engine numbers.
type keeper struct {
	*history.History
	district *district.District
}

// Note keeps what happened up to a checkpoint.
func (k *keeper) Note(ctx context.Context, serial int64, h engine.Happened) error {
	restated := make([]history.Restatement, len(h.Restated))
	for i, r := range h.Restated {
		restated[i] = history.Restatement{
			Line: k.line(rollup.Pair{Place: r.Place, Area: r.Area}), Window: r.Window, Since: r.From, Until: r.To,
			Was: pointer(r.Was), Is: pointer(r.Is), At: r.At, Reason: r.Reason,
		}
	}
	gaps := make([]history.Gap, len(h.Gaps))
	for i, g := range h.Gaps {
		gaps[i] = history.Gap{Stream: g.Stream, Kind: g.Kind, Since: g.From, Until: g.To, Entries: g.Count, Found: g.Found}
	}
	return k.History.Note(ctx, serial, restated, gaps)
}

// Record keeps values of figures.
func (k *keeper) Record(ctx context.Context, lines []rollup.Pair, rows []engine.Row) error {
	names, list := k.named(lines, rows)
	return k.History.Record(ctx, names, list)
}

// Fill keeps values of figures where nothing is known of them.
func (k *keeper) Fill(ctx context.Context, lines []rollup.Pair, rows []engine.Row) error {
	names, list := k.named(lines, rows)
	return k.History.Fill(ctx, names, list)
}

func (k *keeper) named(lines []rollup.Pair, rows []engine.Row) ([]history.Line, []history.Row) {
	names := make([]history.Line, len(lines))
	for i, p := range lines {
		names[i] = k.line(p)
	}
	list := make([]history.Row, len(rows))
	for i, r := range rows {
		list[i] = history.Row{Grain: history.Grain(r.Step), End: r.End, Values: r.Values}
	}
	return names, list
}

// Recall lists what is known of a figure.
func (k *keeper) Recall(ctx context.Context, p rollup.Pair, from, to, step int64) ([]series.Sample, error) {
	return k.History.Series(ctx, history.Query{Line: k.line(p), From: from, To: to, Step: step})
}

// Series lists a figure's values for the API; days are those of the district.
func (k *keeper) Series(ctx context.Context, of rollup.Pair, from, to int64, step time.Duration) ([]series.Sample, error) {
	return k.History.Series(ctx, history.Query{Line: k.line(of), From: from, To: to, Step: step.Milliseconds(), Offset: func(ms int64) int64 {
		_, seconds := time.UnixMilli(ms).In(k.district.Zone).Zone()
		return int64(seconds) * 1000
	}})
}

// Restatements lists what late readings changed, as far as the district still
// has the figures.
func (k *keeper) Restatements(ctx context.Context, of *indicator.Place, at *area.Index, from, to int64) ([]rollup.Restatement, error) {
	var line history.Line
	if of != nil {
		line.Indicator = k.district.Catalogue.Indicators[*of].ID
	}
	if at != nil {
		line.Area = k.district.Areas.At(*at).ID
	}
	list, err := k.History.Restatements(ctx, line, from, to)
	out := make([]rollup.Restatement, 0, len(list))
	for _, r := range list {
		place, known := k.district.Catalogue.Indicator(r.Indicator)
		area, found := k.district.Areas.Lookup(r.Area)
		if known && found {
			out = append(out, rollup.Restatement{
				Place: place, Area: area, Window: r.Window, From: r.Since, To: r.Until,
				Was: number(r.Was), Is: number(r.Is), At: r.At, Reason: r.Reason,
			})
		}
	}
	return out, err
}

// Gaps lists what the streams lost.
func (k *keeper) Gaps(ctx context.Context, from, to int64) ([]rollup.Gap, error) {
	list, err := k.History.Gaps(ctx, from, to)
	out := make([]rollup.Gap, len(list))
	for i, g := range list {
		out[i] = rollup.Gap{Stream: g.Stream, Kind: g.Kind, From: g.Since, To: g.Until, Count: g.Entries, Found: g.Found}
	}
	return out, err
}

func number(v *float64) indicator.Number {
	if v == nil {
		return indicator.Number{}
	}
	return indicator.Some(*v)
}

// origins is the engine for the API.
type origins struct {
	*engine.Engine
	redis *stream.Redis
}

// Sources fails with fault.Unavailable while the engine still catches up.
func (o origins) Sources(ctx context.Context) ([]api.SourceReport, error) {
	list, err := o.Engine.Sources(ctx)
	out := make([]api.SourceReport, len(list))
	for i, s := range list {
		out[i] = api.SourceReport{Source: s.Source, Rejected: make(map[string]int64, len(s.Rejected)), Worries: o.redis.Worries()}
		for reason, n := range s.Rejected {
			out[i].Rejected[string(reason)] = n
		}
		for _, x := range s.Examples {
			out[i].Examples = append(out[i].Examples, api.Refused{At: x.At, Reason: string(x.Reason), Detail: x.Detail, Reading: x.Reading})
		}
	}
	return out, caughtUp(err)
}

func (k *keeper) line(p rollup.Pair) history.Line {
	return history.Line{Indicator: k.district.Catalogue.Indicators[p.Place].ID, Area: k.district.Areas.At(p.Area).ID}
}

func pointer(n indicator.Number) *float64 {
	if !n.OK {
		return nil
	}
	return &n.V
}

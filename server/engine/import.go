package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

// ErrImported says that a file with this digest was imported before.
var ErrImported = errors.New("a file of this content was imported before")

// ErrImporting says that another import is under way.
var ErrImporting = errors.New("another import is under way")

// Import is a file of readings, of any age.
type Import struct {
	Digest   string             // of its content
	District *district.District // by which the readings are numbered
	Readings []reading.Reading
}

// Imported is what became of an import.
type Imported struct {
	Counted, Repeated, OverLimit int
	From, To                     int64 // Unix ms of the oldest and the newest counted
}

const (
	// portion is how many readings of an import are folded in between two looks
	// at what else there is to do.
	portion = 2000
	// mostImports bounds the digests that are remembered.
	mostImports = 100_000
)

// Import counts the readings of a file, once for each digest, and returns when
// that is on disk: a crash before leaves nothing of it, and the file can be
// given again. What windows of the past came to is told to the history first,
// where that knows nothing. It fails with ErrCatchingUp before the engine is
// ready, and with ErrReplaced when the readings are to be numbered anew.
func (e *Engine) Import(ctx context.Context, file Import) (Imported, error) {
	var out Imported
	if !e.Ready() || e.cfg.Keeper == nil {
		return out, ErrCatchingUp
	}
	var refused error
	if err := errors.Join(e.ask(ctx, func() { refused = e.admit(&file) }), refused); err != nil {
		return out, err
	}
	if err := e.tellPast(ctx, file.Readings); err != nil {
		e.release()
		return out, err
	}
	at := uint64(max(0, e.now()))
	for i := range file.Readings { // one entry of a stream of its own, behind all others
		file.Readings[i].Origin = reading.Origin{Entry: reading.EntryID{Ms: at}, Item: int32(i), Stream: int16(len(e.cfg.Streams))}
	}
	for part := range slices.Chunk(file.Readings, portion) {
		if err := e.ask(context.WithoutCancel(ctx), func() { e.foldIn(part, &out) }); err != nil {
			return out, err
		}
	}
	err := e.persist(ctx, func() {
		e.importing = false
		e.imports = append(e.imports, file.Digest)
		e.imports = e.imports[max(0, len(e.imports)-mostImports):]
	})
	e.renewal()
	return out, err
}

// Persist takes a checkpoint and returns when it is on disk. It fails with
// ErrCatchingUp before the engine is ready.
func (e *Engine) Persist(ctx context.Context) error {
	if !e.Ready() || e.cfg.Keeper == nil {
		return ErrCatchingUp
	}
	return e.persist(ctx, func() {})
}

// persist does something and returns when it is on disk.
func (e *Engine) persist(ctx context.Context, do func()) error {
	done := make(chan struct{})
	err := e.ask(context.WithoutCancel(ctx), func() {
		do()
		e.changed = true
		e.awaited = append(e.awaited, awaiting{e.serial + 1, done})
	})
	if err != nil {
		return err
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// admit lets an import begin; no checkpoint is taken until it has ended, since
// half an import is none.
func (e *Engine) admit(file *Import) error {
	switch {
	case e.moving != nil, !alike(file.District, e.cfg.District):
		return ErrReplaced
	case slices.Contains(e.imports, file.Digest):
		return ErrImported
	case e.importing:
		return ErrImporting
	}
	e.importing = true
	return nil
}

// release ends an import of which nothing was counted.
func (e *Engine) release() {
	_ = e.ask(context.Background(), func() { e.importing = false }) // it only fails when its context ends
}

func (e *Engine) foldIn(part []reading.Reading, out *Imported) {
	for i := range part {
		r := &part[i]
		switch e.state.Apply(r) {
		case rollup.TooMany:
			out.OverLimit++
			e.met.overLimit.Inc()
		case rollup.Repeated:
			out.Repeated++
			e.met.repeated.Inc()
		case rollup.Counted:
			if out.Counted == 0 || r.At < out.From {
				out.From = r.At
			}
			out.Counted, out.To = out.Counted+1, max(out.To, r.At)
			e.met.counted.Inc()
		}
	}
}

// tellPast folds the readings into a state of their own, hour by hour, and
// tells the history what the cockpits' figures would have come to then.
func (e *Engine) tellPast(ctx context.Context, readings []reading.Reading) error {
	lines := e.linesOf(readings)
	if len(readings) == 0 || len(lines) == 0 {
		return nil
	}
	sorted := slices.Clone(readings)
	slices.SortStableFunc(sorted, func(a, b reading.Reading) int { return cmp.Compare(a.At, b.At) })
	first := max(sorted[0].At, e.now()-backYears)
	s := rollup.New(e.cfg.District.Areas, e.cfg.District.Catalogue, e.opt, first)
	end := (first/hour + 1) * hour
	last := min((sorted[len(sorted)-1].At/hour+1)*hour, e.now()/hour*hour)
	var rows []Row
	i := 0
	for ; end <= last; end += hour {
		for ; i < len(sorted) && sorted[i].At < end; i++ {
			r := sorted[i]
			r.Origin.Entry = reading.EntryID{Ms: uint64(max(0, r.At))}
			s.Apply(&r)
		}
		s.Advance(end - 1)
		s.Settle()
		row := Row{Step: hour, End: end, Values: make([]float64, len(lines))}
		for k, p := range lines {
			row.Values[k] = valueOf(s, p)
		}
		if rows = append(rows, row); len(rows) >= enough {
			if err := e.cfg.Keeper.Fill(ctx, lines, rows); err != nil {
				return err
			}
			rows = nil
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return e.cfg.Keeper.Fill(ctx, lines, rows)
}

// backYears is how far back the history is told.
const backYears = 10 * 366 * 24 * hour

// linesOf lists the lines that some readings can have a part in.
func (e *Engine) linesOf(readings []reading.Reading) []rollup.Pair {
	measured := make(map[indicator.Index]bool)
	for i := range readings {
		measured[readings[i].Measure] = true
	}
	var list []rollup.Pair
	for _, p := range e.lines {
		for _, m := range e.cfg.District.Catalogue.Indicators[p.Place].Parts {
			if measured[m] {
				list = append(list, p)
				break
			}
		}
	}
	return list
}

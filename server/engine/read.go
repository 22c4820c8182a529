package engine

import (
	"context"
	"errors"
	"math"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

// delivery is a batch on its way to the loop, and where its reader waits for
// the readings that were past the limit.
type delivery struct {
	batch reading.Batch
	over  chan []reading.Rejection // holds one
}

// read takes batches from a source one by one. It waits for the loop, so that
// back-pressure ends in Redis.
func (e *Engine) read(ctx context.Context, src Source, out chan<- delivery) error {
	for {
		b, err := src.Next(ctx)
		if err != nil {
			return err
		}
		if len(b.Rejected) > 0 {
			src.Reject(ctx, b.Rejected)
		}
		d := delivery{batch: b, over: make(chan []reading.Rejection, 1)}
		select {
		case out <- d:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case over := <-d.over:
			if len(over) > 0 {
				src.Reject(ctx, over)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := e.gather(ctx, &b); err != nil {
			return err
		}
	}
}

const (
	// gathering is for which part of a tick entries may gather in Redis behind a
	// few that were read: reading each by itself costs more than all that is
	// done with it. Who comes after a pause is read at once.
	gathering = 8
	// few is how many readings are no backlog.
	few = 256
)

// gather leaves the next entries some time to come together.
func (e *Engine) gather(ctx context.Context, b *reading.Batch) error {
	if !b.Caught || len(b.Readings) == 0 || len(b.Readings) > few {
		return nil
	}
	t := time.NewTimer(e.cfg.Tick / gathering)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// forward joins a source's feed with the others'.
func forward(ctx context.Context, in <-chan delivery, out chan<- delivery) error {
	for {
		select {
		case d := <-in:
			select {
			case out <- d:
			case <-ctx.Done():
				return ctx.Err()
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// probe asks a source about its lag once a second, off the loop.
func (e *Engine) probe(ctx context.Context, i int) error {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		lag, ok := e.sources[i].Lag(ctx)
		if !ok {
			lag = unknown
		}
		e.behind[i].Store(lag)
		select {
		case <-t.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// catchUp counts what stood in the streams at start, or as much as the time
// allows. The clock follows the entries meanwhile, so that windows turn and
// sparklines fill as they would have then; of several streams always the
// oldest batch is taken first.
func (e *Engine) catchUp(ctx context.Context, feeds []chan delivery) {
	began := e.now()
	limit, cancel := context.WithTimeout(ctx, e.cfg.CatchUp)
	defer cancel()
	p := backlog{feeds: feeds, waiting: make([]*delivery, len(feeds)), caught: make([]bool, len(feeds)), away: make([]bool, len(feeds))}
	for limit.Err() == nil {
		d := p.oldest(limit)
		if d == nil {
			break
		}
		e.replay(d)
		e.handOn()
	}
	for _, d := range p.waiting {
		if d != nil {
			e.take(*d)
		}
	}
	if ctx.Err() != nil {
		return
	}
	e.ready.Store(true)
	e.log.Info("caught up", "ms", e.now()-began, "readings", e.rate.all, "points", e.state.Points(), "whole", limit.Err() == nil)
	e.round(e.now())
	e.pub.Ready()
	e.pub.Flush()
}

// backlog is what stood in the streams at start, by stream.
type backlog struct {
	feeds   []chan delivery
	waiting []*delivery // read, and not yet taken
	caught  []bool      // all of it was taken
	away    []bool      // the last batch was empty, and there is more: its Redis or its key is in trouble
}

// oldest takes the oldest batch of all streams; nil: all is taken, or ctx
// ended. A stream in trouble is not waited for while another has something.
func (p *backlog) oldest(ctx context.Context) *delivery {
	for i := range p.feeds {
		if !p.caught[i] && p.waiting[i] == nil && !p.away[i] {
			p.waiting[i] = receive(ctx, p.feeds[i])
		}
	}
	first := p.first()
	for i := range p.feeds {
		if !p.away[i] || p.caught[i] || p.waiting[i] != nil {
			continue
		}
		if first < 0 {
			p.waiting[i] = receive(ctx, p.feeds[i])
			first = p.first()
			continue
		}
		select {
		case d := <-p.feeds[i]:
			p.waiting[i] = &d
		default:
		}
	}
	if first = p.first(); first < 0 {
		return nil
	}
	d := p.waiting[first]
	p.waiting[first] = nil
	p.caught[first] = d.batch.Caught
	p.away[first] = d.batch.Entries == 0 && !d.batch.Caught
	return d
}

// first is the stream of the oldest batch; below 0: there is none.
func (p *backlog) first() int {
	first := -1
	for i, d := range p.waiting {
		if d != nil && (first < 0 || d.batch.Newest < p.waiting[first].batch.Newest) {
			first = i
		}
	}
	return first
}

func receive(ctx context.Context, feed <-chan delivery) *delivery {
	select {
	case d := <-feed:
		return &d
	case <-ctx.Done():
		return nil
	}
}

// replay takes a batch with the clock at its entries' own time.
func (e *Engine) replay(d *delivery) {
	now := e.now()
	var over []reading.Rejection
	for i := range d.batch.Readings {
		r := &d.batch.Readings[i]
		if at := int64(r.Origin.Entry.Ms); at > e.replayed && at <= now {
			if e.replayed == 0 || at >= e.nextStep() {
				e.advance(at)
			}
			e.replayed = at
		}
		over = e.apply(r, over)
	}
	e.rate.note(now, len(d.batch.Readings))
	e.note(&d.batch, over)
	d.over <- over
}

// take folds a batch in.
func (e *Engine) take(d delivery) {
	over := e.renumber(&d.batch)
	for i := range d.batch.Readings {
		over = e.apply(&d.batch.Readings[i], over)
	}
	e.moving.heard(d.batch.Readings)
	e.rate.note(e.now(), len(d.batch.Readings))
	e.note(&d.batch, over)
	d.over <- over
}

// note notes how far the stream is read with a batch, what of it could not be
// used, and what is missing before it.
func (e *Engine) note(b *reading.Batch, over []reading.Rejection) {
	for i := range b.Gaps {
		e.miss(&b.Gaps[i])
	}
	for i := range b.Worries {
		e.worryEvent(&b.Worries[i])
	}
	for _, list := range [][]reading.Rejection{b.Rejected, over} {
		for i := range list {
			e.alter(func(s *rollup.State) { s.Refuse(list[i].Measure, list[i].Area, ms(list[i].Origin.Entry)) })
			e.refuse(&list[i])
		}
	}
	if int(b.Stream) >= len(e.marks) {
		return
	}
	m := &e.marks[b.Stream]
	if b.Entries == 0 && b.Position == m.Position {
		m.Index, m.Run = b.Index, b.Run
		return
	}
	m.Position, m.Index, m.Run = b.Position, b.Index, b.Run
	m.Add(b.Prints)
	e.changed = true
}

func ms(id reading.EntryID) int64 { return int64(min(id.Ms, math.MaxInt64)) }

// miss notes a gap: in the state, for whoever explains; in the feed; for ever.
func (e *Engine) miss(g *reading.Gap) {
	gap := rollup.Gap{Stream: g.Stream, Kind: string(g.Kind), From: g.From, To: g.To, Count: g.Count, Found: g.At}
	if gap.To == 0 {
		gap.To = g.At
	}
	e.alter(func(s *rollup.State) { s.Miss(gap) })
	e.happened.Gaps = append(e.happened.Gaps, gap)
	e.changed = true
	e.gapEvent(&gap)
}

func (e *Engine) apply(r *reading.Reading, over []reading.Rejection) []reading.Rejection {
	switch e.state.Apply(r) {
	case rollup.TooMany:
		e.met.overLimit.Inc()
		m := e.cfg.District.Catalogue.Measures[r.Measure].ID
		a := e.cfg.District.Areas.At(r.Area).ID
		return append(over, reading.Rejection{
			Origin: r.Origin, Reason: reading.TooMany, Measure: m, Area: a, Source: r.Source,
			Detail: "a new point, and limits.points are in use",
		})
	case rollup.Repeated:
		e.met.repeated.Inc()
	case rollup.Counted:
		e.met.counted.Inc()
	}
	return over
}

// Stopped tells whether an error only says that the engine was told to stop.
func Stopped(err error) bool { return err == nil || errors.Is(err, context.Canceled) }

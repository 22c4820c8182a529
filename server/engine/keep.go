package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
)

// Keeper keeps what must outlive the program. One goroutine of the engine's
// calls it, but for Recall, which is asked before Run reads anything.
type Keeper interface {
	// Save puts a checkpoint on disk. When it returns nil the checkpoint is there
	// whatever happens; with an error the older ones are.
	Save(*rollup.Checkpoint) error
	// Note keeps what happened up to a checkpoint, given by its serial, in place
	// of whatever was noted for this one or a later one.
	Note(ctx context.Context, serial int64, h Happened) error
	// Record keeps values of figures.
	Record(ctx context.Context, lines []rollup.Pair, rows []Row) error
	// Fill keeps values of figures where nothing is known of them.
	Fill(ctx context.Context, lines []rollup.Pair, rows []Row) error
	// Recall lists what is known of a figure from one instant to another at the
	// ends of steps, the oldest first.
	Recall(ctx context.Context, p rollup.Pair, from, to, step int64) ([]series.Sample, error)
}

// Row is the values of all lines at the end of one step; NaN: no value.
type Row struct {
	Step   int64 // its length in ms: a minute or an hour
	End    int64 // Unix ms
	Values []float64
}

// Happened is what happened between two checkpoints and is kept for ever.
type Happened struct {
	Restated []rollup.Restatement
	Gaps     []rollup.Gap
}

// parcel is what the keeper gets in one go.
type parcel struct {
	keeper     Keeper // that names what is in it
	rows       []Row
	lines      []rollup.Pair      // whose values the rows hold
	checkpoint *rollup.Checkpoint // nil: none this time
	serial     int64
	happened   Happened
}

// kept is what became of a parcel.
type kept struct {
	parcel
	recorded error
	saved    error
	took     time.Duration
}

const recording = 30 * time.Second // the longest that the database may take

// keep takes parcels until there are no more. Nothing waits for it but the next
// parcel, so a slow disk keeps nobody.
func (e *Engine) keep() {
	for p := range e.parcels {
		e.results <- p.put()
	}
}

func (p parcel) put() kept {
	began := time.Now()
	k := kept{parcel: p}
	ctx, cancel := context.WithTimeout(context.Background(), recording) // its own: what is at hand is kept also when the program stops
	defer cancel()
	if len(p.rows) > 0 {
		k.recorded = p.keeper.Record(ctx, p.lines, p.rows)
	}
	if p.checkpoint == nil {
		return k
	}
	if k.saved = p.keeper.Save(p.checkpoint); k.saved == nil && (len(p.happened.Restated) > 0 || len(p.happened.Gaps) > 0) {
		// The checkpoint holds it too: the next start notes it again.
		if err := p.keeper.Note(ctx, p.serial, p.happened); err != nil {
			k.recorded = errors.Join(k.recorded, fmt.Errorf("note what happened: %w", err))
		}
	}
	k.took = time.Since(began)
	return k
}

// maxRows bounds the rows that wait for a database that takes none: the oldest go.
const maxRows = 2 * 24 * 60

// settled takes back what became of a parcel.
func (e *Engine) settled(k kept) {
	e.keeping = false
	if k.recorded != nil {
		e.log.Error("the history can't be written", "error", k.recorded)
		e.met.unkept.WithLabelValues("history").Inc()
		e.rows = append(k.rows, e.rows...)
		e.rows = e.rows[max(0, len(e.rows)-maxRows):]
	}
	if k.recorded == nil && len(k.rows) > 0 && e.Ready() && !e.recordedOnce {
		e.recordedOnce = true // what was told while it caught up is there too
		e.renewal()
	}
	switch {
	case k.checkpoint == nil:
	case k.saved != nil:
		e.log.Error("a checkpoint can't be written: the last one stays", "error", k.saved)
		e.met.unkept.WithLabelValues("checkpoint").Inc()
		e.happened.Restated = append(k.happened.Restated, e.happened.Restated...)
		e.happened.Gaps = append(k.happened.Gaps, e.happened.Gaps...)
		e.changed = true
	default:
		e.met.checkpoint(k)
		for _, told := range e.awaited {
			if told.serial <= k.serial {
				close(told.done)
			}
		}
		e.awaited = pending(e.awaited, k.serial)
	}
}

// awaiting is somebody who waits for a checkpoint.
type awaiting struct {
	serial int64
	done   chan struct{}
}

func pending(list []awaiting, serial int64) []awaiting {
	var left []awaiting
	for _, a := range list {
		if a.serial > serial {
			left = append(left, a)
		}
	}
	return left
}

// hand gives the keeper what there is, if it is free.
func (e *Engine) hand(p parcel) {
	p.rows, p.lines, p.keeper, e.rows = widened(e.rows, len(e.lines)), e.lines, e.cfg.Keeper, nil
	e.keeping = true
	e.parcels <- p // holds one, and the keeper is free
}

// enough is how many rows are handed on while the engine still catches up.
const enough = 240

// handOn gives the keeper rows while nothing else is kept.
func (e *Engine) handOn() {
	if e.cfg.Keeper == nil {
		return
	}
	select {
	case k := <-e.results:
		e.settled(k)
	default:
	}
	if !e.keeping && len(e.rows) >= enough {
		e.hand(parcel{})
	}
}

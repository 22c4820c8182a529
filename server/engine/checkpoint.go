package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/tile"
)

const (
	// atLeast is how often a checkpoint is taken although nothing came.
	atLeast = time.Minute
	// things is how many things of a checkpoint are written between two looks at
	// what else there is to do: a millisecond or two.
	things = 2000
)

// notes is what the engine wants to find again besides the state.
type notes struct {
	Serial   int64            `json:"serial"`
	Events   []event          `json:"events,omitempty"`
	Alerts   []alarm          `json:"alerts,omitempty"`
	Tree     map[string]badge `json:"tree,omitempty"`
	Happened Happened         `json:"happened"` // its restatements are numbered only in older ones
	Restated []restated       `json:"restated,omitempty"`
	Imports  []string         `json:"imports,omitempty"`
	Refused  refusals         `json:"refused,omitempty"`
}

// restated is a restatement whose figure is named.
type restated struct {
	rollup.Restatement
	Figure string // the indicator's id
	Where  string // the area's
}

type event struct {
	ID     string `json:"id"`
	At     int64  `json:"at"`
	Kind   string `json:"kind"`
	Area   string `json:"area"`
	Text   string `json:"text"`
	TextEn string `json:"text_en"`
}

type alarm struct {
	Indicator string          `json:"indicator"`
	Area      string          `json:"area"`
	Level     indicator.Level `json:"level"`
	Since     int64           `json:"since"`
}

// badge is how a cockpit stands on the tree.
type badge struct {
	Status string `json:"status"`
	Since  int64  `json:"since"`
}

// beginCheckpoint begins to write down the state, when it is time and nothing
// else is being kept.
func (e *Engine) beginCheckpoint(now time.Time) {
	if e.cfg.Keeper == nil || e.keeping || e.capture != nil || e.importing || e.moving != nil {
		return
	}
	age := now.Sub(e.taken)
	due := age >= e.cfg.Checkpoint && (e.changed || age >= atLeast) || len(e.awaited) > 0 || age < 0
	if !due {
		if len(e.rows) > 0 {
			e.hand(parcel{})
		}
		return
	}
	e.begin(now)
}

// begin takes the instant that the checkpoint is of. All that changes from here
// on is not in it.
func (e *Engine) begin(now time.Time) {
	e.happened.Restated = append(e.happened.Restated, e.state.Restated()...)
	e.serial = max(e.serial+1, now.UnixMilli())
	capture, err := e.state.Capture()
	if err != nil {
		e.log.Error("no checkpoint can be taken", "error", err)
		return
	}
	text, err := json.Marshal(e.notes())
	if err != nil {
		e.log.Error("no checkpoint can be taken", "error", err)
		capture.Stop()
		return
	}
	cp := &rollup.Checkpoint{Taken: e.state.Now(), Notes: text}
	for i := range e.marks {
		cp.Marks = append(cp.Marks, e.marks[i].Copy())
	}
	e.capture, e.draft = capture, parcel{checkpoint: cp, serial: e.serial, happened: e.happened}
	e.happened, e.changed, e.taken = Happened{}, false, now
}

// writeOn writes a piece of the checkpoint under way; when all is written, the
// keeper gets it.
func (e *Engine) writeOn() {
	began := time.Now()
	done, err := e.capture.Step(things)
	e.met.piece.Observe(time.Since(began).Seconds())
	if !done {
		return
	}
	capture, p := e.capture, e.draft
	e.capture, e.draft = nil, parcel{}
	if err != nil {
		e.log.Error("no checkpoint can be taken", "error", err)
		e.happened.Restated = append(p.happened.Restated, e.happened.Restated...)
		e.happened.Gaps = append(p.happened.Gaps, e.happened.Gaps...)
		e.changed = true
		return
	}
	p.checkpoint.State = capture.Parts()
	e.met.size.Set(float64(capture.Size()))
	e.hand(p)
}

// finish keeps all there is before the engine ends.
func (e *Engine) finish() {
	if e.cfg.Keeper == nil {
		return
	}
	e.forsake(e.moving)
	if e.keeping {
		e.settled(<-e.results)
	}
	for e.capture != nil { // its instant is past, but what it took out is in no other
		e.writeOn()
	}
	if e.keeping {
		e.settled(<-e.results)
	}
	if e.importing { // half an import is none
		return
	}
	for e.begin(e.cfg.Now()); e.capture != nil; {
		e.writeOn()
	}
	if e.keeping {
		e.settled(<-e.results)
	}
}

func (e *Engine) notes() notes {
	n := notes{Serial: e.serial, Happened: Happened{Gaps: e.happened.Gaps}, Imports: e.imports, Refused: e.refused, Tree: make(map[string]badge)}
	for _, v := range e.view.Events {
		n.Events = append(n.Events, event{v.ID, v.At, v.Kind, e.state.AreaID(v.Area), v.Text, v.TextEn})
	}
	for p, a := range e.alerts {
		n.Alerts = append(n.Alerts, alarm{e.cfg.District.Catalogue.Indicators[p.Place].ID, e.state.AreaID(p.Area), a.Level, a.Since})
	}
	for _, r := range e.happened.Restated {
		n.Restated = append(n.Restated, restated{r, e.cfg.District.Catalogue.Indicators[r.Place].ID, e.state.AreaID(r.Area)})
	}
	for i := range e.wall.cockpits {
		if c := &e.wall.cockpits[i]; c.opened {
			n.Tree[c.id] = badge{c.state.Status, c.since}
		}
	}
	return n
}

// Restore puts the engine where a checkpoint was taken. It is called before Run
// and before Read; with an error the engine is as it was.
func (e *Engine) Restore(cp *rollup.Checkpoint) error {
	var n notes
	if err := json.Unmarshal(cp.Notes, &n); err != nil {
		return fmt.Errorf("read the notes of a checkpoint: %w", err)
	}
	d := e.cfg.District
	state, err := rollup.Decode(slices.Concat(cp.State...), d.Areas, d.Catalogue, e.opt, cp.Taken)
	if err != nil {
		return fmt.Errorf("read the state of a checkpoint: %w", err)
	}
	e.state, e.view.State = state, state
	e.serial, e.imports, e.renote = n.Serial, n.Imports, n.Happened
	if n.Refused != nil {
		e.refused = n.Refused
	}
	e.replayed, e.started = cp.Taken, true
	for i := range e.steps {
		s := &e.steps[i]
		s.next = (cp.Taken/s.length + 1) * s.length
		if s.record && s.length == minute {
			s.most = backMinutes
		}
	}
	for i := range cp.Marks {
		e.markOf(cp.Marks[i].Stream).take(&cp.Marks[i])
	}
	e.recallNotes(&n)
	return nil
}

func (e *Engine) recallNotes(n *notes) {
	d := e.cfg.District
	for _, v := range n.Events {
		if a, found := d.Areas.Lookup(v.Area); found {
			e.view.Events = append(e.view.Events, tile.Event{ID: v.ID, At: v.At, Kind: v.Kind, Area: a, Text: v.Text, TextEn: v.TextEn})
		}
		var id int
		if _, err := fmt.Sscan(v.ID, &id); err == nil {
			e.events = max(e.events, id)
		}
	}
	for _, a := range n.Alerts {
		place, known := d.Catalogue.Indicator(a.Indicator)
		area, found := d.Areas.Lookup(a.Area)
		if known && found {
			e.alerts[rollup.Pair{Place: place, Area: area}] = &tile.Alert{Place: place, Area: area, Level: a.Level, Since: a.Since}
		}
	}
	for _, r := range n.Restated {
		place, known := d.Catalogue.Indicator(r.Figure)
		area, found := d.Areas.Lookup(r.Where)
		if r.Place, r.Area = place, area; known && found {
			e.renote.Restated = append(e.renote.Restated, r.Restatement)
		}
	}
	for i := range e.wall.cockpits {
		c := &e.wall.cockpits[i]
		if b, known := n.Tree[c.id]; known {
			c.state.Status, c.since = b.Status, b.Since
		}
	}
	e.stale = true
}

// mark is how far one stream is read.
type mark struct{ reading.Mark }

func (m *mark) take(from *reading.Mark) {
	m.Position, m.Index, m.Run = from.Position, from.Index, from.Run
	m.Restore(from.Last(), from.Landmarks())
}

// markOf finds the mark of a stream or makes one. Those of streams that are not
// read any more are kept: they may be read again.
func (e *Engine) markOf(stream string) *mark {
	for i := range e.marks {
		if e.marks[i].Stream == stream {
			return &e.marks[i]
		}
	}
	e.marks = append(e.marks, mark{reading.Mark{Stream: stream, Index: -1}})
	return &e.marks[len(e.marks)-1]
}

// Mark is how far a stream is read, before Run.
func (e *Engine) Mark(stream string) reading.Mark { return e.markOf(stream).Copy() }

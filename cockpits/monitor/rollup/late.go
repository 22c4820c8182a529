package rollup

import (
	"cmp"
	"fmt"
	"slices"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
)

// Restatement says that late readings changed what an indicator was in a
// calendar window that is over.
type Restatement struct {
	Place  indicator.Place
	Area   area.Index
	Window string           // 2025-12-31, 2025-12 or 2025
	From   int64            // Unix ms: the window's first instant
	To     int64            // the first after it
	Was    indicator.Number // none as well where the figure may not be seen
	Is     indicator.Number
	At     int64 // Unix ms: the entry of the last late reading
	Reason string
}

// late remembers what closed windows came to before late readings changed them.
type late struct {
	at   map[lateKey]*lateNote
	done []Restatement
}

type lateKey struct {
	place  indicator.Place
	area   area.Index
	window int16
	number int64
}

type lateNote struct {
	was    indicator.Number
	n      int64
	at     int64 // of the last one's entry
	age    int64 // ms: how long after the window's end the latest came
	source string
	others bool // more sources than that one
}

// maxDone bounds the restatements that nobody asked for.
const maxDone = 100_000

// noteLate is called before a reading is folded in. It notes what the closed
// windows that the reading lies in have come to until now.
func (s *State) noteLate(r *reading.Reading, numbers []int64) {
	m := &s.measures[r.Measure]
	for k, w := range m.windows {
		win := &s.windows[w]
		if !win.Calendar() || numbers[k] >= win.number || numbers[k] < win.keep {
			continue
		}
		_, end := win.Bounds(numbers[k], s.opt.Zone)
		for _, place := range m.used {
			d := s.cat.Indicators[place].Held(end-1, s.opt.Zone)
			if d.Window != win.Window || !slices.Contains(d.Parts, r.Measure) {
				continue
			}
			for a := r.Area; a != area.None; a = s.tree.Parent(a) {
				s.note(lateKey{place, a, w, numbers[k]}, d, r, end)
			}
		}
	}
}

func (s *State) note(key lateKey, d *indicator.Indicator, r *reading.Reading, end int64) {
	x := s.late.at[key]
	if x == nil {
		x = &lateNote{was: s.closed(d, key), source: r.Source}
		s.keepNote(key, x)
	}
	x.n++
	x.at = max(x.at, int64(r.Origin.Entry.Ms))
	x.age = max(x.age, int64(r.Origin.Entry.Ms)-end)
	x.others = x.others || x.source != r.Source
}

func (s *State) keepNote(key lateKey, x *lateNote) {
	if s.late.at == nil {
		s.late.at = make(map[lateKey]*lateNote)
	}
	s.late.at[key] = x
}

// closed is what an indicator comes to in a window that is over. One that a
// stock is part of has none, since a stock is not kept for the past.
func (s *State) closed(d *indicator.Indicator, key lateKey) indicator.Number {
	parts := make([]indicator.Part, 0, 4)
	for _, m := range d.Parts {
		ms := &s.measures[m]
		p := indicator.Part{Flow: ms.flow}
		slot := slices.Index(ms.windows, key.window)
		if slot < 0 {
			return indicator.Number{}
		}
		if c := s.find(m, key.area); c != nil {
			p.Value = bucketValue(ms.def, c.folds[slot].Find(key.number), c.heard)
		}
		parts = append(parts, p)
	}
	var f indicator.Figure
	d.Whole(parts, false, &f)
	return f.Value
}

// Restated hands out what late readings have changed since the last call, in
// the order of their entries. One restatement stands for all late readings of
// its window in between.
func (s *State) Restated() []Restatement {
	s.conclude(func(lateKey) bool { return true })
	list := s.late.done
	s.late.done = nil
	slices.SortStableFunc(list, func(a, b Restatement) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Window, b.Window))
	})
	return list
}

// conclude turns notes into restatements.
func (s *State) conclude(which func(lateKey) bool) {
	for key, x := range s.late.at {
		if !which(key) {
			continue
		}
		delete(s.late.at, key)
		w := s.windows[key.window].Window
		r := Restatement{Place: key.place, Area: key.area, Window: w.Of(key.number), Was: x.was, At: x.at, Reason: x.reason()}
		r.From, r.To = w.Bounds(key.number, s.opt.Zone)
		d := s.cat.Indicators[key.place].Held(r.To-1, s.opt.Zone)
		r.Is = s.closed(d, key)
		if r.Is == r.Was && r.Is.OK {
			continue
		}
		if d.SuppressBelow > 0 {
			r.Was, r.Is = indicator.Number{}, indicator.Number{}
		}
		s.late.done = append(s.late.done, r)
	}
	if over := len(s.late.done) - maxDone; over > 0 {
		s.late.done = s.late.done[over:]
	}
}

func (x *lateNote) reason() string {
	source := x.source
	if x.others {
		source = "several sources"
	} else if source == "" {
		source = "an unnamed source"
	}
	readings := "1 late reading"
	if x.n > 1 {
		readings = fmt.Sprintf("%d late readings", x.n)
	}
	return fmt.Sprintf("%s of %s, up to %d s after the window's end", readings, source, x.age/1000)
}

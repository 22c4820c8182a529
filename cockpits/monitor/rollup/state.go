package rollup

import (
	"slices"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/aggregate"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/series"
)

// Listed is a point that a list says should report.
type Listed struct {
	Point string
	Area  area.Index
}

// Options are what a district and the settings say about rolling up.
type Options struct {
	Zone     *time.Location
	Lateness time.Duration
	Forget   time.Duration // a stock's point not heard for so long leaves
	Points   int           // limit of live (measure, area, point)
	Dedupe   time.Duration // how long an idempotency key is known
	Keys     int           // at most so many of them
	Lists    map[string][]Listed
	Daily    []indicator.Index // flows whose points are wanted by day
}

// recall is for how long a pair without a list is expected to report again.
const recall = 7 * 24 * time.Hour

// State holds all roll-ups of a district. One goroutine owns it; time is its
// caller's. A reading costs the depth of its area, not the size of the district.
type State struct {
	tree     *area.Tree
	cat      *indicator.Catalogue
	opt      Options
	now      int64 // Unix ms
	calendar calendar
	windows  []window
	measures []measure
	leaves   [][]leaf // in blocks, so that no growth copies them all
	pairs    int      // how many there are in leaves
	byKey    map[leafKey]int32
	live     int // leaves that were heard
	cells    []cell
	spots    []spot
	dirty    []int32
	slow     []int32 // dirty cells of distinct measures: counted once a second
	slowAt   int64
	timers   timers
	seen     seen
	keyed    keyed
	sources  map[string]*Source
	disputed map[int32]struct{}
	figures  figures
	taking   *Capture // nil: none under way
	kinds    []uint16 // by area: its kind's place in the tree's kinds
	held     []held   // by place: the definition that holds now
	changes  int64    // when the next caliber begins, Unix ms; 0: none
	vacant   []int32  // places in leaves to be used again
	echoes   []int32  // cells that heard a pair that is gone
	late     late
	refused  refused
	gaps     []Gap
	span     series.Bucket // for use within one call
}

// window is one window in use, and which part of time it holds now.
type window struct {
	indicator.Window
	number int64 // the bucket that the clock stands in
	begin  int64
	turn   int64
	keep   int64 // buckets before this one are forgotten
}

// measure is what the state keeps for one measure of the catalogue.
type measure struct {
	def     *indicator.Measure
	need    aggregate.Need
	windows []int16 // positions in State.windows
	at      []int32 // area → row + 1; nil until the first
	cells   []int32 // by row
	hot     []hot   // by row, then by slot
	slots   int     // how many windows there are; of a stock one
	flow    bool
	covered bool
	costly  bool // its value takes more than a step or two to work out
	ends    bool // of a stock the smallest or largest is wanted
	used    []indicator.Place
	first   int64   // the earliest `at`; 0: none
	firsts  []int64 // by its windows: the earliest `at` since the window is wanted

	restless bool // readings came since Restless was asked
	earlier  bool // first or firsts moved since Settle
}

// cell is one measure at one area: what lies there and everywhere below.
type cell struct {
	measure indicator.Index
	area    area.Index
	folds   []series.Fold // by the measure's windows
	stock   stock
	leaves  []int32 // pairs that report at the area itself
	heard   bool
	echo    bool // heard a pair that is gone
}

// spot is what a round must know of a cell, by the cell's index.
type spot struct {
	measure indicator.Index
	area    area.Index
	base    int32 // where its hot parts begin
	dirty   bool  // changed since the last round
	review  bool  // its hot parts are to be worked out anew
	slide   bool  // those are that take more than a step or two
}

// leaf is one pair (area, point) of one measure: what reports.
type leaf struct {
	measure indicator.Index
	area    area.Index // of a moving point: where it reported last
	point   string
	folds   []series.Fold
	latest  series.Latest // the newest reading
	source  string        // and who sent it
	count   int64
	timer   int64   // when it is looked at again; 0: never
	voices  *voices // nil: one source sent all, and its last word is the newest
	slot    int32   // its place in its cell's leaves
	vacant  bool    // not in use
	heard   bool
	listed  bool
	known   bool // counts as expected
	fresh   bool
	counted bool // its latest is in the stocks above
	dispute bool
}

// voices tells the sources of a pair apart, once there are several.
type voices struct {
	claims  []claim  // what each source of a stock said last
	senders []sender // who sent how much
}

// sender is what one source sent for a pair.
type sender struct {
	name string
	n    int64
	at   int64 // its newest, Unix ms
}

type leafKey struct {
	measure indicator.Index
	area    area.Index // None for a point that moves
	point   string
}

// Newest is the last reading of a pair, by its instant.
type Newest struct {
	At     int64 // Unix ms
	Value  float64
	Source string
	Origin reading.Origin
}

// New makes an empty state at an instant (Unix ms).
func New(tree *area.Tree, cat *indicator.Catalogue, opt Options, now int64) *State {
	s := &State{
		tree: tree, cat: cat, opt: opt, now: now,
		calendar: calendar{zone: opt.Zone},
		byKey:    make(map[leafKey]int32),
		sources:  make(map[string]*Source),
		disputed: make(map[int32]struct{}),
		seen:     newSeen(opt.Dedupe, opt.Keys), keyed: newKeyed(tree, cat),
	}
	s.measures = make([]measure, len(cat.Measures))
	for i := range s.measures {
		def := &cat.Measures[i]
		s.measures[i] = measure{def: def, need: needOf(def), flow: def.Kind == indicator.Flow, covered: def.Covered()}
		need := s.measures[i].need
		s.measures[i].ends = def.Kind == indicator.Stock && (def.Combine == indicator.Min || def.Combine == indicator.Max)
		s.measures[i].costly = need == aggregate.Members || need == aggregate.Ranks
	}
	for p := range cat.Indicators {
		for _, d := range cat.Indicators[p].Calibers() {
			s.window(d.Window)
			for _, m := range d.Parts {
				s.use(m, d.Window)
				if ms := &s.measures[m]; !slices.Contains(ms.used, indicator.Place(p)) {
					ms.used = append(ms.used, indicator.Place(p))
				}
			}
		}
	}
	for _, m := range opt.Daily {
		s.use(m, indicator.Window{Span: indicator.Day})
	}
	for m := range s.measures {
		s.measures[m].slots = max(1, len(s.measures[m].windows))
	}
	for i := range s.windows {
		s.turn(&s.windows[i])
	}
	s.figures = newFigures(len(cat.Indicators), tree.Len())
	kinds := tree.Kinds()
	s.kinds = make([]uint16, tree.Len())
	for a := range s.kinds {
		s.kinds[a] = uint16(slices.Index(kinds, tree.At(area.Index(a)).Kind))
	}
	s.held = make([]held, len(cat.Indicators))
	s.hold()
	s.expect()
	return s
}

func needOf(m *indicator.Measure) aggregate.Need {
	switch {
	case m.Kind == indicator.Distinct:
		return aggregate.Members
	case m.Kind == indicator.Observation && m.Combine == indicator.Quantile:
		return aggregate.Ranks
	case m.Kind == indicator.Observation && m.Combine != indicator.Mean:
		return aggregate.Ends
	}
	return aggregate.Totals
}

// window is the place of a window among those in use.
func (s *State) window(w indicator.Window) int16 {
	for i := range s.windows {
		if s.windows[i].Window == w {
			return int16(i)
		}
	}
	s.windows = append(s.windows, window{Window: w})
	return int16(len(s.windows) - 1)
}

// use notes that a measure is wanted in a window. A stock has none of its own.
func (s *State) use(m indicator.Index, w indicator.Window) {
	ms := &s.measures[m]
	if ms.def.Kind == indicator.Stock {
		return
	}
	at := s.window(w)
	if slices.Contains(ms.windows, at) {
		return
	}
	ms.windows = append(ms.windows, at)
	ms.firsts = append(ms.firsts, 0)
}

// turn sets a window to the part of time that the clock stands in. Nothing is
// forgotten before the window and the lateness are over, so that a clock that
// stepped and came back finds all as it was; of sliding windows two hours at most.
func (s *State) turn(w *window) {
	w.number = w.Bucket(s.now, s.opt.Zone)
	w.begin = w.Begin(s.now, s.opt.Zone)
	w.turn = w.Turn(s.now, s.opt.Zone)
	late := s.opt.Lateness
	if w.Span == indicator.Sliding {
		late = min(late, 2*time.Hour) + w.Length
	}
	w.keep = w.Bucket(s.now-late.Milliseconds(), s.opt.Zone)
}

// expect opens a pair for every point that a list says should report.
func (s *State) expect() {
	for m := range s.measures {
		def := s.measures[m].def
		if def.Expected == "" || !def.Covered() {
			continue
		}
		for _, l := range s.opt.Lists[def.Expected] {
			key := s.keyOf(&leaf{measure: indicator.Index(m), area: l.Area, point: l.Point})
			if _, twice := s.byKey[key]; twice {
				continue
			}
			i := s.open(key, l.Area)
			s.leaf(i).listed = true
			s.know(i)
		}
	}
}

// open makes a pair at an area.
func (s *State) open(key leafKey, at area.Index) int32 {
	m := &s.measures[key.measure]
	l := leaf{measure: key.measure, area: at, point: key.point, folds: make([]series.Fold, len(m.windows))}
	i := int32(s.pairs)
	if n := len(s.vacant); n > 0 {
		i, s.vacant = s.vacant[n-1], s.vacant[:n-1]
		s.spare(i)
	} else {
		if s.pairs%block == 0 {
			s.leaves = append(s.leaves, make([]leaf, block))
		}
		s.pairs++
	}
	*s.leaf(i) = l
	s.byKey[key] = i
	s.seat(i)
	return i
}

// block is how many pairs lie together.
const block = 4096

// leaf is a pair by its place.
func (s *State) leaf(i int32) *leaf { return &s.leaves[i/block][i%block] }

// seat lists a pair at its area's cell.
func (s *State) seat(i int32) {
	l := s.leaf(i)
	c := &s.cells[s.cell(l.measure, l.area)]
	l.slot = int32(len(c.leaves))
	c.leaves = append(c.leaves, i)
}

// unseat takes a pair from its area's cell.
func (s *State) unseat(i int32) {
	l := s.leaf(i)
	c := s.find(l.measure, l.area)
	last := c.leaves[len(c.leaves)-1]
	c.leaves[l.slot] = last
	s.leaf(last).slot = l.slot
	c.leaves = c.leaves[:len(c.leaves)-1]
}

// keyOf is where a pair is found.
func (s *State) keyOf(l *leaf) leafKey {
	if s.measures[l.measure].def.Moves && l.point != "" {
		return leafKey{l.measure, area.None, l.point}
	}
	return leafKey{l.measure, l.area, l.point}
}

// cell finds or makes the cell of a measure at an area.
func (s *State) cell(m indicator.Index, a area.Index) int32 {
	ms := &s.measures[m]
	if ms.at == nil {
		ms.at = make([]int32, s.tree.Len())
	}
	if row := ms.at[a]; row > 0 {
		return ms.cells[row-1]
	}
	i := int32(len(s.cells))
	s.cells = append(s.cells, cell{measure: m, area: a, folds: make([]series.Fold, len(ms.windows))})
	s.spots = append(s.spots, spot{measure: m, area: a, base: int32(len(ms.hot))})
	ms.cells = append(ms.cells, i)
	ms.hot = append(ms.hot, make([]hot, ms.slots)...)
	ms.at[a] = int32(len(ms.cells))
	return i
}

// find is the cell of a measure at an area, or nil.
func (s *State) find(m indicator.Index, a area.Index) *cell {
	ms := &s.measures[m]
	if ms.at == nil || ms.at[a] == 0 {
		return nil
	}
	return &s.cells[ms.cells[ms.at[a]-1]]
}

// touch marks a cell as changed.
func (s *State) touch(i int32) {
	if x := &s.spots[i]; !x.dirty {
		x.dirty = true
		s.dirty = append(s.dirty, i)
	}
}

// review marks a cell whose hot parts are to be worked out anew.
func (s *State) review(i int32) {
	s.spots[i].review = true
	s.touch(i)
}

// hark notes that a measure was heard at an area or below.
func (s *State) hark(m indicator.Index, at area.Index) {
	for a := at; a != area.None; a = s.tree.Parent(a) {
		ci := s.cell(m, a)
		if c := &s.cells[ci]; !c.heard {
			c.heard = true
			s.measures[m].hot[s.spots[ci].base].heard = true
			s.review(ci)
		}
	}
}

// Now is the instant (Unix ms) that the windows stand at.
func (s *State) Now() int64 { return s.now }

// Points is the number of live (measure, area, point).
func (s *State) Points() int { return s.live }

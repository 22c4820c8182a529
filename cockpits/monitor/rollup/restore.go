package rollup

import (
	"fmt"
	"maps"
	"math"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/aggregate"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/series"
)

// stored is a measure as the bytes know it, and what it is in the district now.
type stored struct {
	now     indicator.Index // -1: no longer there, or of another kind
	stock   bool
	windows []int // for each stored window its place now; -1: not wanted any more
}

// Decode makes a state from bytes that Encode wrote and that were proven whole.
// What the district no longer has is left out. The clock stands at now.
func Decode(b []byte, tree *area.Tree, cat *indicator.Catalogue, opt Options, now int64) (*State, error) {
	r := &reader{b: b}
	s := New(tree, cat, opt, now)
	var err error
	r.form = r.uint()
	switch r.form {
	case form:
		err = s.decode(r)
	case 2:
		err = s.decode(r)
		s.keyed.numbered = true
	case 1:
		err = s.decodeForm1(r)
		s.keyed.numbered = true
	default:
		return nil, fmt.Errorf("the state is of form %d, this program reads %d", r.form, form)
	}
	if err == nil {
		s.decodeFigures(r)
		err = r.err
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *State) decode(r *reader) error {
	r.base = r.int() // the instant at which it was written
	s.reserve(int(min(r.uint(), uint64(len(r.b)))))
	for i := range min(r.count(), math.MaxInt16) {
		s.seen.queue(int16(i)).newest = r.int()
	}
	list := s.decodeMeasures(r, true)
	s.decodeGaps(r)
	s.decodeRefused(r)
	s.decodeLate(r)
	s.decodeEchoes(r)
	for r.bool() {
		if err := s.decodeLeaf(r, list); err != nil {
			return err
		}
	}
	s.decodeSeen(r, true)
	s.decodeSources(r)
	return nil
}

func (s *State) decodeForm1(r *reader) error {
	r.int() // the instant at which it was written
	s.seen.queue(0).newest = r.int()
	s.decodeSeen(r, false)
	s.decodeSources(r)
	list := s.decodeMeasures(r, false)
	for range r.count() {
		if err := s.decodeLeaf(r, list); err != nil {
			return err
		}
	}
	return nil
}

// reserve makes room for so many pairs.
func (s *State) reserve(n int) {
	byKey := make(map[leafKey]int32, n+len(s.byKey))
	maps.Copy(byKey, s.byKey)
	s.byKey = byKey
}

func (s *State) decodeSources(r *reader) {
	for range r.count() {
		name := r.string()
		s.sources[name] = &Source{Name: name, Readings: r.int(), LastAt: r.int(), Heard: r.int()}
	}
}

// decodeSeen reads the keys; form 1 didn't say of which stream.
func (s *State) decodeSeen(r *reader, streams bool) {
	for range r.count() {
		stream := uint64(0)
		if streams {
			stream = r.uint()
		}
		m := mark{hash: r.fixed(), at: r.int()}
		if r.err != nil || stream > math.MaxInt16 {
			r.fail()
			return
		}
		q := s.seen.queue(int16(stream))
		q.marks = append(q.marks, m)
		s.seen.when[m.hash] = max(m.at, s.seen.when[m.hash])
		s.seen.n++
	}
}

// decodeMeasures reads what was known of the measures; form 1 didn't say since
// when each window is wanted.
func (s *State) decodeMeasures(r *reader, since bool) []stored {
	var list []stored
	for range r.count() {
		was := indicator.Measure{ID: r.string(), Kind: indicator.Kind(r.string()), Moves: r.bool()}
		m, known := s.cat.Measure(was.ID)
		if r.form > 2 {
			was.Combine = indicator.Combine(r.string())
		} else if known {
			was.Combine = s.measures[m].def.Combine
		}
		first := r.int()
		st := stored{now: -1, stock: was.Kind == indicator.Stock}
		if known && goesOn(&was, s.measures[m].def) {
			st.now = m
			s.measures[m].first = first
		}
		for range r.count() {
			text, from := r.string(), first
			if since {
				from = r.int()
			}
			at := -1
			for k := 0; st.now >= 0 && k < len(s.measures[m].windows); k++ {
				if s.windows[s.measures[m].windows[k]].String() == text {
					at = k
					s.measures[m].firsts[k] = from
				}
			}
			st.windows = append(st.windows, at)
		}
		list = append(list, st)
	}
	return list
}

// goesOn tells whether what a measure was made of is what it is made of now:
// smallest, largest and ranks are not kept where nobody asks for them.
func goesOn(was, is *indicator.Measure) bool {
	need := needOf(is)
	return was.Kind == is.Kind && was.Moves == is.Moves && (need == aggregate.Totals || need == needOf(was))
}

func (s *State) decodeLeaf(r *reader, list []stored) error {
	at := r.uint()
	if at >= uint64(len(list)) {
		return errCut
	}
	st := list[at]
	where, found := s.tree.Lookup(r.string())
	point := string(r.bytes())
	l := leaf{measure: st.now, area: where, point: point, count: r.int(), heard: true}
	if r.form == 1 {
		decodeHeard1(r, &l, st.stock)
	} else {
		l.latest = series.Latest{Order: decodeOrder(r), Value: r.float(), Gone: r.bool(), Heard: true}
		l.source = r.string()
		if r.bool() {
			l.voices = decodeVoices(r)
		}
	}
	keep := st.now >= 0 && found
	if keep {
		l.folds = make([]series.Fold, len(s.measures[st.now].windows))
	}
	for _, k := range st.windows {
		var f *series.Fold
		if keep && k >= 0 {
			f = &l.folds[k]
		}
		if err := decodeFold(r, f, st.ranked(s)); err != nil {
			return err
		}
	}
	if r.err != nil {
		return r.err
	}
	if keep {
		s.settleIn(&l)
	}
	return nil
}

// ranked tells whether nothing of a measure is of use without ranks.
func (st *stored) ranked(s *State) bool {
	return st.now >= 0 && s.measures[st.now].need == aggregate.Ranks
}

func decodeFold(r *reader, f *series.Fold, ranked bool) error {
	for range r.count() {
		number := r.int()
		b := series.Bucket{Number: number, AsOf: r.base - r.int()}
		if r.form == 1 {
			b.AsOf = -b.AsOf // counted from nothing
		}
		b.N = r.int()
		b.Sum = decodeSum(r)
		b.Min, b.Max = r.float(), r.float()
		ranks := r.bytes()
		if err := b.Restore(ranks, r.bytes()); err != nil {
			return err
		}
		if f != nil && r.err == nil && (len(ranks) > 0 || !ranked) { // an older form doesn't say that it kept none
			*f.At(number) = b
		}
	}
	return r.err
}

// settleIn puts a pair back in its place and folds it up the tree.
func (s *State) settleIn(l *leaf) {
	key := s.keyOf(l)
	i, known := s.byKey[key]
	if !known {
		i = s.open(key, l.area)
	} else if s.leaf(i).area != l.area {
		s.move(i, l.area)
	}
	old := s.leaf(i)
	l.listed, l.known, l.fresh, l.timer, l.slot = old.listed, old.known, old.fresh, old.timer, old.slot
	*s.leaf(i) = *l
	s.live++
	for a := l.area; a != area.None; a = s.tree.Parent(a) {
		ci := s.cell(l.measure, a)
		c := &s.cells[ci]
		for k := range l.folds {
			for bi := range l.folds[k].Buckets() {
				b := &l.folds[k].Buckets()[bi]
				up := c.folds[k].At(b.Number)
				up.Merge(&b.Summary)
				up.AsOf = max(up.AsOf, b.AsOf)
			}
		}
		s.review(ci)
	}
	s.hark(l.measure, l.area)
	if s.leaf(i).latest.Counts() && s.measures[l.measure].def.Kind == indicator.Stock && !s.forgotten(s.leaf(i)) {
		s.count(i, series.Latest{}, false)
	}
	s.freshen(i)
}

func decodeSum(r *reader) aggregate.Sum {
	if r.uint() == 0 {
		var sum aggregate.Sum
		sum.Add(r.float())
		return sum
	}
	var words [4]uint64
	for i := range words {
		words[i] = r.fixed()
	}
	return aggregate.FromWords(words)
}

func decodeVoices(r *reader) *voices {
	v := &voices{}
	for range r.count() {
		v.senders = append(v.senders, sender{r.string(), r.int(), r.base - r.int()})
	}
	for range r.count() {
		v.claims = append(v.claims, claim{r.string(), r.float(), decodeOrder(r)})
	}
	return v
}

func decodeOrder(r *reader) series.Order {
	return series.Order{At: r.base - r.int(), Ms: uint64(r.base - r.int()), Seq: r.uint(), Item: int32(r.int()), Stream: int16(r.int())}
}

// decodeHeard1 reads what a pair has heard as form 1 wrote it.
func decodeHeard1(r *reader, l *leaf, stock bool) {
	order := func() series.Order {
		return series.Order{At: r.int(), Ms: r.uint(), Seq: r.uint(), Item: int32(r.int()), Stream: int16(r.int())}
	}
	l.latest = series.Latest{Heard: true}
	l.latest.Order.At, l.latest.Value, l.source = r.int(), r.float(), r.string()
	at := l.latest.Order.At
	l.latest.Order = series.Order{At: at, Ms: r.uint(), Seq: r.uint(), Item: int32(r.int()), Stream: int16(r.int())}
	l.voices = &voices{}
	for range r.count() {
		l.voices.senders = append(l.voices.senders, sender{r.string(), r.int(), r.int()})
	}
	if stock {
		l.latest = series.Latest{Order: order(), Value: r.float(), Gone: r.bool(), Heard: true}
		for range r.count() {
			l.voices.claims = append(l.voices.claims, claim{r.string(), r.float(), order()})
		}
	}
}

func (s *State) decodeFigures(r *reader) {
	for range r.count() {
		place, known := s.cat.Indicator(r.string())
		where, found := s.tree.Lookup(r.string())
		status, since := indicator.Status(r.string()), r.int()
		if known && found && r.err == nil && s.has(place, where) {
			f := s.figures.open(Pair{place, where})
			f.status, f.since = status, since
		}
	}
	for ci := range s.cells {
		s.review(int32(ci))
	}
}

// has tells whether anything is kept that an indicator's figure is made of.
func (s *State) has(p indicator.Place, a area.Index) bool {
	for _, m := range s.held[p].Parts {
		if s.find(m, a) != nil {
			return true
		}
	}
	return false
}

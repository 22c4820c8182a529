package rollup

import (
	"fmt"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/aggregate"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/series"
)

// form is the version of the bytes that a capture writes: what every pair has
// heard, the idempotency keys, the sources, and since when each figure has its
// status. What lies above the pairs is folded again by Decode. Form 1 had the
// pairs behind keys and sources, and
// up to form 2 the keys were hashed by the numbers of measures and areas, and
// it wasn't said how a measure combines.
const form = 3

func (s *State) encodeLeaf(w *writer, l *leaf) error {
	w.uint(uint64(l.measure))
	w.string(s.tree.At(l.area).ID)
	w.bytes([]byte(l.point))
	w.int(l.count)
	encodeOrder(w, l.latest.Order)
	w.float(l.latest.Value)
	w.bool(l.latest.Gone)
	w.string(l.source)
	w.bool(l.voices != nil)
	if l.voices != nil {
		l.voices.encode(w)
	}
	for k := range l.folds {
		if err := encodeFold(w, &l.folds[k]); err != nil {
			return fmt.Errorf("store %s of measure %s: %w", l.point, s.measures[l.measure].def.ID, err)
		}
	}
	return nil
}

func encodeFold(w *writer, f *series.Fold) error {
	w.uint(uint64(len(f.Buckets())))
	for i := range f.Buckets() {
		b := &f.Buckets()[i]
		w.int(b.Number)
		w.int(w.base - b.AsOf)
		w.int(b.N)
		encodeSum(w, b.Sum)
		w.float(b.Min)
		w.float(b.Max)
		order, members, err := b.Sketches()
		if err != nil {
			return err
		}
		w.bytes(order)
		w.bytes(members)
	}
	return nil
}

// encodeSum writes a whole number of usual size in few bytes.
func encodeSum(w *writer, sum aggregate.Sum) {
	v := sum.Float()
	var again aggregate.Sum
	again.Add(v)
	if again.Equal(sum) {
		w.uint(0)
		w.float(v)
		return
	}
	w.uint(1)
	for _, word := range sum.Words() {
		w.fixed(word)
	}
}

func (l *voices) encode(w *writer) {
	w.uint(uint64(len(l.senders)))
	for _, x := range l.senders {
		w.string(x.name)
		w.int(x.n)
		w.int(w.base - x.at)
	}
	w.uint(uint64(len(l.claims)))
	for _, c := range l.claims {
		w.string(c.source)
		w.float(c.value)
		encodeOrder(w, c.order)
	}
}

func encodeOrder(w *writer, o series.Order) {
	w.int(w.base - o.At)
	w.int(w.base - int64(o.Ms))
	w.uint(o.Seq)
	w.int(int64(o.Item))
	w.int(int64(o.Stream))
}

func (s *State) eachFigure(f func(Pair, *stands)) {
	for place, at := range s.figures.at {
		for a, i := range at {
			if i > 0 {
				f(Pair{indicator.Place(place), area.Index(a)}, &s.figures.list[i-1])
			}
		}
	}
}

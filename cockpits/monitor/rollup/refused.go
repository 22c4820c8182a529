package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// refused counts readings that could not be used, by measure and area, in
// stretches of ten minutes of the last 24 hours.
type refused struct {
	at    map[refusedKey][]stretch
	order []refusedKey // of first appearance, for forgetting
}

type refusedKey struct {
	measure indicator.Index
	area    area.Index
}

type stretch struct {
	number int64
	n      int64
}

// How long rejections are counted, in what steps, and for how many pairs of
// measure and area at most.
const (
	refusedFor   = 24 * 3_600_000
	refusedStep  = 600_000
	refusedPairs = 20_000
)

// Refuse counts a reading that could not be used and that named a measure and
// an area of the district; at is the time of its entry, Unix ms.
func (s *State) Refuse(measure, where string, at int64) {
	m, known := s.cat.Measure(measure)
	a, found := s.tree.Lookup(where)
	if known && found {
		s.refused.add(refusedKey{m, a}, stretch{number: at / refusedStep, n: 1})
	}
}

func (r *refused) add(key refusedKey, x stretch) {
	if r.at == nil {
		r.at = make(map[refusedKey][]stretch)
	}
	list, known := r.at[key]
	if !known {
		if len(r.order) >= refusedPairs {
			delete(r.at, r.order[0])
			r.order = r.order[1:]
		}
		r.order = append(r.order, key)
	}
	for i := range list {
		if list[i].number == x.number {
			list[i].n += x.n
			return
		}
	}
	kept := list[:0]
	for _, old := range list {
		if old.number > x.number-refusedFor/refusedStep {
			kept = append(kept, old)
		}
	}
	r.at[key] = append(kept, x)
}

// Refused is how many readings of a measure at an area and below could not be
// used in the last 24 hours.
func (s *State) Refused(m indicator.Index, a area.Index) int64 {
	since := (s.now - refusedFor) / refusedStep
	var n int64
	for key, list := range s.refused.at {
		if key.measure != m || !s.tree.Within(a, key.area) {
			continue
		}
		for _, x := range list {
			if x.number > since {
				n += x.n
			}
		}
	}
	return n
}

package aggregate

import "errors"

// Need says what a summary must keep besides count and sum.
type Need uint8

// The needs.
const (
	Totals  Need = iota // count and sum only
	Ends                // smallest and largest too
	Ranks               // a sketch of the values' order too
	Members             // a sketch of distinct members instead
)

// Summary is what a set of observations comes to. Summaries of the same need
// merge in any order with the same result. The zero value is empty.
type Summary struct {
	N        int64
	Sum      Sum
	Min, Max float64 // with Ends and N > 0
	order    *order
	members  *members
}

// Observe adds one value.
func (s *Summary) Observe(v float64, need Need) {
	switch need {
	case Ends:
		s.stretch(v, v)
	case Ranks:
		if s.order == nil {
			s.order = newOrder()
		}
		s.order.add(v)
	}
	s.N++
	s.Sum.Add(v)
}

// Join adds one member, given by its keyed hash.
func (s *Summary) Join(hash uint64) {
	if s.members == nil {
		s.members = newMembers()
	}
	s.N++
	s.members.add(hash)
}

// Merge adds another summary and leaves that one as it was.
func (s *Summary) Merge(o *Summary) {
	if o.N == 0 {
		return
	}
	s.stretch(o.Min, o.Max)
	s.N += o.N
	s.Sum.Merge(o.Sum)
	if o.order != nil {
		if s.order == nil {
			s.order = newOrder()
		}
		s.order.merge(o.order)
	}
	if o.members != nil {
		if s.members == nil {
			s.members = newMembers()
		}
		s.members.merge(o.members)
	}
}

func (s *Summary) stretch(low, high float64) {
	if s.N == 0 || low < s.Min {
		s.Min = low
	}
	if s.N == 0 || high > s.Max {
		s.Max = high
	}
}

// Mean is the mean of all values; N must be > 0.
func (s *Summary) Mean() float64 { return s.Sum.Float() / float64(s.N) }

// Quantile is the smallest value with at least the share q of all at or below
// it, ± 1 % of it; N must be > 0 and the need Ranks.
func (s *Summary) Quantile(q float64) float64 { return s.order.quantile(q) }

// Distinct estimates the number of different members, with a standard error
// of at most 0.9 %.
func (s *Summary) Distinct() float64 {
	if s.members == nil {
		return 0
	}
	return s.members.count()
}

// Sketches are the bytes of a summary's sketches, for storing; both may be nil.
func (s *Summary) Sketches() (order, members []byte, err error) {
	if s.order != nil {
		order = s.order.bytes()
	}
	if s.members != nil {
		members, err = s.members.bytes()
	}
	return order, members, err
}

// Restore puts stored sketches back. The bytes must have been proven whole.
func (s *Summary) Restore(orderBytes, memberBytes []byte) error {
	var errs [2]error
	if len(orderBytes) > 0 {
		s.order, errs[0] = orderFrom(orderBytes)
	}
	if len(memberBytes) > 0 {
		s.members, errs[1] = membersFrom(memberBytes)
	}
	return errors.Join(errs[0], errs[1])
}

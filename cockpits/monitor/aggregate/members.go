package aggregate

import (
	"fmt"

	"github.com/axiomhq/hyperloglog"
)

// precision gives 2¹⁴ registers: a standard error of 0.81 %.
const precision = 14

// members is a sketch of distinct members: HyperLogLog, whose union is exact.
// Members come as keyed hashes; nobody can be read out of it.
type members struct{ sketch *hyperloglog.Sketch }

func newMembers() *members {
	s, err := hyperloglog.NewSketch(precision, true)
	if err != nil {
		panic("aggregate: precision is a constant in range: " + err.Error())
	}
	return &members{s}
}

func (m *members) add(hash uint64) { m.sketch.InsertHash(hash) }

func (m *members) merge(o *members) {
	if err := m.sketch.Merge(o.sketch); err != nil {
		panic("aggregate: all sketches have one precision: " + err.Error())
	}
}

func (m *members) count() float64 { return float64(m.sketch.Estimate()) }

func (m *members) bytes() ([]byte, error) {
	b, err := m.sketch.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("store a sketch of members: %w", err)
	}
	return b, nil
}

func membersFrom(b []byte) (*members, error) {
	m := newMembers()
	if err := m.sketch.UnmarshalBinary(b); err != nil {
		return nil, fmt.Errorf("read a sketch of members: %w", err)
	}
	return m, nil
}

package aggregate

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/DataDog/sketches-go/ddsketch"
	"github.com/DataDog/sketches-go/ddsketch/mapping"
	"github.com/DataDog/sketches-go/ddsketch/store"
)

// accuracy is the relative error of a quantile.
const accuracy = 0.01

// least is the smallest size that a sketch tells from 0. With the door's limit
// of 1e15 it bounds a sketch to 12,700 bins of two per cent for either sign;
// usual ones take 2 KB.
const least = 1e-40

// order is a sketch of the values' order: DDSketch (Masson, Rim, Lee, VLDB
// 2019), whose merges are exact, so that order never matters.
type order struct{ sketch *ddsketch.DDSketch }

func newOrder() *order {
	m, err := mapping.NewLogarithmicMapping(accuracy)
	if err != nil {
		panic("aggregate: accuracy is a constant in range: " + err.Error())
	}
	return &order{ddsketch.NewDDSketch(m, store.NewBufferedPaginatedStore(), store.NewBufferedPaginatedStore())}
}

func (o *order) add(v float64) {
	if math.Abs(v) < least {
		v = 0
	}
	if err := o.sketch.Add(v); err != nil {
		panic("aggregate: values are bounded at the door: " + err.Error())
	}
}

func (o *order) merge(p *order) {
	if err := o.sketch.MergeWith(p.sketch); err != nil {
		panic("aggregate: all sketches have one mapping: " + err.Error())
	}
}

// quantile asks for the bin that holds the ⌈q·n⌉-th value. The library counts
// ranks from 0, takes q·(n−1), and counts the negative ones from the other end;
// a quarter of a rank keeps rounding on the right side of either.
func (o *order) quantile(q float64) float64 {
	n := o.sketch.GetCount()
	if n <= 1 {
		return o.at(0)
	}
	rank := max(0, math.Ceil(q*n-1e-9)-1)
	if rank < o.sketch.GetNegativeValueStore().TotalCount() {
		rank -= 0.25
	} else {
		rank += 0.25
	}
	return o.at(min(1, max(0, rank/(n-1))))
}

func (o *order) at(q float64) float64 {
	v, err := o.sketch.GetValueAtQuantile(q)
	if err != nil {
		return math.NaN()
	}
	return v
}

// bytes lists the bins as (value, count) pairs: the library's own form is not
// safe to read back (its issue 85).
func (o *order) bytes() []byte {
	var out []byte
	o.sketch.ForEach(func(value, count float64) bool {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(value))
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(count))
		return false
	})
	return out
}

func orderFrom(b []byte) (*order, error) {
	if len(b)%16 != 0 {
		return nil, errors.New("a quantile sketch is not whole")
	}
	o := newOrder()
	for ; len(b) > 0; b = b[16:] {
		value := math.Float64frombits(binary.LittleEndian.Uint64(b))
		count := math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))
		if err := o.sketch.AddWithCount(value, count); err != nil {
			return nil, errors.New("a quantile sketch holds a value out of range")
		}
	}
	return o, nil
}

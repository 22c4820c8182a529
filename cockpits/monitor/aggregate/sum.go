// Package aggregate is summaries that merge in any order: sum, mean, min, max,
// distinct, quantile.
package aggregate

import (
	"math"
	"math/bits"
)

// fraction is the number of binary digits that a Sum keeps after the point.
// 88 digits are left before it: 1e15, two to the 37th times.
const fraction = 104

// Sum is an exact sum of floating-point numbers: a fixed-point number of 192
// bits in two's complement. Adding and taking away in any order gives the same
// bits, so nothing is left of a huge value that came and went. What lies below
// 2⁻¹⁰⁴ of a term is cut off. The zero value is an empty sum.
type Sum struct{ hi, mid, lo uint64 }

// Add adds a finite number smaller than 2⁸⁷.
func (s *Sum) Add(v float64) {
	if v < 0 {
		s.minus(fixed(-v))
	} else {
		s.plus(fixed(v))
	}
}

// Sub takes a number away that was added before.
func (s *Sum) Sub(v float64) { s.Add(-v) }

// Merge adds another sum.
func (s *Sum) Merge(o Sum) { s.plus(o) }

// Unmerge takes another sum away.
func (s *Sum) Unmerge(o Sum) { s.minus(o) }

// Words are the sum's bits, the highest first, for storing.
func (s Sum) Words() [3]uint64 { return [3]uint64{s.hi, s.mid, s.lo} }

// FromWords is the inverse of Words.
func FromWords(w [3]uint64) Sum { return Sum{w[0], w[1], w[2]} }

func (s *Sum) plus(o Sum) {
	var c uint64
	s.lo, c = bits.Add64(s.lo, o.lo, 0)
	s.mid, c = bits.Add64(s.mid, o.mid, c)
	s.hi, _ = bits.Add64(s.hi, o.hi, c)
}

func (s *Sum) minus(o Sum) {
	var b uint64
	s.lo, b = bits.Sub64(s.lo, o.lo, 0)
	s.mid, b = bits.Sub64(s.mid, o.mid, b)
	s.hi, _ = bits.Sub64(s.hi, o.hi, b)
}

// fixed is v ≥ 0 as a fixed-point number.
func fixed(v float64) Sum {
	raw := math.Float64bits(v)
	exp := int(raw >> 52)
	m := raw & (1<<52 - 1)
	if exp == 0 {
		return Sum{} // zero, or far below the last digit
	}
	m |= 1 << 52
	shift := exp - 1075 + fraction
	switch {
	case shift <= -64:
		return Sum{}
	case shift < 0:
		return Sum{lo: m >> -shift}
	case shift < 64:
		return Sum{mid: m >> (64 - shift), lo: m << shift}
	case shift < 128:
		shift -= 64
		return Sum{hi: m >> (64 - shift), mid: m << shift}
	default:
		return Sum{hi: m << (shift - 128)}
	}
}

// Float is the sum, correctly rounded to the nearest float64.
func (s Sum) Float() float64 {
	neg := s.hi>>63 == 1
	if neg {
		var zero Sum
		zero.minus(s)
		s = zero
	}
	var top uint64
	var exp int
	switch {
	case s.hi != 0:
		n := bits.LeadingZeros64(s.hi)
		top = s.hi<<n | s.mid>>(64-n)
		exp = 128 - n - fraction
		if s.mid<<n != 0 || s.lo != 0 {
			top |= 1 // sticky: the conversion below rounds to nearest even
		}
	case s.mid != 0:
		n := bits.LeadingZeros64(s.mid)
		top = s.mid<<n | s.lo>>(64-n)
		exp = 64 - n - fraction
		if s.lo<<n != 0 {
			top |= 1
		}
	default:
		top, exp = s.lo, -fraction
	}
	v := math.Ldexp(float64(top), exp)
	if neg {
		return -v
	}
	return v
}

// Package aggregate is summaries that merge in any order: sum, mean, min, max,
// distinct, quantile.
package aggregate

import (
	"math"
	"math/bits"
)

// fraction is the number of binary digits that a Sum keeps after the point.
// 88 digits are left before it: 1e15, two to the 37th times.
const fraction = 168

// Sum is an exact sum of floating-point numbers. As long as all of them are
// whole and the sum is below 2⁶² it is an integer; from the first fraction on a
// fixed-point number of 256 bits in two's complement. Adding and taking away in
// any order gives the same number, so nothing is left of a huge value that came
// and went. What lies below 2⁻¹⁶⁸ (3e-51) of a term is cut off. The zero value
// is an empty sum.
type Sum struct {
	w    [4]uint64 // the lowest word first; of a whole sum w[0] is an int64
	wide bool
}

// whole is the greatest size of a whole number that is added to an integer.
const whole = 1 << 60

// Add adds a finite number smaller than 2⁸⁷.
func (s *Sum) Add(v float64) {
	if !s.wide {
		if n := int64(v); float64(n) == v && -whole < n && n < whole {
			if sum := int64(s.w[0]) + n; -4*whole < sum && sum < 4*whole {
				s.w[0] = uint64(sum)
				return
			}
		}
		s.widen()
	}
	s.add(v)
}

// widen makes an integer a fixed-point number.
func (s *Sum) widen() {
	n := int64(s.w[0])
	*s = Sum{wide: true}
	// An int64 may have more digits than a float64: in two halves it has not.
	s.add(float64(n >> 32 << 32))
	s.add(float64(n - n>>32<<32))
}

func (s *Sum) add(v float64) {
	m, word, shift := fixed(v)
	if m == 0 {
		return
	}
	low, high := m<<shift, m>>(64-shift)
	var c uint64
	if v < 0 {
		s.w[word], c = bits.Sub64(s.w[word], low, 0)
		if word++; word < 4 {
			s.w[word], c = bits.Sub64(s.w[word], high, c)
		}
		for word++; word < 4; word++ {
			s.w[word], c = bits.Sub64(s.w[word], 0, c)
		}
		return
	}
	s.w[word], c = bits.Add64(s.w[word], low, 0)
	if word++; word < 4 {
		s.w[word], c = bits.Add64(s.w[word], high, c)
	}
	for word++; word < 4; word++ {
		s.w[word], c = bits.Add64(s.w[word], 0, c)
	}
}

// Sub takes a number away that was added before.
func (s *Sum) Sub(v float64) { s.Add(-v) }

// Merge adds another sum.
func (s *Sum) Merge(o Sum) {
	if !s.wide && !o.wide {
		if sum := int64(s.w[0]) + int64(o.w[0]); -4*whole < sum && sum < 4*whole {
			s.w[0] = uint64(sum)
			return
		}
	}
	if !s.wide {
		s.widen()
	}
	if !o.wide {
		o.widen()
	}
	var c uint64
	for i := range s.w {
		s.w[i], c = bits.Add64(s.w[i], o.w[i], c)
	}
}

// Equal tells whether two sums are the same number.
func (s Sum) Equal(o Sum) bool { return s.Words() == o.Words() }

// Words are the sum's bits as a fixed-point number, the lowest first, for storing.
func (s Sum) Words() [4]uint64 {
	if !s.wide {
		s.widen()
	}
	return s.w
}

// FromWords is the inverse of Words.
func FromWords(w [4]uint64) Sum { return Sum{w: w, wide: true} }

// fixed is the size of v as m·2^(64·word+shift), counted from the last digit.
func fixed(v float64) (m uint64, word int, shift uint) {
	raw := math.Float64bits(v)
	exp := int(raw >> 52 & 0x7ff)
	m = raw & (1<<52 - 1)
	if exp == 0 {
		return 0, 0, 0 // zero, or far below the last digit
	}
	m |= 1 << 52
	at := exp - 1075 + fraction
	switch {
	case at <= -64:
		return 0, 0, 0
	case at < 0:
		return m >> -at, 0, 0
	}
	return m, at / 64, uint(at % 64)
}

// Float is the sum, correctly rounded to the nearest float64.
func (s *Sum) Float() float64 {
	if !s.wide {
		return float64(int64(s.w[0]))
	}
	return s.round()
}

func (s Sum) round() float64 {
	neg := s.w[3]>>63 == 1
	if neg {
		var b uint64
		for i := range s.w {
			s.w[i], b = bits.Sub64(0, s.w[i], b)
		}
	}
	top := 3
	for top > 0 && s.w[top] == 0 {
		top--
	}
	n := bits.LeadingZeros64(s.w[top])
	head := s.w[top] << n
	rest := uint64(0)
	if top > 0 {
		head |= s.w[top-1] >> (64 - n)
		rest = s.w[top-1] << n
	}
	for i := 0; i < top-1; i++ {
		rest |= s.w[i]
	}
	if rest != 0 {
		head |= 1 // sticky: the conversion rounds to nearest even
	}
	v := math.Ldexp(float64(head), 64*top-n-fraction)
	if neg {
		return -v
	}
	return v
}

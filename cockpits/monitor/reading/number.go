package reading

import (
	"math"
	"strconv"
)

// largest is the greatest size of a value that a sum still takes exactly enough.
const largest = 1e15

// smallest is the least size that a sum tells from 0 to within 1e-9 of it.
const smallest = 1e-40

// parseValue reads a decimal number:
//
//	[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?
//
// which is less than strconv takes (no NaN, no Inf, no hexadecimal, no
// underscores), and at most 1e15 in size. What is too small is 0; so is -0.
func parseValue(b []byte) (v float64, ok bool) {
	i, negative := 0, false
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		negative = b[0] == '-'
		i = 1
	}
	var mantissa uint64
	exact, seen := true, false
	digits := func() (n int) {
		for ; i < len(b) && b[i]-'0' <= 9; i++ {
			n++
			if mantissa > (1<<53)/10-1 {
				exact = false // it could pass 2^53
				continue
			}
			mantissa = mantissa*10 + uint64(b[i]-'0')
		}
		seen = seen || n > 0
		return n
	}
	digits()
	fraction := 0
	if i < len(b) && b[i] == '.' {
		i++
		fraction = digits()
	}
	if !seen {
		return 0, false
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		exact, seen = false, false
		if digits(); !seen {
			return 0, false
		}
	}
	if i != len(b) {
		return 0, false
	}
	if exact && fraction < len(tens) { // two exact numbers, so that one rounding is the right one
		v = float64(mantissa) / tens[fraction]
		if negative {
			v = -v
		}
	} else {
		var err error
		if v, err = strconv.ParseFloat(string(b), 64); err != nil {
			return 0, false
		}
	}
	switch size := math.Abs(v); {
	case size > largest:
		return 0, false
	case size < smallest:
		v = 0
	}
	return v + 0, true // -0 + 0 is 0
}

// tens are the powers of ten that a float64 holds exactly.
var tens = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// isNumber tells whether the bytes are a number as JSON writes them.
func isNumber(b []byte) bool {
	i := 0
	digits := func() bool {
		from := i
		for i < len(b) && b[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	if len(b) > 0 && b[0] == '-' {
		i = 1
	}
	if i < len(b) && b[i] == '0' {
		i++
	} else if !digits() {
		return false
	}
	if i < len(b) && b[i] == '.' {
		i++
		if !digits() {
			return false
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(b)
}

package history

import (
	"encoding/binary"
	"errors"
	"math"
)

// block is a stretch of a line: the values at the ends of its steps. Most stand
// still most of the time, so what is written are runs of equal values: the step
// where a run begins, counted from the end of the one before, its length, and
// the value. A step that no run covers was not recorded; NaN is no value.
type block []slot

type slot struct {
	v     float64 // NaN: no value
	known bool
}

var errBlock = errors.New("a stored series is not whole")

func (b block) bytes() []byte {
	var out []byte
	end := 0
	for i := 0; i < len(b); {
		if !b[i].known {
			i++
			continue
		}
		j := i + 1
		for j < len(b) && b[j].known && same(b[j].v, b[i].v) {
			j++
		}
		out = binary.AppendUvarint(out, uint64(i-end))
		out = binary.AppendUvarint(out, uint64(j-i))
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(b[i].v))
		i, end = j, j
	}
	return out
}

func same(v, w float64) bool { return v == w || math.IsNaN(v) && math.IsNaN(w) }

// blockFrom reads a block of so many steps.
func blockFrom(raw []byte, steps int) (block, error) {
	b := make(block, steps)
	at := 0
	for len(raw) > 0 {
		skip, n := binary.Uvarint(raw)
		if n <= 0 || skip > uint64(steps-at) {
			return nil, errBlock
		}
		raw = raw[n:]
		length, n := binary.Uvarint(raw)
		if n <= 0 || len(raw) < n+8 || length > uint64(steps-at)-skip {
			return nil, errBlock
		}
		v := math.Float64frombits(binary.LittleEndian.Uint64(raw[n:]))
		raw = raw[n+8:]
		at += int(skip)
		for range length {
			b[at] = slot{v, true}
			at++
		}
	}
	return b, nil
}

package gazetteer

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

var errList = errors.New("a list of addresses is not whole")

// list is a posting that is being read: ascending places within a lot.
type list struct {
	raw  []byte
	last int
}

// next is the next place; more is false at the end, whole where what stands
// there was never written.
func (l *list) next() (at int, more, whole bool) {
	if len(l.raw) == 0 {
		return 0, false, true
	}
	skip, n := uint64(l.raw[0]), 1
	if skip >= 0x80 {
		skip, n = binary.Uvarint(l.raw)
	}
	if n <= 0 || skip >= uint64(lotSize-1-l.last) {
		return 0, false, false
	}
	l.last += int(skip) + 1
	l.raw = l.raw[n:]
	return l.last, true, true
}

// all appends the whole list.
func all(to []uint16, raw []byte) (_ []uint16, whole bool) {
	l := list{raw, -1}
	for {
		at, more, whole := l.next()
		if !more {
			return to, whole
		}
		to = append(to, uint16(at))
	}
}

// either appends what is in any of several lists, ascending, each once.
func either(to []uint16, raws [][]byte) (_ []uint16, whole bool) {
	const word = 64
	var marked [lotSize / word]uint64
	for _, raw := range raws {
		l := list{raw, -1}
		at, more, whole := l.next()
		for ; more; at, more, whole = l.next() {
			marked[at/word] |= 1 << (at % word)
		}
		if !whole {
			return to, false
		}
	}
	for i, w := range marked {
		for ; w != 0; w &= w - 1 {
			to = append(to, uint16(i*word+bits.TrailingZeros64(w)))
		}
	}
	return to, true
}

// both keeps, in place, what is in the list as well.
func both(left []uint16, raw []byte) (_ []uint16, whole bool) {
	l := list{raw, -1}
	kept := left[:0]
	at, more, whole := l.next()
	for _, v := range left {
		for more && at < int(v) {
			at, more, whole = l.next()
		}
		if !more {
			break
		}
		if at == int(v) {
			kept = append(kept, v)
		}
	}
	return kept, whole
}

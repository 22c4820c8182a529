package rollup

import (
	"encoding/binary"
	"errors"
	"math"
)

// writer appends small numbers in few bytes; a string that was written before
// is written as its number.
type writer struct {
	b     []byte
	known map[string]uint64
	base  int64 // Unix ms that instants are counted from: most lie near it
}

func (w *writer) uint(n uint64)  { w.b = binary.AppendUvarint(w.b, n) }
func (w *writer) int(n int64)    { w.b = binary.AppendVarint(w.b, n) }
func (w *writer) fixed(n uint64) { w.b = binary.LittleEndian.AppendUint64(w.b, n) }

// float writes whole numbers in few bytes, others in nine.
func (w *writer) float(v float64) {
	if n := int64(v); float64(n) == v && n > -1<<50 && n < 1<<50 && (n != 0 || !math.Signbit(v)) {
		w.uint(0)
		w.int(n)
		return
	}
	w.uint(1)
	w.fixed(math.Float64bits(v))
}

func (w *writer) bool(v bool) {
	if v {
		w.b = append(w.b, 1)
	} else {
		w.b = append(w.b, 0)
	}
}

func (w *writer) bytes(b []byte) {
	w.uint(uint64(len(b)))
	w.b = append(w.b, b...)
}

func (w *writer) string(s string) {
	if n, ok := w.known[s]; ok {
		w.uint(n)
		return
	}
	w.known[s] = uint64(len(w.known)) + 1
	w.uint(0)
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

// errCut says that the bytes end too early or hold what no writer writes.
var errCut = errors.New("the state's bytes are not whole")

// reader is the writer's inverse. After a fault everything reads as zero and
// err is set.
type reader struct {
	b     []byte
	known []string
	base  int64
	form  uint64
	err   error
}

func (r *reader) fail() {
	r.err = errCut
	r.b = nil
}

func (r *reader) uint() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) int() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) fixed() uint64 {
	if len(r.b) < 8 {
		r.fail()
		return 0
	}
	n := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return n
}

func (r *reader) float() float64 {
	if r.uint() == 0 {
		return float64(r.int())
	}
	return math.Float64frombits(r.fixed())
}

func (r *reader) bool() bool {
	if len(r.b) == 0 {
		r.fail()
		return false
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v == 1
}

func (r *reader) bytes() []byte {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) string() string {
	if n := r.uint(); n > 0 {
		if n > uint64(len(r.known)) {
			r.fail()
			return ""
		}
		return r.known[n-1]
	}
	s := string(r.bytes())
	if r.err == nil {
		r.known = append(r.known, s)
	}
	return s
}

// count reads how many things follow, each of at least one byte.
func (r *reader) count() int {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.fail()
		return 0
	}
	return int(n)
}

package stream

import (
	"errors"
	"math"
	"strconv"

	"citydeck/cockpits/monitor/reading"

	"github.com/cespare/xxhash/v2"
)

// reply walks over the raw answer to an XREAD of one stream, in either of the
// protocol's versions. Names and values are slices of it: nothing is copied.
type reply struct {
	raw    []byte
	at     int
	fields []reading.Field // used again for each entry
	hash   uint64          // of the last entry's fields, by which it is known again
}

var errReply = errors.New("an answer of Redis that is none to XREAD")

// begin goes to the first entry and tells how many there are.
func (r *reply) begin() (entries int, err error) {
	if len(r.raw) > 1 && r.raw[0] == '-' {
		return 0, answerError(firstWord(r.raw[1:]))
	}
	kind, n := r.head()
	switch {
	case n < 0 && (kind == '*' || kind == '_' || kind == '$'):
		return 0, nil // nothing new
	case kind == '*' && n == 1:
		if kind, n = r.head(); kind != '*' || n != 2 {
			return 0, errReply
		}
	case kind != '%' || n != 1:
		return 0, errReply
	}
	if _, ok := r.bulk(); !ok { // the stream's key
		return 0, errReply
	}
	if kind, n = r.head(); kind != '*' {
		return 0, errReply
	}
	return max(n, 0), nil
}

// list goes to the first entry of an answer to XRANGE and tells how many there are.
func (r *reply) list() (entries int, err error) {
	if len(r.raw) > 1 && r.raw[0] == '-' {
		return 0, answerError(firstWord(r.raw[1:]))
	}
	kind, n := r.head()
	if kind != '*' {
		return 0, errReply
	}
	return max(n, 0), nil
}

// next reads one entry. Its fields are valid until the next one is read.
func (r *reply) next() (id reading.EntryID, fields []reading.Field, err error) {
	if kind, n := r.head(); kind != '*' || n != 2 {
		return id, nil, errReply
	}
	text, ok := r.bulk()
	if ok {
		id, ok = parseID(text)
	}
	kind, n := r.head()
	if !ok || kind != '*' && kind != '%' {
		return id, nil, errReply
	}
	if kind == '%' {
		n *= 2
	}
	r.fields = r.fields[:0]
	from := r.at
	for range n / 2 {
		name, ok := r.bulk()
		value, ok2 := r.bulk()
		if !ok || !ok2 {
			return id, nil, errReply
		}
		r.fields = append(r.fields, reading.Field{Name: name, Value: value})
	}
	r.hash = xxhash.Sum64(r.raw[min(from, len(r.raw)):min(r.at, len(r.raw))])
	return id, r.fields, nil
}

// head reads a line such as *2 or $5; -1 elements are none.
func (r *reply) head() (kind byte, n int) {
	if r.at >= len(r.raw) {
		return 0, 0
	}
	kind = r.raw[r.at]
	i := r.at + 1
	negative := kind == '_'
	for ; i < len(r.raw) && r.raw[i] != '\r'; i++ {
		switch c := r.raw[i]; {
		case c == '-':
			negative = true
		case c-'0' <= 9 && n < math.MaxInt32:
			n = n*10 + int(c-'0')
		default:
			return 0, 0
		}
	}
	r.at = i + 2
	if negative {
		n = -1
	}
	return kind, n
}

func (r *reply) bulk() ([]byte, bool) {
	kind, n := r.head()
	if kind != '$' || n < 0 || r.at+n+2 > len(r.raw) {
		return nil, false
	}
	b := r.raw[r.at : r.at+n : r.at+n]
	r.at += n + 2
	return b, true
}

// parseID reads `1756353600000-0`.
func parseID[T ~string | ~[]byte](b T) (id reading.EntryID, ok bool) {
	n, dashes, digits := uint64(0), 0, 0
	for i := range len(b) {
		switch c := b[i]; {
		case c == '-' && dashes == 0 && digits > 0:
			id.Ms, n, dashes, digits = n, 0, 1, 0
		case c-'0' <= 9 && n <= (math.MaxUint64-uint64(c-'0'))/10:
			n = n*10 + uint64(c-'0')
			digits++
		default:
			return id, false
		}
	}
	id.Seq = n
	return id, dashes == 1 && digits > 0
}

// formatID writes an id as Redis does.
func formatID(id reading.EntryID) string {
	b := strconv.AppendUint(make([]byte, 0, 24), id.Ms, 10)
	return string(strconv.AppendUint(append(b, '-'), id.Seq, 10))
}

func firstWord(line []byte) string {
	for i, c := range line {
		if c == ' ' || c == '\r' || c == '\n' {
			line = line[:i]
			break
		}
	}
	return string(line)
}

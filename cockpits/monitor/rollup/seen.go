package rollup

import (
	"encoding/binary"
	"slices"
	"time"

	"citydeck/cockpits/monitor/reading"

	"github.com/cespare/xxhash/v2"
)

// seen remembers idempotency keys for a while of stream time, at most so many:
// past that the oldest are forgotten. A key is kept as a 64-bit hash, 16 bytes
// and its place in the map.
type seen struct {
	window int64 // ms
	limit  int
	when   map[uint64]int64
	queue  []mark
	head   int
	newest int64
}

type mark struct {
	hash uint64
	at   int64 // the time of the entry, Unix ms
}

func newSeen(window time.Duration, limit int) seen {
	return seen{window: window.Milliseconds(), limit: limit, when: make(map[uint64]int64)}
}

// repeated tells whether the reading's key is known, and remembers it if not.
func (s *seen) repeated(r *reading.Reading) bool {
	at := int64(r.Origin.Entry.Ms)
	s.newest = max(s.newest, at)
	s.forget()
	h := keyOf(r)
	if first, known := s.when[h]; known && at-first <= s.window && first-at <= s.window {
		return true
	}
	s.when[h] = at
	s.queue = append(s.queue, mark{h, at})
	return false
}

func (s *seen) forget() {
	for s.head < len(s.queue) {
		m := s.queue[s.head]
		if s.newest-m.at <= s.window && len(s.queue)-s.head <= s.limit {
			break
		}
		if s.when[m.hash] == m.at {
			delete(s.when, m.hash)
		}
		s.head++
	}
	if s.head > 4096 && s.head > len(s.queue)/2 {
		s.queue = slices.Clone(s.queue[s.head:]) // a capture may hold the old one
		s.head = 0
	}
}

func keyOf(r *reading.Reading) uint64 {
	var fixed [8]byte
	binary.LittleEndian.PutUint32(fixed[:], uint32(r.Measure))
	binary.LittleEndian.PutUint32(fixed[4:], uint32(r.Area))
	var d xxhash.Digest
	d.Reset()
	_, _ = d.Write(fixed[:]) // a hash never fails
	_, _ = d.WriteString(r.ID)
	return d.Sum64()
}

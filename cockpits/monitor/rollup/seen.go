package rollup

import (
	"encoding/binary"
	"slices"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"

	"github.com/cespare/xxhash/v2"
)

// seen remembers idempotency keys for a while of stream time, at most so many:
// past that the oldest of the longest stream are forgotten. Each stream has its
// own time, so that one that lags behind the others forgets no sooner. A key is
// kept as a 64-bit hash, 16 bytes and its place in the map.
type seen struct {
	window int64 // ms
	limit  int
	when   map[uint64]int64
	queues []queue // by stream
	n      int
}

// queue is one stream's keys in the order in which they came.
type queue struct {
	marks  []mark
	head   int
	newest int64 // the stream's own time, Unix ms
}

type mark struct {
	hash uint64
	at   int64 // the time of the entry, Unix ms
}

func newSeen(window time.Duration, limit int) seen {
	return seen{window: window.Milliseconds(), limit: limit, when: make(map[uint64]int64)}
}

// repeated tells whether a key is known.
func (s *seen) repeated(hash uint64, r *reading.Reading) bool {
	at := int64(r.Origin.Entry.Ms)
	first, known := s.when[hash]
	return known && at-first <= s.window && first-at <= s.window
}

// remember keeps a key.
func (s *seen) remember(hash uint64, r *reading.Reading) {
	at := int64(r.Origin.Entry.Ms)
	q := s.queue(r.Origin.Stream)
	q.newest = max(q.newest, at)
	for q.head < len(q.marks) && q.newest-q.marks[q.head].at > s.window {
		s.forget(q)
	}
	s.when[hash] = at
	q.marks = append(q.marks, mark{hash, at})
	s.n++
	for s.n > s.limit {
		longest := q
		for i := range s.queues {
			if o := &s.queues[i]; len(o.marks)-o.head > len(longest.marks)-longest.head {
				longest = o
			}
		}
		s.forget(longest)
	}
}

func (s *seen) queue(stream int16) *queue {
	for len(s.queues) <= int(stream) {
		s.queues = append(s.queues, queue{})
	}
	return &s.queues[max(stream, 0)]
}

// forget drops a stream's oldest key.
func (s *seen) forget(q *queue) {
	m := q.marks[q.head]
	if s.when[m.hash] == m.at {
		delete(s.when, m.hash)
	}
	q.head++
	s.n--
	if q.head > 4096 && q.head > len(q.marks)/2 {
		q.marks = slices.Clone(q.marks[q.head:]) // a capture may still read the old ones
		q.head = 0
	}
}

// keyed is what the idempotency keys of a state are hashed with: by what measures
// and areas are called, since a changed district numbers them otherwise.
type keyed struct {
	measures, areas []uint64
	numbered        bool // keys that an older form hashed by numbers are among them
}

func newKeyed(tree *area.Tree, cat *indicator.Catalogue) keyed {
	k := keyed{measures: make([]uint64, len(cat.Measures)), areas: make([]uint64, tree.Len())}
	for i := range cat.Measures {
		k.measures[i] = xxhash.Sum64String(cat.Measures[i].ID)
	}
	for a := range k.areas {
		k.areas[a] = xxhash.Sum64String(tree.At(area.Index(a)).ID)
	}
	return k
}

// known tells whether a reading's key was seen; hash is what to remember it by.
func (s *State) known(r *reading.Reading) (hash uint64, known bool) {
	hash = keyOf(s.keyed.measures[r.Measure], s.keyed.areas[r.Area], r.ID)
	return hash, s.seen.repeated(hash, r) || s.keyed.numbered && s.seen.repeated(numberedKey(r), r)
}

func keyOf(measure, where uint64, id string) uint64 {
	var fixed [16]byte
	binary.LittleEndian.PutUint64(fixed[:], measure)
	binary.LittleEndian.PutUint64(fixed[8:], where)
	var d xxhash.Digest
	d.Reset()
	_, _ = d.Write(fixed[:]) // a hash never fails
	_, _ = d.WriteString(id)
	return d.Sum64()
}

// numberedKey is the hash that forms 1 and 2 had.
func numberedKey(r *reading.Reading) uint64 {
	var fixed [8]byte
	binary.LittleEndian.PutUint32(fixed[:], uint32(r.Measure))
	binary.LittleEndian.PutUint32(fixed[4:], uint32(r.Area))
	var d xxhash.Digest
	d.Reset()
	_, _ = d.Write(fixed[:]) // a hash never fails
	_, _ = d.WriteString(r.ID)
	return d.Sum64()
}

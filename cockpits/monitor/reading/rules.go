package reading

import (
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// The sizes of contracts §3, in bytes.
const (
	maxValue  = 64
	maxMember = 256
	maxPoint  = 128
	maxSource = 64
	maxID     = 128
	maxBatch  = 1 << 20
	maxDepth  = 32 // of a batch, its own brackets counted
)

// Ahead is how far ahead of its entry a reading may lie, and an entry ahead of
// the server's clock.
const Ahead = 5 * time.Minute

// Rules are what readings are checked against: which measures and areas there
// are, and how late is too late. They never change, and any number of decoders
// share them.
type Rules struct {
	measures map[string]measure
	areas    map[string]area.Index
	lateness int64 // ms
	hash     func([]byte) uint64
}

type measure struct {
	index indicator.Index
	kind  indicator.Kind
}

// NewRules draws the rules from a district. The hash is the keyed one of a
// member; it is called by several goroutines and keeps nothing of its argument.
func NewRules(c *indicator.Catalogue, t *area.Tree, lateness time.Duration, hash func([]byte) uint64) *Rules {
	r := &Rules{
		measures: make(map[string]measure, len(c.Measures)),
		areas:    make(map[string]area.Index, t.Len()),
		lateness: lateness.Milliseconds(),
		hash:     hash,
	}
	for i := range c.Measures {
		r.measures[c.Measures[i].ID] = measure{indicator.Index(i), c.Measures[i].Kind}
	}
	for i := range area.Index(t.Len()) {
		r.areas[t.At(i).ID] = i
	}
	return r
}

// Package reading is one value of one measure, checked; or the reason why not.
package reading

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// EntryID is a Redis stream entry's id: milliseconds and sequence number.
type EntryID struct{ Ms, Seq uint64 }

// Before tells whether an entry came before another one of the same stream.
func (e EntryID) Before(o EntryID) bool {
	return e.Ms < o.Ms || e.Ms == o.Ms && e.Seq < o.Seq
}

// Origin says where a reading stood: its order decides between equal instants.
type Origin struct {
	Entry  EntryID
	Item   int32 // place in the batch; 0 when flat
	Stream int16 // place of the stream in the settings
}

// Before orders readings of equal `at`: entry id, place in the batch, stream.
func (o Origin) Before(p Origin) bool {
	if o.Entry != p.Entry {
		return o.Entry.Before(p.Entry)
	}
	if o.Item != p.Item {
		return o.Item < p.Item
	}
	return o.Stream < p.Stream
}

// Reading is one value of one measure at one area (and point) at one instant
// from one source.
type Reading struct {
	Measure indicator.Index
	Area    area.Index
	Point   string // may be empty
	Source  string // may be empty
	ID      string // idempotency key, may be empty
	At      int64  // Unix ms
	Value   float64
	Member  uint64 // distinct only: the keyed hash of the member
	Gone    bool   // stock only: from At on the point no longer counts
	Origin  Origin
}

// Reason is the word for why a reading cannot be used.
type Reason string

// The reasons of contracts §3, in the order in which they are tried.
const (
	TooLarge       Reason = "too_large"
	Malformed      Reason = "malformed"
	UnknownMeasure Reason = "unknown_measure"
	UnknownArea    Reason = "unknown_area"
	BadTime        Reason = "bad_time"
	BadValue       Reason = "bad_value"
	TooLate        Reason = "too_late"
	InFuture       Reason = "in_future"
	TooMany        Reason = "too_many"
)

// Rejection is a reading that cannot be used.
type Rejection struct {
	Origin  Origin // Item is -1 when the batch could not be parsed
	Reason  Reason
	Detail  string
	Reading string // what came, as JSON, cut at 4 KiB, member masked
	Measure string // as it came, for explain; may be empty or unknown
	Area    string
	Source  string // as it came
}

// Batch is what one read of one stream gave, in the stream's order.
type Batch struct {
	Stream   int16
	Readings []Reading
	Rejected []Rejection
	Position EntryID // of the last entry in it
	Entries  int
	Newest   int64   // Unix ms: the time in the last entry's id
	Caught   bool    // whether what stood in the stream at start has been read
	Prints   []Print // of the entries in it, as far as they are new
	Index    int64   // as Mark.Index, up to Position
	Run      string  // as Mark.Run
	Gaps     []Gap   // noticed before these entries were read
	Worries  []Worry // that are new or over
	Rules    *Rules  // by which its readings are numbered; nil: by those of who reads it
}

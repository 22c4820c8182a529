package live

import (
	"github.com/go-json-experiment/json"
)

// op is what a screen says.
type op struct {
	Op      *string `json:"op"`
	Cockpit *string `json:"cockpit"`
	Epoch   *string `json:"epoch"`
	Seq     *uint64 `json:"seq"`

	Overflow []string `json:"overflow"` // shown: tiles that the wall has no room for
}

// The ops of the protocol; shown is a paired screen's and needs no answer.
const (
	subscribe   = "subscribe"
	unsubscribe = "unsubscribe"
	shown       = "shown"
)

// maxSeq is the greatest integer that JSON carries everywhere without loss.
const maxSeq = 1 << 53

// decode reads an op; detail says what is wrong with it, in words that need no
// knowledge of this program.
func decode(text []byte) (o op, c code, detail string) {
	if err := json.Unmarshal(text, &o); err != nil {
		return op{}, malformed, "not a JSON object of the form {\"op\":…,\"cockpit\":…}, or a key of another type"
	}
	switch {
	case o.Op == nil:
		return o, malformed, "op is missing"
	case *o.Op != subscribe && *o.Op != unsubscribe && *o.Op != shown:
		return o, unknownOp, "op is none of subscribe, unsubscribe, shown"
	case o.Cockpit == nil:
		return o, malformed, "cockpit is missing"
	case o.Seq != nil && *o.Seq > maxSeq:
		return o, malformed, "seq is beyond 2^53"
	case *o.Op == shown && o.Seq == nil:
		return o, malformed, "seq is missing"
	}
	return o, "", ""
}

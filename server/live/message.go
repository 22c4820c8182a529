package live

import (
	"encoding/json"
	"sync"

	"citydeck/cockpits/tile"
)

// hello is the first message on every socket.
type hello struct {
	Op    string `json:"op"`
	Build string `json:"build"`
	Now   int64  `json:"now"` // Unix ms
	Ready bool   `json:"ready"`
	Demo  bool   `json:"demo"`
}

// problem is what a screen did that can't be done; the connection stays.
type problem struct {
	Op      string `json:"op"`
	Code    code   `json:"code"`
	Detail  string `json:"detail"`
	Cockpit string `json:"cockpit,omitempty"`
	Retry   int64  `json:"retry_ms,omitempty"` // busy: when to come back
}

// code is the word for a problem.
type code string

const (
	malformed       code = "malformed"
	unknownOp       code = "unknown_op"
	unknownCockpit  code = "unknown_cockpit"
	tooMany         code = "too_many"
	forbidden       code = "forbidden"
	unauthenticated code = "unauthenticated"
	busy            code = "busy"
)

// heartbeat is the district's sign of life as it stands on the wire.
type heartbeat struct {
	Op string `json:"op"`
	tile.Beat
}

// beat is the newest sign of life, and which it is.
type beat struct {
	n uint64
	tile.Beat
}

// encode writes a small message. These types can't fail.
func encode(v any) *message {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return framed(append(text(len(b)), b...))
}

// pulse keeps the encoded beat while its now is true.
type pulse struct {
	mu  sync.Mutex
	n   uint64
	now int64
	msg *message
}

// freshness is for how many ms an encoded beat's now counts as the present.
const freshness = 20

// message is the beat with the time at which it is sent.
func (p *pulse) message(b *beat, now int64) (msg *message, at int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.msg == nil || p.n != b.n || now-p.now > freshness || now < p.now {
		m := heartbeat{Op: "beat", Beat: b.Beat}
		m.Now = now
		p.n, p.now, p.msg = b.n, now, encode(m)
	}
	return p.msg, p.now
}

package live

import (
	"strconv"
	"sync"

	"citydeck/cockpits/board"
)

// edition is one published state of a cockpit, with the messages that screens
// have needed of it. It goes when the next one is published.
type edition struct {
	id      uint64 // of all editions
	cockpit string
	epoch   string
	layout  string
	board   *board.Board
	encodes *encodes

	mu       sync.Mutex
	snapshot []byte            // guarded by mu; nil: not needed yet
	deltas   map[uint64][]byte // guarded by mu; by from
}

// maxDeltas bounds the messages that an edition keeps: screens stand at few
// different states, but for those who lie about it.
const maxDeltas = 64

// message brings a screen that has (epoch, seq) to this state: a delta when the
// board can say the difference, else a snapshot (from is 0 then). The bytes are
// shared and must not be changed.
func (e *edition) message(epoch string, seq uint64) (msg []byte, from uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if epoch == e.epoch {
		if msg := e.deltas[seq]; msg != nil {
			e.encodes.hit.Inc()
			return msg, seq
		}
		if patches, ok := e.board.Since(seq); ok {
			e.encodes.miss.Inc()
			b := e.head(`{"op":"delta","cockpit":`, 256+128*len(patches))
			b = strconv.AppendUint(append(b, `,"from":`...), seq, 10)
			b = append(e.state(b), `,"tiles":[`...)
			for i := range patches {
				b = patches[i].AppendJSON(comma(b, i))
			}
			b = append(b, "]}"...)
			if e.deltas == nil {
				e.deltas = make(map[uint64][]byte)
			}
			if len(e.deltas) < maxDeltas {
				e.deltas[seq] = b
			}
			return b, seq
		}
	}
	if e.snapshot != nil {
		e.encodes.hit.Inc()
		return e.snapshot, 0
	}
	e.encodes.miss.Inc()
	tiles := e.board.Snapshot()
	b := e.head(`{"op":"snapshot","cockpit":`, 256+512*len(tiles))
	b = strconv.AppendQuote(append(e.state(b), `,"layout":`...), e.layout)
	b = append(b, `,"tiles":[`...)
	for i, t := range tiles {
		b = t.AppendJSON(comma(b, i))
	}
	e.snapshot = append(b, "]}"...)
	return e.snapshot, 0
}

// head begins a message; ids and epochs need no escapes beyond Go's.
func (e *edition) head(op string, size int) []byte {
	b := append(make([]byte, 0, size), op...)
	b = strconv.AppendQuote(b, e.cockpit)
	return strconv.AppendQuote(append(b, `,"epoch":`...), e.epoch)
}

func (e *edition) state(b []byte) []byte {
	b = strconv.AppendUint(append(b, `,"seq":`...), e.board.Seq(), 10)
	return strconv.AppendInt(append(b, `,"at":`...), e.board.At(), 10)
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// joined keeps the frames that hold several messages, for one round: screens
// that watch the same cockpits from the same states share them.
type joined struct {
	mu     sync.Mutex
	round  uint64
	frames map[string][]byte // by the messages' keys
}

const maxJoined = 1024

// frame joins messages into one frame; key names them all.
func (j *joined) frame(key []byte, parts [][]byte, round uint64) []byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.round != round || j.frames == nil {
		j.round, j.frames = round, make(map[string][]byte)
	}
	if frame := j.frames[string(key)]; frame != nil {
		return frame
	}
	frame := join(parts)
	if len(j.frames) < maxJoined {
		j.frames[string(key)] = frame
	}
	return frame
}

// join makes one frame of messages: one stands alone, several in an array.
func join(parts [][]byte) []byte {
	if len(parts) == 1 {
		return parts[0]
	}
	size := 1
	for _, p := range parts {
		size += len(p) + 1
	}
	b := append(make([]byte, 0, size), '[')
	for i, p := range parts {
		b = append(comma(b, i), p...)
	}
	return append(b, ']')
}

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
	snapshot *message            // guarded by mu; nil: not needed yet
	deltas   map[uint64]*message // guarded by mu; by from
}

// maxDeltas bounds the messages that an edition keeps: screens stand at few
// different states, but for those who lie about it.
const maxDeltas = 64

// message brings a screen that has (epoch, seq) to this state: a delta when the
// board can say the difference, else a snapshot (from is 0 then).
func (e *edition) message(epoch string, seq uint64) (msg *message, from uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if epoch == e.epoch {
		if msg, some := e.deltas[seq]; some {
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
			msg := e.identified(append(b, "]}"...))
			if e.deltas == nil {
				e.deltas = make(map[uint64]*message)
			}
			if len(e.deltas) < maxDeltas {
				e.deltas[seq] = msg
			}
			return msg, seq
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
	e.snapshot = e.identified(append(b, "]}"...))
	return e.snapshot, 0
}

// identified frames a message that leads to this state.
func (e *edition) identified(b []byte) *message {
	m := framed(b)
	m.id = e.epoch + ":" + strconv.FormatUint(e.board.Seq(), 10)
	return m
}

// head begins a message; ids and epochs need no escapes beyond Go's.
func (e *edition) head(op string, size int) []byte {
	b := append(text(size), op...)
	b = strconv.AppendQuote(b, e.cockpit)
	return strconv.AppendQuote(append(b, `,"epoch":`...), e.epoch)
}

func (e *edition) state(b []byte) []byte {
	b = strconv.AppendUint(append(b, `,"seq":`...), e.board.Seq(), 10)
	return strconv.AppendInt(append(b, `,"at":`...), e.board.At(), 10)
}

// joined keeps the frames that hold several messages, for one round: screens
// that watch the same cockpits from the same states share them.
type joined struct {
	mu     sync.Mutex
	round  uint64
	frames map[string]*message // by their parts' keys
}

const maxJoined = 1024

// frame joins messages into one frame; key names them all.
func (j *joined) frame(key []byte, parts []*message, round uint64) *message {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.round != round || j.frames == nil {
		j.round, j.frames = round, make(map[string]*message)
	}
	if m, some := j.frames[string(key)]; some {
		return m
	}
	m := join(parts)
	if len(j.frames) < maxJoined {
		j.frames[string(key)] = m
	}
	return m
}

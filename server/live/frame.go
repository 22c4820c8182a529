package live

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"sync"
)

// Frames are written as ready bytes, header and all: the library would copy
// them through its buffer, compress them for each screen anew, and write long
// ones in parts. It keeps the handshake, reading, pings and the close.

// headroom is what a frame's header needs at most before the text.
const headroom = 10

// text is a message that is being encoded, with room for a header in front.
func text(size int) []byte { return make([]byte, headroom, headroom+size) }

// message is what goes out, in each of the forms that screens need. It is
// shared and never changed.
type message struct {
	text  []byte
	frame []byte     // text with a header before it
	id    string     // "epoch:seq" of the state that it leads to; empty: none
	parts []*message // of a joined one

	squeezed sync.Once
	packed   []byte // a compressed frame; nil: not worth it
	written  sync.Once
	event    []byte // as a server-sent event, or several
}

// framed puts a header into the room before the text.
func framed(b []byte) *message {
	const finalText = 0x81
	return &message{text: b[headroom:], frame: head(b, finalText)}
}

// head writes the header of an unmasked frame (RFC 6455 §5.2) into the room
// before its payload, and gives the frame.
func head(b []byte, first byte) []byte {
	size := len(b) - headroom
	var frame []byte
	switch {
	case size < 126:
		frame = b[headroom-2:]
		frame[1] = byte(size)
	case size < 1<<16:
		frame = b[headroom-4:]
		frame[1] = 126
		binary.BigEndian.PutUint16(frame[2:], uint16(size))
	default:
		frame = b
		frame[1] = 127
		binary.BigEndian.PutUint64(frame[2:], uint64(size))
	}
	frame[0] = first
	return frame
}

// join makes one message of many: one stands alone, several in an array.
func join(parts []*message) *message {
	if len(parts) == 1 {
		return parts[0]
	}
	size := 1
	for _, p := range parts {
		size += len(p.text) + 1
	}
	b := append(text(size), '[')
	for i, p := range parts {
		b = append(comma(b, i), p.text...)
	}
	m := framed(append(b, ']'))
	m.parts = append([]*message(nil), parts...)
	return m
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// press compresses frames, one at a time: its writer is large, and each frame
// is compressed once for all screens.
type press struct {
	mu  sync.Mutex
	w   *flate.Writer // guarded by mu
	out bytes.Buffer  // guarded by mu
}

// worthwhile is how long a text must be before compressing it pays.
const worthwhile = 256

// small is the message as a frame for screens that agreed to permessage-deflate
// without context (RFC 7692 §7.2.1), plain where that is shorter.
func (m *message) small(p *press) []byte {
	if len(m.text) < worthwhile {
		return m.frame
	}
	m.squeezed.Do(func() { m.packed = p.squeeze(m.text) })
	if m.packed == nil {
		return m.frame
	}
	return m.packed
}

// tail ends each flushed piece of deflate; frames leave it out.
const tail = "\x00\x00\xff\xff"

func (p *press) squeeze(text []byte) []byte {
	const finalCompressedText = 0xc1
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out.Reset()
	if p.w == nil {
		p.w, _ = flate.NewWriter(&p.out, flate.BestSpeed) // fails only for unknown levels
	} else {
		p.w.Reset(&p.out)
	}
	_, _ = p.w.Write(text) // a buffer doesn't fail
	_ = p.w.Flush()
	packed := bytes.TrimSuffix(p.out.Bytes(), []byte(tail))
	if len(packed) >= len(text) {
		return nil
	}
	b := make([]byte, headroom, headroom+len(packed))
	return head(append(b, packed...), finalCompressedText)
}

// told is the message as server-sent events, one a message.
func (m *message) told() []byte {
	m.written.Do(func() {
		if m.parts == nil && m.event == nil {
			m.event = eventOf(m)
		}
		for _, p := range m.parts {
			m.event = append(m.event, p.told()...)
		}
	})
	return m.event
}

// eventOf writes one event; JSON of ours has no line breaks.
func eventOf(m *message) []byte {
	b := make([]byte, 0, len(m.text)+len(m.id)+16)
	if m.id != "" {
		b = append(append(append(b, "id: "...), m.id...), '\n')
	}
	return append(append(append(b, "data: "...), m.text...), "\n\n"...)
}

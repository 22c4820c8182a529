package live

import "encoding/binary"

// Frames are written as ready bytes, header and all, with one write each: the
// library would copy them through its buffer and write frames over 4 KiB in two
// parts, for each screen anew. It keeps the handshake, reading, pings and the
// close; its control frames too are one write each, so none is torn.

// headroom is what a frame's header needs at most before the text.
const headroom = 10

// text is a message that is being encoded, with room for a header in front.
func text(size int) []byte { return make([]byte, headroom, headroom+size) }

// message is what goes out: text, and the same bytes with a header before them.
// It is shared and never changed.
type message struct {
	text  []byte
	frame []byte
}

// framed puts the header of an unmasked, whole text frame (RFC 6455 §5.2) into
// the room before the text.
func framed(b []byte) message {
	const finalText = 0x81
	size := len(b) - headroom
	var head []byte
	switch {
	case size < 126:
		head = b[headroom-2:]
		head[1] = byte(size)
	case size < 1<<16:
		head = b[headroom-4:]
		head[1] = 126
		binary.BigEndian.PutUint16(head[2:], uint16(size))
	default:
		head = b
		head[1] = 127
		binary.BigEndian.PutUint64(head[2:], uint64(size))
	}
	head[0] = finalText
	return message{text: b[headroom:], frame: head}
}

// join makes one message of many: one stands alone, several in an array.
func join(parts []message) message {
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
	return framed(append(b, ']'))
}

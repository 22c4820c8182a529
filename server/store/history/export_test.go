package history

import "hash"

// Version is the present one of checkpoint files.
const Version = version

// Framed is a checkpoint file of a version with this payload.
func Framed(form uint32, payload []byte) []byte {
	return append(head(form, uint64(len(payload)), func(h hash.Hash) { _, _ = h.Write(payload) }), payload...)
}

// Unframe is unframe.
func Unframe(b []byte) (uint32, []byte, error) { return unframe(b) }

// Blocks writes a stretch of values and reads it again.
func Blocks(raw []byte, steps int) ([]byte, error) {
	b, err := blockFrom(raw, steps)
	if err != nil {
		return nil, err
	}
	return b.bytes(), nil
}

package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
)

// A checkpoint file is magic, version, length of the payload, the SHA-256 of
// all of that and the payload, and the payload. Nothing of it is decoded before
// the sum is proven.
const (
	magic   = "citydeck"
	version = 2 // 1 had the state in its first form
	header  = len(magic) + 4 + 8 + sha256.Size
)

var (
	// ErrBroken says that a checkpoint file is not what was written.
	ErrBroken = errors.New("the checkpoint is damaged")
	// ErrNewer says that a newer program has written it.
	ErrNewer = errors.New("a newer version of this program has written the checkpoint")
)

// frame is the header of a payload that lies in pieces.
func frame(parts [][]byte) []byte {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	return head(version, uint64(size), func(h hash.Hash) {
		for _, p := range parts {
			_, _ = h.Write(p) // a hash never fails
		}
	})
}

func head(form uint32, size uint64, payload func(hash.Hash)) []byte {
	b := append(make([]byte, 0, header), magic...)
	b = binary.BigEndian.AppendUint32(b, form)
	b = binary.BigEndian.AppendUint64(b, size)
	h := sha256.New()
	_, _ = h.Write(b) // a hash never fails
	payload(h)
	return h.Sum(b)
}

// unframe proves a file's bytes and returns the payload, a piece of them.
func unframe(b []byte) (form uint32, payload []byte, err error) {
	if len(b) < header || string(b[:len(magic)]) != magic {
		return 0, nil, fmt.Errorf("%w: it does not begin as one", ErrBroken)
	}
	form = binary.BigEndian.Uint32(b[len(magic):])
	payload = b[header:]
	want := head(form, binary.BigEndian.Uint64(b[len(magic)+4:]), func(h hash.Hash) { _, _ = h.Write(payload) })
	if !bytes.Equal(want, b[:header]) {
		return 0, nil, fmt.Errorf("%w: its sum is another one", ErrBroken)
	}
	if size := binary.BigEndian.Uint64(b[len(magic)+4:]); size != uint64(len(payload)) {
		return 0, nil, fmt.Errorf("%w: %d bytes instead of %d", ErrBroken, len(payload), size)
	}
	if form > version {
		return 0, nil, fmt.Errorf("%w: its version is %d, this program knows %d", ErrNewer, form, version)
	}
	return form, payload, nil
}

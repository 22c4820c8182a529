//go:build unix

package live

import (
	"errors"
	"syscall"
)

// nib writes once and never waits. It is kept, since its function would be
// made anew for each frame.
type nib struct {
	bytes []byte
	wrote int
	err   error
	once  func(fd uintptr) bool
}

func newNib() *nib {
	n := &nib{}
	n.once = func(fd uintptr) bool {
		for {
			n.wrote, n.err = syscall.Write(int(fd), n.bytes)
			if !errors.Is(n.err, syscall.EINTR) {
				return true // done, though not with everything: who calls doesn't wait
			}
		}
	}
	return n
}

func (n *nib) write(raw syscall.RawConn, b []byte) (int, error) {
	n.bytes = b
	err := raw.Write(n.once)
	n.bytes = nil
	switch {
	case err != nil:
		return 0, err
	case errors.Is(n.err, syscall.EAGAIN):
		return 0, nil
	case n.err != nil:
		return 0, n.err
	}
	return n.wrote, nil
}

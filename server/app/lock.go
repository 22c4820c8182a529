package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// lock makes the folder of the program's own files and takes it for this
// process alone. The kernel lets the lock go when the process ends, however.
func lock(dir string) (unlock func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data.dir = %q: %w", dir, err)
	}
	name := filepath.Join(dir, "lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the folder
	if err != nil {
		return nil, fmt.Errorf("data.dir = %q: %w", dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer func() { _ = f.Close() }() // nothing was written
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("data.dir = %q: lock %s: %w", dir, name, err)
		}
		return nil, fmt.Errorf("data.dir = %q is used by another process%s: stop it, or set another data.dir", dir, owner(f))
	}
	if err := errors.Join(f.Truncate(0), write(f)); err != nil {
		return nil, errors.Join(fmt.Errorf("data.dir = %q: %w", dir, err), f.Close())
	}
	return f.Close, nil
}

// write notes who holds the lock, for a person who looks.
func write(f *os.File) error {
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// owner reads who holds the lock.
func owner(f *os.File) string {
	text := make([]byte, 16)
	n, _ := f.ReadAt(text, 0) // whoever it is: it is held
	pid, err := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (%d)", pid)
}

package history_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"citydeck/server/store/history"
)

// brittle is a disk on which the nth thing fails; writes that fail were half done.
type brittle struct {
	history.Local
	left int
	err  error
}

func (b *brittle) fails() bool { b.left--; return b.left == 0 }

func (b *brittle) Create(path string) (history.File, error) {
	if b.fails() {
		return nil, b.err
	}
	f, err := b.Local.Create(path)
	return &brittleFile{f, b}, err
}

func (b *brittle) Rename(from, to string) error {
	if b.fails() {
		return b.err
	}
	return b.Local.Rename(from, to)
}

func (b *brittle) SyncDir(dir string) error {
	if b.fails() {
		return b.err
	}
	return b.Local.SyncDir(dir)
}

type brittleFile struct {
	history.File
	disk *brittle
}

func (f *brittleFile) Write(p []byte) (int, error) {
	if f.disk.fails() {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, f.disk.err
	}
	return f.File.Write(p)
}

func (f *brittleFile) Sync() error {
	if f.disk.fails() {
		return f.disk.err
	}
	return f.File.Sync()
}

func (f *brittleFile) Close() error {
	err := f.File.Close()
	if f.disk.fails() {
		return f.disk.err
	}
	return err
}

// Whatever fails while a checkpoint is written, the one before is there, the
// failure is said, and the next one succeeds.
func TestEachFaultOfTheDiskLeavesTheOlderCheckpoints(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]error{"full": syscall.ENOSPC, "broken": syscall.EIO} {
		steps := 0
		for nth := 1; ; nth++ {
			dir := t.TempDir()
			disk := &brittle{err: fault}
			c := checkpoints(t, dir, disk)
			save(t, c, 1, 2)
			disk.left = nth
			err := c.Save(numbered(3))
			if disk.left > 0 {
				break // nothing is left to fail
			}
			steps++
			if !errors.Is(err, fault) {
				t.Errorf("%s at step %d: %v", name, nth, err)
			}
			if taken, err := load(t, dir, false); taken != 2 || err != nil {
				t.Errorf("%s at step %d: loaded %d, %v, want 2", name, nth, taken, err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
				t.Errorf("%s at step %d: left %q", name, nth, left)
			}
			save(t, c, 3, 3)
			if taken, err := load(t, dir, false); taken != 3 || err != nil {
				t.Errorf("%s at step %d, once healed: loaded %d, %v, want 3", name, nth, taken, err)
			}
		}
		if steps < 6 {
			t.Errorf("%s: only %d steps failed", name, steps)
		}
	}
}

// killed is a disk that nothing reaches any more after the nth thing.
type killed struct {
	history.Local
	left int
}

var errKilled = errors.New("killed")

func (k *killed) alive() bool { k.left--; return k.left >= 0 }

func (k *killed) Create(path string) (history.File, error) {
	if !k.alive() {
		return nil, errKilled
	}
	f, err := k.Local.Create(path)
	return &killedFile{f, k}, err
}

func (k *killed) Rename(from, to string) error {
	if !k.alive() {
		return errKilled
	}
	return k.Local.Rename(from, to)
}

func (k *killed) Remove(path string) error {
	if !k.alive() {
		return errKilled
	}
	return k.Local.Remove(path)
}

type killedFile struct {
	history.File
	disk *killed
}

func (f *killedFile) Write(p []byte) (int, error) {
	if !f.disk.alive() {
		n, _ := f.File.Write(p[:len(p)/3])
		return n, errKilled
	}
	return f.File.Write(p)
}

func TestAKillAtAnyMomentLeavesAGoodCheckpoint(t *testing.T) {
	t.Parallel()
	for nth := range 40 {
		dir := t.TempDir()
		disk := &killed{left: nth}
		c, last := checkpoints(t, dir, disk), int64(0)
		for n := int64(1); n <= 6; n++ {
			if c.Save(numbered(n)) != nil {
				break
			}
			last = n
		}
		taken, err := load(t, dir, false)
		if err != nil || taken < last || taken > last+1 {
			t.Errorf("killed after %d things: loaded %d, %v, want %d", nth, taken, err, last)
		}
	}
}

package history

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"citydeck/server/store"
)

// Disk is what writing a checkpoint needs of a file system: a seam for faults.
type Disk interface {
	Create(path string) (File, error) // a new or emptied file that only its owner may read
	Rename(from, to string) error
	Remove(path string) error
	SyncDir(dir string) error // makes the folder's names last
}

// File is one that is being written.
type File interface {
	io.Writer
	Sync() error
	Close() error
}

// Local is the machine's own file system.
type Local struct{}

// Create makes or empties a file.
func (Local) Create(path string) (File, error) {
	return os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}

// Rename gives a file another name, in place of what had it.
func (Local) Rename(from, to string) error { return os.Rename(from, to) }

// Remove removes a file; that it is not there is no error.
func (Local) Remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// SyncDir makes a folder's names last.
func (Local) SyncDir(dir string) error { return store.SyncDir(dir) }

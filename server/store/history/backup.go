package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"citydeck/server/store"
)

// Backup copies all that is kept for the district into a folder, which must not
// exist yet; it is used on meanwhile. The copy is whole or not there. A database
// that is not a file is left to its own tools.
func (h *History) Backup(ctx context.Context, folder string) error {
	if _, err := os.Lstat(folder); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("back up to %s: %w", folder, os.ErrExist)
	}
	part := folder + ".part"
	if err := os.RemoveAll(part); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if err := os.MkdirAll(part, 0o700); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	err := h.copyTo(part)
	if err == nil && h.db.File() != "" {
		err = h.db.Copy(ctx, filepath.Join(part, "state.db"))
	}
	if err == nil {
		err = store.SyncDir(part)
	}
	if err == nil {
		err = os.Rename(part, folder)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("back up to %s: %w", folder, err), os.RemoveAll(part))
	}
	return store.SyncDir(filepath.Dir(folder))
}

// copyTo copies the checkpoints on disk. None is removed meanwhile.
func (c *Checkpoints) copyTo(folder string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.kept {
		if err := copyFile(c.path(k.number), folder); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(path, folder string) error {
	from, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()                                                                          // it was only read
	to, err := os.OpenFile(filepath.Join(folder, filepath.Base(path)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the folder, we the file
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Sync(), to.Close())
}

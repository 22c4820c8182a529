package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrForeign says that a database is not a file of ours.
var ErrForeign = errors.New("PostgreSQL is backed up by its own tools (pg_dump)")

// Copy writes the whole database, as it is at one instant, into a new file. It
// may be in use meanwhile. It refuses a file that exists, and fails with
// ErrForeign on PostgreSQL.
func (db *DB) Copy(ctx context.Context, to string) error {
	if db.File() == "" {
		return ErrForeign
	}
	if _, err := os.Lstat(to); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("copy the database to %s: %w", to, os.ErrExist)
	}
	part := to + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("copy the database: %w", err)
	}
	if err := claim(part); err != nil { // its mode is ours; an empty file is taken for none
		return err
	}
	if _, err := db.Read.ExecContext(ctx, "vacuum into ?", part); err != nil {
		return errors.Join(fmt.Errorf("copy the database to %s: %w", to, err), os.Remove(part))
	}
	return Settle(part, to)
}

// Settle gives a finished file its name so that it is there after a power cut,
// whole or not at all.
func Settle(part, to string) error {
	f, err := os.OpenFile(filepath.Clean(part), os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("settle %s: %w", to, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("settle %s: %w", to, err)
	}
	if err := os.Rename(part, to); err != nil {
		return fmt.Errorf("settle %s: %w", to, err)
	}
	return SyncDir(filepath.Dir(to))
}

// SyncDir makes a folder's names last.
func SyncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, err)
	}
	return nil
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"citydeck/cockpits/fault"
	"citydeck/server/store"
	"citydeck/server/store/history"
	"citydeck/server/store/record"
)

// archive copies data.dir while it is used.
type archive struct {
	dir     string
	history *history.History
	record  *record.Record
}

// copyTo copies all of data.dir into a folder that does not exist or is empty.
// Put in place of data.dir, it is what a server goes on from.
func (a archive) copyTo(ctx context.Context, to string) (string, error) {
	if err := empty(to); err != nil {
		return "", err
	}
	if inside(a.dir, to) {
		return "", fault.New(fault.Invalid, "", "%s lies in data.dir", to)
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return "", fault.New(fault.Invalid, "", "%s can't be made: %s", to, plain(err))
	}
	own := filepath.Base(a.history.Folder())
	if err := a.history.Backup(ctx, filepath.Join(to, own)); err != nil {
		return "", err
	}
	// The anchors first: none may have seen a line that the copy lacks.
	anchors := a.record.Anchors()
	if own, err := filepath.Rel(a.dir, anchors); err == nil && filepath.IsLocal(own) {
		if err := copyWhole(anchors, filepath.Join(to, own)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	database := a.record.DB().File()
	if database != "" {
		if err := a.record.DB().Copy(ctx, filepath.Join(to, filepath.Base(database))); err != nil {
			return "", err
		}
	}
	files := 0
	err := filepath.WalkDir(a.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(a.dir, path)
		switch {
		case err != nil || rel == ".":
			return err
		case e.IsDir() && rel == own:
			return fs.SkipDir // copied as a whole
		case e.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		case !e.Type().IsRegular() || rel == "lock" || path == anchors || database != "" && strings.HasPrefix(path, database):
			return nil
		}
		files++
		return copyWhole(path, filepath.Join(to, rel))
	})
	if err != nil {
		return "", fmt.Errorf("back up to %s: %w", to, err)
	}
	text := fmt.Sprintf("backed up to %s\n", to)
	if database == "" {
		text += "not in it: the tables in PostgreSQL, which pg_dump backs up\n"
	}
	return text, store.SyncDir(to)
}

// empty says whether a folder may be filled.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fault.New(fault.Invalid, "", "%s is no folder: %s", dir, plain(err))
	case len(entries) > 0:
		return fault.New(fault.Conflict, "", "%s is not empty", dir)
	}
	return nil
}

// inside tells whether a path lies below a folder.
func inside(dir, path string) bool {
	d, err := filepath.Abs(dir)
	p, err2 := filepath.Abs(path)
	return err == nil && err2 == nil && (p == d || strings.HasPrefix(p, d+string(filepath.Separator)))
}

func copyWhole(from, to string) error {
	src, err := os.Open(filepath.Clean(from))
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }() // it was only read
	part := to + ".part"
	dst, err := os.OpenFile(filepath.Clean(part), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	if err = errors.Join(err, dst.Close()); err != nil {
		return err
	}
	return store.Settle(part, to)
}

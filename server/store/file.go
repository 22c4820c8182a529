package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jmoiron/sqlx"
	_ "github.com/mattn/go-sqlite3" // the driver registers itself
)

const (
	busyMs  = 5000 // how long a connection waits for the file's lock
	readers = 4
)

// openFile opens a SQLite file, which only its owner may read.
func openFile(ctx context.Context, cfg Config) (*DB, error) {
	if err := claim(cfg.Path); err != nil {
		return nil, err
	}
	db := &DB{cfg: cfg}
	var err error
	db.Write, err = sqlx.Open("sqlite3", address(cfg.Path, url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {string(cfg.Sync)}, "_busy_timeout": {fmt.Sprint(busyMs)},
		"_foreign_keys": {"on"}, "_txlock": {"immediate"}, "_stmt_cache_size": {"100"},
	}))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", cfg.Path, err)
	}
	db.Write.SetMaxOpenConns(1)
	if err := db.proven(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.Read, err = sqlx.Open("sqlite3", address(cfg.Path, url.Values{
		"mode": {"ro"}, "_busy_timeout": {fmt.Sprint(busyMs)}, "_stmt_cache_size": {"100"},
	}))
	if err == nil {
		db.Read.SetMaxOpenConns(readers)
		err = db.Read.PingContext(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s for reading: %w", cfg.Path, err), db.Close())
	}
	return db, nil
}

// claim makes the file if there is none, so that its mode is ours and not the driver's.
func claim(path string) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	return f.Close()
}

// address is a path with its settings. A misspelt setting is passed over
// without a word, which is why proven asks for each.
func address(path string, settings url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings.Encode()
}

// proven reads back what was asked for.
func (db *DB) proven(ctx context.Context) error {
	synchronous := map[Sync]string{Normal: "1", Full: "2"}[db.cfg.Sync]
	if synchronous == "" {
		return fmt.Errorf("open %s: %q is no way to synchronise", db.cfg.Path, db.cfg.Sync)
	}
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": synchronous, "foreign_keys": "1", "busy_timeout": fmt.Sprint(busyMs),
	} {
		var got string
		if err := db.Write.GetContext(ctx, &got, "pragma "+pragma); err != nil {
			return fmt.Errorf("open %s: %w", db.cfg.Path, err)
		}
		if !strings.EqualFold(got, want) {
			return fmt.Errorf("open %s: %s is %s, want %s", db.cfg.Path, pragma, got, want)
		}
	}
	return nil
}

// Package store opens a database the one right way – a SQLite file (pragmas
// read back, one writer connection, readers mode=ro), or PostgreSQL by URL –
// and migrates it.
package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jmoiron/sqlx"
)

// Sync says what a commit waits for.
type Sync string

// Full survives a power cut with every commit; Normal may lose the last ones,
// but never half of one.
const (
	Full   Sync = "FULL"
	Normal Sync = "NORMAL"
)

// Config says which database, and what is in it.
type Config struct {
	Path       string // of the SQLite file
	URL        string // postgres://…; empty: the file
	Schema     string // of PostgreSQL: what the file's name is for SQLite
	Sync       Sync
	Migrations fs.FS  // *.sql in its root, for both databases
	Table      string // that notes which of them were run
}

// DB is an open database. A statement is written with ? and goes through Rebind.
type DB struct {
	Write *sqlx.DB // SQLite: one connection, so that waiting obeys the context
	Read  *sqlx.DB // read only
	cfg   Config
}

// Open opens or makes the database and brings its tables up to date. Before an
// older one is migrated, its file is copied beside itself. It refuses one that
// a newer program has written (ErrNewer), and settings that did not take.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	var db *DB
	var err error
	if cfg.URL != "" {
		db, err = openPostgres(ctx, cfg)
	} else {
		db, err = openFile(ctx, cfg)
	}
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Close ends all connections.
func (db *DB) Close() error {
	var err error
	if db.Read != nil {
		err = db.Read.Close()
	}
	return errors.Join(err, db.Write.Close())
}

// File is the SQLite file's path; empty for PostgreSQL.
func (db *DB) File() string {
	if db.cfg.URL != "" {
		return ""
	}
	return db.cfg.Path
}

// InTx runs do in one transaction of the writer: all of it or nothing. After an
// error of Commit itself it is unknown which of the two.
func (db *DB) InTx(ctx context.Context, do func(*sqlx.Tx) error) error {
	tx, err := db.Write.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// Package record is the tables of record.db – what must never be lost: people,
// sessions, tokens, screens, persons' data and the audit – and the interfaces
// of auth and api over them.
//
// Every commit is on disk before its answer. What names a person is sealed
// column by column with a key outside the database. The audit is a chain that
// proves itself; anchors of it are kept elsewhere.
package record

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"citydeck/cockpits/fault"
	"citydeck/server/store"
	"citydeck/server/store/record/chain"
	"citydeck/server/store/record/seal"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Config says where the record lies.
type Config struct {
	Path    string // of the SQLite file
	URL     string // of PostgreSQL; empty: the file
	Schema  string // of PostgreSQL; default record
	KeyFile string // made with a new record; refused when it lacks later
	Anchor  string // file of anchors, better on another disk
	Now     func() time.Time
}

// Record is the open record. Any number of goroutines may share it.
type Record struct {
	cfg  Config
	db   *store.DB
	keys *seal.Keys
	log  *slog.Logger

	pulse  pulse
	broken atomic.Pointer[Fault] // nil: each chain reaches its newest anchor
	unsure atomic.Bool           // the last look could not see that

	mu       sync.Mutex       // one line after the other
	last     chain.Link       // guarded by mu: the newest line of the audit; N 0: not known
	anchored map[string]int64 // guarded by mu: the newest line of each chain that an anchor has seen
}

// Open opens the record or makes a new one, with its keys. It refuses keys that
// are not those it was written with.
func Open(ctx context.Context, cfg Config, log *slog.Logger) (*Record, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Schema == "" {
		cfg.Schema = "record"
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Config{
		Path: cfg.Path, URL: cfg.URL, Schema: cfg.Schema, Sync: store.Full, Migrations: files, Table: "version",
	})
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	r := &Record{cfg: cfg, db: db, log: log, anchored: map[string]int64{auditChain: 0}}
	if err := r.unlock(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return r, nil
}

// Close ends all connections.
func (r *Record) Close() error { return r.db.Close() }

// Anchors is the file of anchors; empty: there is none.
func (r *Record) Anchors() string { return r.cfg.Anchor }

// DB is the open database, for backing it up.
func (r *Record) DB() *store.DB { return r.db }

// unlock reads the keys and proves that they are this record's.
func (r *Record) unlock(ctx context.Context) error {
	var known []struct{ ID, Proof string }
	if err := r.db.Read.SelectContext(ctx, &known, "select id, proof from keys"); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	keys, err := seal.Load(r.cfg.KeyFile)
	if seal.Missing(err) && len(known) == 0 {
		keys, err = seal.Create(r.cfg.KeyFile)
	}
	if err != nil {
		return err
	}
	r.keys = keys
	proved := map[string]bool{}
	for _, k := range known {
		if !keys.Holds("proof", k.ID, k.Proof) {
			return fmt.Errorf("key file %s: key %s lacks or is not the one that the record was written with", r.cfg.KeyFile, k.ID)
		}
		proved[k.ID] = true
	}
	if proved[keys.Current()] {
		return nil
	}
	_, err = r.db.Write.ExecContext(ctx, r.db.Write.Rebind("insert into keys (id, proof) values (?, ?)"),
		keys.Current(), keys.MAC("proof", keys.Current()))
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

// now is the time in Unix ms.
func (r *Record) now() int64 { return r.cfg.Now().UnixMilli() }

// errAway is what a client is told when the record can't be read or written.
var errAway = fault.New(fault.Unavailable, "", "the record can't be written: nothing was done, or it is unknown")

// away wraps what went wrong with the database: for the log whole, for a person
// that it is ours to mend. What is a fault already stays one.
func away(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case len(fault.All(err)) > 0:
		return err
	}
	return errors.Join(errAway, fmt.Errorf("%s: %w", doing, err))
}

// exec runs one statement and says how many rows it touched.
func (r *Record) exec(ctx context.Context, doing, statement string, args ...any) (int64, error) {
	res, err := r.db.Write.ExecContext(ctx, r.db.Write.Rebind(statement), args...)
	if r.felt(err) != nil {
		return 0, away(doing, err)
	}
	n, err := res.RowsAffected()
	return n, away(doing, err)
}

// one reads one row; fault.NotFound when there is none.
func (r *Record) one(ctx context.Context, what string, into any, statement string, args ...any) error {
	err := r.db.Read.GetContext(ctx, into, r.db.Read.Rebind(statement), args...)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "", "no such %s", what)
	}
	return away("read "+what, err)
}

// many reads rows.
func (r *Record) many(ctx context.Context, what string, into any, statement string, args ...any) error {
	return away("read "+what, r.db.Read.SelectContext(ctx, into, r.db.Read.Rebind(statement), args...))
}

// in runs statements in one transaction.
func (r *Record) in(ctx context.Context, doing string, do func(tx *sqlx.Tx) error) error {
	return away(doing, r.felt(r.db.InTx(ctx, do)))
}

func isNone(err error) bool { return errors.Is(err, sql.ErrNoRows) }

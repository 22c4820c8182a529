// Package history is the tables and files of what readings made: checkpoints;
// series, restatements, gaps and imports.
package history

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"citydeck/server/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Config says where things are kept, and for how long.
type Config struct {
	Dir      string // data.dir; what is of one district lies in a folder below
	URL      string // of PostgreSQL; empty: state.db in that folder
	District string // its id
	Demo     bool
	Minutes  time.Duration // how long values of every minute are kept
	Hours    time.Duration // how long those of every hour are
	Disk     Disk          // nil: the machine's own
}

// History keeps what readings of one district made. Any goroutine may use it.
type History struct {
	*Checkpoints
	db    *store.DB
	log   *slog.Logger
	cfg   Config
	mu    sync.Mutex
	lines map[Line]int64 // guarded by mu: ids of those that are in the database
}

// Folder is where the files of a district lie: another district, or the demo,
// has another one.
func (c Config) Folder() string { return filepath.Join(c.Dir, c.name()) }

// name is the district's id; a dot, which no id has, tells the demo's apart.
func (c Config) name() string {
	if c.Demo {
		return c.District + ".demo"
	}
	return c.District
}

// Open opens or makes what is kept for a district.
func Open(ctx context.Context, cfg Config, log *slog.Logger) (*History, error) {
	if cfg.Disk == nil {
		cfg.Disk = Local{}
	}
	if err := os.MkdirAll(cfg.Folder(), 0o700); err != nil {
		return nil, fmt.Errorf("make the district's folder: %w", err)
	}
	if err := cfg.Disk.SyncDir(cfg.Dir); err != nil {
		return nil, err
	}
	points, err := OpenCheckpoints(cfg.Folder(), cfg.Disk, log)
	if err != nil {
		return nil, err
	}
	h := &History{Checkpoints: points, log: log, cfg: cfg, lines: make(map[Line]int64)}
	tables, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	h.db, err = store.Open(ctx, store.Config{
		Path: filepath.Join(cfg.Folder(), "state.db"), URL: cfg.URL, Schema: "state_" + cfg.name(),
		Sync: store.Normal, Migrations: tables, Table: "history_version",
	})
	if err != nil {
		return nil, fmt.Errorf("open the history: %w", err)
	}
	if err := h.knowLines(ctx); err != nil {
		_ = h.db.Close() // the first error says more
		return nil, err
	}
	return h, nil
}

// Close ends the connections.
func (h *History) Close() error { return h.db.Close() }

// Folder is where the district's files lie.
func (h *History) Folder() string { return h.cfg.Folder() }

// Ping asks whether the database answers, for at most a second.
func (h *History) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return h.db.Read.PingContext(ctx)
}

// Database is the open database, for those who look after files.
func (h *History) Database() *store.DB { return h.db }

// Package gazetteer keeps a district's addresses, millions of them, so that they are found by any part of their names.
//
// The folder's addresses.csv is the truth; what is kept here is made from it, in
// a file of its own, and made anew when the file has changed. SQLite's own text
// index takes a run of Chinese for one word, so there is a table of bigrams: for
// each pair of characters the addresses that have it. A question's pairs are
// intersected, the rarest first, and what is left is compared letter by letter.
package gazetteer

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"citydeck/cockpits/district"
	"citydeck/server/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// The conditions that a gazetteer can be in.
const (
	None     = "none"     // the district has no addresses
	Building = "building" // not yet
	Failed   = "failed"   // the log says why
	Ready    = "ready"
)

// Config says whose addresses are kept where.
type Config struct {
	Dir      string // where its file lies
	District string // id
	Folder   fs.FS  // the district's folder, checked
}

// Gazetteer finds addresses. Until Run has brought it up to date it finds none.
type Gazetteer struct {
	cfg       Config
	log       *slog.Logger
	condition atomic.Value // string
	again     chan fs.FS   // of one

	mu sync.RWMutex
	db *store.DB // guarded by mu; nil: nothing to be found
}

// New prepares a gazetteer. It reads and starts nothing.
func New(cfg Config, log *slog.Logger) *Gazetteer {
	g := &Gazetteer{cfg: cfg, log: log, again: make(chan fs.FS, 1)}
	g.condition.Store(Building)
	return g
}

// Condition says whether addresses can be found.
func (g *Gazetteer) Condition() string {
	return g.condition.Load().(string) //nolint:forcetypeassert // New stored one
}

// Renew has Run look at a changed folder. It doesn't wait.
func (g *Gazetteer) Renew(folder fs.FS) {
	select {
	case <-g.again: // an older wish
	default:
	}
	select {
	case g.again <- folder:
	default:
	}
}

// Run brings the addresses up to date with the folder, and again after each
// Renew, until ctx ends. That it can't is no reason to end: the log says it.
func (g *Gazetteer) Run(ctx context.Context) error {
	defer g.swap(nil)
	folder := g.cfg.Folder
	for {
		if err := g.update(ctx, folder); err != nil && ctx.Err() == nil {
			g.condition.Store(Failed)
			g.log.Warn("addresses can't be found", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case folder = <-g.again:
		}
	}
}

// update opens the file that was made from this folder, or makes it.
func (g *Gazetteer) update(ctx context.Context, folder fs.FS) error {
	digest, err := digestOf(folder)
	if errors.Is(err, fs.ErrNotExist) {
		g.swap(nil)
		g.condition.Store(None)
		return g.tidy("")
	}
	if err != nil {
		return err
	}
	path := g.path(digest)
	db, whole, err := open(ctx, path)
	if err == nil && !whole {
		if err = errors.Join(db.Close(), remove(path)); err == nil {
			db, _, err = open(ctx, path)
		}
	}
	if err != nil {
		return err
	}
	if !whole {
		began := time.Now()
		n, err := build(ctx, db, folder)
		if err != nil {
			return errors.Join(fmt.Errorf("read the addresses: %w", err), db.Close(), remove(path))
		}
		g.log.Info("addresses can be found", "addresses", n, "ms", time.Since(began).Milliseconds())
	}
	g.swap(db)
	g.condition.Store(Ready)
	return g.tidy(path)
}

// swap puts another file in place; who searches in the old one is waited for.
func (g *Gazetteer) swap(db *store.DB) {
	g.mu.Lock()
	old := g.db
	g.db = db
	g.mu.Unlock()
	if old == nil || old == db {
		return
	}
	if err := old.Close(); err != nil {
		g.log.Warn("old addresses can't be closed", "error", err)
	}
}

// form changes with the tables and with what is written into them.
const form = "1"

// digestOf is the sum over the file of addresses, and over how it is kept.
func digestOf(folder fs.FS) (string, error) {
	f, err := folder.Open(district.AddressFile)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	h := sha256.New()
	_, _ = io.WriteString(h, form+"\n") // a hash takes everything
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", district.AddressFile, err)
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

const prefix, suffix = "addresses-", ".db"

func (g *Gazetteer) path(digest string) string {
	return filepath.Join(g.cfg.Dir, prefix+g.cfg.District+"-"+digest+suffix)
}

// open opens a file and says whether it holds everything.
func open(ctx context.Context, path string) (db *store.DB, whole bool, err error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, false, err
	}
	db, err = store.Open(ctx, store.Config{Path: path, Sync: store.Normal, Migrations: files, Table: "migration"})
	if err != nil {
		return nil, false, err
	}
	var rows int
	if err := db.Read.GetContext(ctx, &rows, "select count(*) from whole"); err != nil {
		return nil, false, errors.Join(err, db.Close())
	}
	return db, rows > 0, nil
}

// tidy removes what was made of earlier folders of this district.
func (g *Gazetteer) tidy(keep string) error {
	entries, err := os.ReadDir(g.cfg.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		middle, ours := strings.CutPrefix(e.Name(), prefix+g.cfg.District+"-")
		digest, _, whole := strings.Cut(middle, suffix)
		if !ours || !whole || len(digest) != 16 || g.path(digest) == keep {
			continue
		}
		if err := os.Remove(filepath.Join(g.cfg.Dir, e.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// remove removes a file with what SQLite keeps beside it.
func remove(path string) error {
	var faults []error
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + end); !errors.Is(err, os.ErrNotExist) {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

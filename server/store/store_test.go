package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"citydeck/server/store"
	"citydeck/server/store/postgrestest"

	"github.com/jmoiron/sqlx"
)

var (
	first = fstest.MapFS{
		"001_begin.sql": {Data: []byte("-- +goose Up\ncreate table line (id text primary key, at bigint not null, body bytea);\n")},
	}
	second = fstest.MapFS{
		"001_begin.sql": first["001_begin.sql"],
		"002_more.sql":  {Data: []byte("-- +goose Up\nalter table line add column note text not null default '';\n")},
	}
)

func file(path string) store.Config {
	return store.Config{Path: path, Sync: store.Full, Migrations: first, Table: "version"}
}

func open(t *testing.T, cfg store.Config) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("open %+v: %v", cfg.Path, err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func insert(db *store.DB, id string) error {
	_, err := db.Write.Exec(db.Write.Rebind("insert into line (id, at) values (?, ?)"), id, 1)
	return err
}

func count(t *testing.T, on *sqlx.DB) (n int) {
	t.Helper()
	if err := on.Get(&n, "select count(*) from line"); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestADatabaseOpensAtAnyPath(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.db", "a?b.db", "a#b.db", "a%20b.db", "with blank.db", "数据.db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name)
			db := open(t, file(path))
			if err := insert(db, "a"); err != nil {
				t.Fatal(err)
			}
			if n := count(t, db.Read); n != 1 {
				t.Errorf("%d rows, want 1", n)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatalf("the file lies elsewhere: %v", err)
			}
			if mode := info.Mode().Perm(); mode != 0o600 {
				t.Errorf("mode %o, want 600", mode)
			}
		})
	}
}

func TestSettingsAreThoseAskedFor(t *testing.T) {
	t.Parallel()
	for sync, want := range map[store.Sync]int{store.Full: 2, store.Normal: 1} {
		cfg := file(filepath.Join(t.TempDir(), "a.db"))
		cfg.Sync = sync
		db := open(t, cfg)
		var got int
		if err := db.Write.Get(&got, "pragma synchronous"); err != nil || got != want {
			t.Errorf("synchronous = %d, %v with %s, want %d", got, err, sync, want)
		}
	}
	cfg := file(filepath.Join(t.TempDir(), "a.db"))
	cfg.Sync = "SOMETIMES"
	if _, err := store.Open(t.Context(), cfg); err == nil {
		t.Error("opened with a way to synchronise that there is not")
	}
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	db := open(t, file(filepath.Join(t.TempDir(), "a.db")))
	if _, err := db.Read.Exec("insert into line (id, at) values ('a', 1)"); err == nil {
		t.Error("a reader wrote")
	}
}

func TestWaitingForTheWriterObeysTheContext(t *testing.T) {
	t.Parallel()
	db := open(t, file(filepath.Join(t.TempDir(), "a.db")))
	tx, err := db.Write.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := db.InTx(ctx, func(*sqlx.Tx) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waited for the writer: %v, want its deadline", err)
	}
	if n := count(t, db.Read); n != 0 {
		t.Errorf("reading beside a writer: %d rows", n)
	}
}

func TestManyWritersNeverFindItLocked(t *testing.T) {
	t.Parallel()
	db := open(t, file(filepath.Join(t.TempDir(), "a.db")))
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 25 {
				err := db.InTx(t.Context(), func(tx *sqlx.Tx) error {
					var n int
					if err := tx.Get(&n, "select count(*) from line"); err != nil {
						return err
					}
					_, err := tx.Exec("insert into line (id, at) values (?, ?)", fmt.Sprint(w, "-", i), n)
					return err
				})
				if err != nil {
					t.Errorf("read, then write: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if n := count(t, db.Read); n != 200 {
		t.Errorf("%d rows, want 200", n)
	}
}

func TestATransactionIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	db := open(t, file(filepath.Join(t.TempDir(), "a.db")))
	broken := errors.New("broken off")
	err := db.InTx(t.Context(), func(tx *sqlx.Tx) error {
		if _, err := tx.Exec("insert into line (id, at) values ('a', 1)"); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) || count(t, db.Read) != 0 {
		t.Errorf("after a broken transaction: %v, %d rows", err, count(t, db.Read))
	}
}

func TestAFullDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	db := open(t, file(filepath.Join(t.TempDir(), "a.db")))
	var pages int
	if err := db.Write.Get(&pages, "pragma page_count"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.Exec(fmt.Sprintf("pragma max_page_count = %d", pages+2)); err != nil {
		t.Fatal(err)
	}
	_, err := db.Write.Exec("insert into line (id, at, body) values ('a', 1, zeroblob(100000))")
	if !store.IsFull(err) || store.IsDuplicate(err) {
		t.Errorf("writing into a full one: %v, want a full database", err)
	}
	if _, err := db.Write.Exec("pragma max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.Exec("insert into line (id, at, body) values ('a', 1, zeroblob(100000))"); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestAnOlderDatabaseIsCopiedAndMigrated(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	old := open(t, file(path))
	if err := insert(old, "a"); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := file(path)
	cfg.Migrations = second
	db := open(t, cfg)
	var note string
	if err := db.Read.Get(&note, "select note from line where id = 'a'"); err != nil {
		t.Errorf("after migrating: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	kept := open(t, file(path+".v1"))
	if n := count(t, kept.Read); n != 1 {
		t.Errorf("the copy has %d rows, want 1", n)
	}
	if _, err := store.Open(t.Context(), file(path)); !errors.Is(err, store.ErrNewer) {
		t.Errorf("the older program opens it: %v, want ErrNewer", err)
	}
}

func TestACopyIsWholeWhileOthersWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, file(filepath.Join(dir, "a.db")))
	stop, done := make(chan struct{}), make(chan struct{})
	pairs := func(i int) error {
		return db.InTx(context.Background(), func(tx *sqlx.Tx) error {
			for _, half := range []string{"left", "right"} {
				if _, err := tx.Exec("insert into line (id, at, body) values (?, ?, zeroblob(1000))", fmt.Sprint(half, i), i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for i := range 100 {
		if err := pairs(i); err != nil {
			t.Fatal(err)
		}
	}
	go func() {
		defer close(done)
		for i := 100; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := pairs(i); err != nil {
				t.Errorf("write beside a copy: %v", err)
				return
			}
		}
	}()
	to := filepath.Join(dir, "copy.db")
	err := db.Copy(t.Context(), to)
	close(stop)
	<-done
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, open(t, file(to)).Read); n < 200 || n%2 != 0 {
		t.Errorf("the copy has %d rows: half a transaction, or too few", n)
	}
	if err := db.Copy(t.Context(), to); !errors.Is(err, os.ErrExist) {
		t.Errorf("copied over a file: %v", err)
	}
}

func TestPostgreSQLDoesTheSame(t *testing.T) {
	t.Parallel()
	cfg := store.Config{URL: postgrestest.Start(t), Schema: `state of "x"`, Sync: store.Full, Migrations: first, Table: "version"}
	db := open(t, cfg)
	if err := insert(db, "a"); err != nil {
		t.Fatal(err)
	}
	if err := insert(db, "a"); !store.IsDuplicate(err) {
		t.Errorf("twice the same key: %v, want a duplicate", err)
	}
	if _, err := db.Read.Exec("insert into line (id, at) values ('b', 1)"); err == nil {
		t.Error("a reader wrote")
	}
	if err := db.Copy(t.Context(), filepath.Join(t.TempDir(), "a")); !errors.Is(err, store.ErrForeign) {
		t.Errorf("copied: %v", err)
	}
	cfg.Migrations = second
	open(t, cfg)
	cfg.Migrations = first
	if _, err := store.Open(t.Context(), cfg); !errors.Is(err, store.ErrNewer) {
		t.Errorf("the older program opens it: %v, want ErrNewer", err)
	}
	cfg.Schema = "other"
	if n := count(t, open(t, cfg).Read); n != 0 {
		t.Errorf("another schema has %d rows", n)
	}
}

func TestDuplicatesAreKnown(t *testing.T) {
	t.Parallel()
	db := open(t, file(filepath.Join(t.TempDir(), "a.db")))
	if err := insert(db, "a"); err != nil {
		t.Fatal(err)
	}
	if err := insert(db, "a"); !store.IsDuplicate(fmt.Errorf("wrapped: %w", err)) {
		t.Errorf("twice the same key: %v, want a duplicate", err)
	}
	_, err := db.Write.Exec("insert into line (id, at) values ('b', null)")
	if err == nil || store.IsDuplicate(err) {
		t.Errorf("a null where none may be: %v", err)
	}
}

func TestAnUnreadableURLIsNotRepeated(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), store.Config{URL: "postgres://u:geheim@[bad", Sync: store.Full, Migrations: first, Table: "v"})
	if err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("a URL that can't be read: %v", err)
	}
}

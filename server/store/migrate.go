package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// ErrNewer says that a newer program has written the database.
var ErrNewer = errors.New("a newer version of this program has written the database")

// migrate runs what the database lacks of the migrations.
func (db *DB) migrate(ctx context.Context) error {
	dialect := goose.DialectSQLite3
	options := []goose.ProviderOption{goose.WithTableName(db.cfg.Table), goose.WithDisableGlobalRegistry(true)}
	if db.cfg.URL != "" {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(dialect, db.Write.DB, db.cfg.Migrations, options...)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	has, newest, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("migrate: %w", err)
	case has > newest:
		return fmt.Errorf("%w: its tables are of version %d, this program knows %d", ErrNewer, has, newest)
	case has == newest:
		return nil
	case has > 0:
		if err := db.keep(ctx, has); err != nil {
			return err
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate from version %d to %d: %w", has, newest, err)
	}
	return nil
}

// keep copies a SQLite file beside itself before it is migrated.
func (db *DB) keep(ctx context.Context, version int64) error {
	if db.File() == "" {
		return nil
	}
	to := fmt.Sprintf("%s.v%d", db.cfg.Path, version)
	if err := os.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) { // of a migration that was broken off
		return fmt.Errorf("copy the database before migrating: %w", err)
	}
	if err := db.Copy(ctx, to); err != nil {
		return fmt.Errorf("copy the database before migrating: %w", err)
	}
	return nil
}

package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

const connections = 8

// openPostgres opens a schema of a PostgreSQL database and makes it if there is none.
func openPostgres(ctx context.Context, cfg Config) (*DB, error) {
	durable := map[Sync]string{Normal: "off", Full: "on"}[cfg.Sync]
	if durable == "" {
		return nil, fmt.Errorf("open PostgreSQL: %q is no way to synchronise", cfg.Sync)
	}
	c, err := pgx.ParseConfig(cfg.URL)
	if err != nil {
		return nil, errors.New("database.url can't be read as the URL of a PostgreSQL database") // the cause repeats it, password and all
	}
	schema := pgx.Identifier{cfg.Schema}.Sanitize()
	c.RuntimeParams["search_path"] = schema
	c.RuntimeParams["synchronous_commit"] = durable
	db := &DB{cfg: cfg, Write: sqlx.NewDb(stdlib.OpenDB(*c), "pgx")}
	r := c.Copy()
	r.RuntimeParams["default_transaction_read_only"] = "on"
	db.Read = sqlx.NewDb(stdlib.OpenDB(*r), "pgx")
	db.Write.SetMaxOpenConns(connections)
	db.Read.SetMaxOpenConns(connections)
	if err := db.provenPostgres(ctx, schema, durable); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) provenPostgres(ctx context.Context, schema, durable string) error {
	if _, err := db.Write.ExecContext(ctx, "create schema if not exists "+schema); err != nil {
		return fmt.Errorf("make schema %s: %w", schema, err)
	}
	for _, x := range []struct {
		on            *sqlx.DB
		setting, want string
	}{{db.Write, "synchronous_commit", durable}, {db.Read, "default_transaction_read_only", "on"}} {
		var got string
		if err := x.on.GetContext(ctx, &got, "show "+x.setting); err != nil {
			return fmt.Errorf("open PostgreSQL: %w", err)
		}
		if got != x.want {
			return fmt.Errorf("open PostgreSQL: %s is %s, want %s", x.setting, got, x.want)
		}
	}
	return nil
}

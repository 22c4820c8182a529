package record

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"citydeck/cockpits/access"
	"citydeck/server/store"
	"citydeck/server/store/record/chain"
)

// auditChain is the name of the audit among the chains.
const auditChain = "audit"

// row is a line as the table holds it.
type row struct {
	N       int64         `db:"n"`
	At      int64         `db:"at"`
	Actor   string        `db:"actor"`
	Role    string        `db:"role"`
	Action  string        `db:"action"`
	Object  string        `db:"object"`
	Area    string        `db:"area"`
	Purpose string        `db:"purpose"`
	Address string        `db:"address"`
	Result  access.Result `db:"result"`
	Hash    string        `db:"hash"`
	MAC     string        `db:"mac"`
}

const columns = "n, at, actor, role, action, object, area, purpose, address, result, hash, mac"

func (w *row) line() access.Line {
	return access.Line{N: w.N, At: w.At, Actor: w.Actor, Role: w.Role, Action: w.Action, Object: w.Object,
		Area: w.Area, Purpose: w.Purpose, Address: w.Address, Result: w.Result}
}

func (w *row) link() (chain.Link, error) {
	text, err := json.Marshal(w.line())
	return chain.Link{N: w.N, Line: string(text), Hash: w.Hash, MAC: w.MAC}, err
}

// Append puts a line at the end of the audit. It returns once the line is on
// disk; when it fails, the deed that it is about must not happen.
func (r *Record) Append(ctx context.Context, line access.Line) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var next chain.Link
	err := r.db.InTx(ctx, func(tx *sqlx.Tx) error {
		last, err := lastLink(ctx, tx)
		if err != nil {
			return err
		}
		if r.last.N > last.N {
			return fmt.Errorf("the audit ends at line %d, and had %d before", last.N, r.last.N)
		}
		next, err = r.put(ctx, tx, last, line)
		return err
	})
	if err != nil {
		return away("append to the audit", err)
	}
	r.last = next
	return nil
}

func (r *Record) put(ctx context.Context, tx *sqlx.Tx, last chain.Link, line access.Line) (chain.Link, error) {
	line.N = last.N + 1
	text, err := json.Marshal(line)
	if err != nil {
		return chain.Link{}, err
	}
	next := chain.Next(r.keys, auditChain, last, string(text))
	_, err = tx.ExecContext(ctx, tx.Rebind("insert into audit ("+columns+") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
		line.N, line.At, line.Actor, line.Role, line.Action, line.Object,
		line.Area, line.Purpose, line.Address, line.Result, next.Hash, next.MAC)
	if store.IsDuplicate(err) { // another process was faster: the caller tries again
		return chain.Link{}, fmt.Errorf("two writers: %w", err)
	}
	return next, err
}

// lastLink is the end of the audit as it stands in the database; N 0: it is empty.
func lastLink(ctx context.Context, tx *sqlx.Tx) (chain.Link, error) {
	var last chain.Link
	err := tx.QueryRowxContext(ctx, "select n, hash from audit order by n desc limit 1").Scan(&last.N, &last.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return chain.Link{}, nil
	}
	return last, err
}

// Lines hands over the lines of a span of time (Unix ms, both included), as
// they are sent, until do fails.
func (r *Record) Lines(ctx context.Context, from, to int64, do func(line access.Line, sent string) error) error {
	rows, err := r.db.Read.QueryxContext(ctx, r.db.Read.Rebind("select "+columns+" from audit where at >= ? and at <= ? order by n"), from, to)
	if err != nil {
		return away("read the audit", err)
	}
	defer rows.Close() //nolint:errcheck // reading is over; rows.Err says what went wrong
	for rows.Next() {
		var w row
		if err := rows.StructScan(&w); err != nil {
			return away("read the audit", err)
		}
		link, err := w.link()
		if err != nil {
			return err
		}
		if err := do(w.line(), link.Sent()); err != nil {
			return err
		}
	}
	return away("read the audit", rows.Err())
}

package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"citydeck/cockpits/fault"
	"citydeck/server/store/record/chain"
)

// AppendLedger puts lines at the end of a command's ledger: JSON objects without
// their hash, whose n go on from after. Whoever else was faster makes it fail
// with fault.Conflict. It returns once they are on disk.
func (r *Record) AppendLedger(ctx context.Context, command string, after int64, lines ...string) error {
	if err := r.Incomplete(); err != nil {
		return err
	}
	return r.in(ctx, "append to a ledger", func(tx *sqlx.Tx) error { return r.appendTo(ctx, tx, command, after, lines) })
}

// appendTo does it within a transaction, so that what belongs to the lines is
// on disk with them or not at all.
func (r *Record) appendTo(ctx context.Context, tx *sqlx.Tx, command string, after int64, lines []string) error {
	var last chain.Link
	err := tx.QueryRowxContext(ctx, tx.Rebind("select n, hash from ledger where command = ? order by n desc limit 1"), command).Scan(&last.N, &last.Hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if last.N != after {
		return fault.New(fault.Conflict, "", "the command has moved on meanwhile")
	}
	for _, line := range lines {
		last = chain.Next(r.keys, command, last, line)
		_, err := tx.ExecContext(ctx, tx.Rebind("insert into ledger (command, n, line, hash, mac) values (?, ?, ?, ?, ?)"),
			command, last.N, last.Line, last.Hash, last.MAC)
		if err != nil {
			return err
		}
	}
	return nil
}

// Ledger hands over a command's lines in their order, as they are sent.
func (r *Record) Ledger(ctx context.Context, command string, do func(sent string) error) error {
	var failed error
	err := ledgerLinks(ctx, r.db.Read, command, func(l chain.Link) {
		if failed == nil {
			failed = do(l.Sent())
		}
	})
	return errors.Join(failed, away("read a ledger", err))
}

// ledgers names all commands that have a ledger.
func ledgers(ctx context.Context, db *sqlx.DB) (commands []string, err error) {
	err = db.SelectContext(ctx, &commands, "select distinct command from ledger order by command")
	return commands, err
}

func ledgerLinks(ctx context.Context, db *sqlx.DB, command string, do func(chain.Link)) error {
	rows, err := db.QueryxContext(ctx, db.Rebind("select n, line, hash, mac from ledger where command = ? order by n"), command)
	if err != nil {
		return fmt.Errorf("read a ledger: %w", err)
	}
	defer rows.Close() //nolint:errcheck // reading is over; rows.Err says what went wrong
	for rows.Next() {
		var l chain.Link
		if err := rows.Scan(&l.N, &l.Line, &l.Hash, &l.MAC); err != nil {
			return fmt.Errorf("read a ledger: %w", err)
		}
		do(l)
	}
	return rows.Err()
}

// proveLedgers checks all ledgers, those too that only an anchor knows of.
func (r *Record) proveLedgers(ctx context.Context, seen []chain.Anchor) (faults []Fault, err error) {
	commands, err := ledgers(ctx, r.db.Read)
	if err != nil {
		return nil, fmt.Errorf("read the ledgers: %w", err)
	}
	known := map[string]bool{auditChain: true}
	for _, c := range commands {
		known[c] = true
	}
	for _, a := range seen {
		if !known[a.Chain] {
			known[a.Chain] = true
			commands = append(commands, a.Chain)
		}
	}
	for _, c := range commands {
		proof := chain.NewProof(r.keys, c, seen)
		if err := ledgerLinks(ctx, r.db.Read, c, proof.Add); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			proof.Unreadable()
		}
		for _, f := range proof.Done() {
			faults = append(faults, Fault{c, f.N, f.Reason})
		}
	}
	return faults, nil
}

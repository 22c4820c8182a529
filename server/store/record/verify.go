package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"citydeck/server/store"
	"citydeck/server/store/record/chain"
	"citydeck/server/store/record/seal"
)

// Fault is what is wrong with one line of a chain.
type Fault struct {
	Chain  string // "audit", or a command's id
	N      int64  // 0: not with a line
	Reason string
}

// At is the place of a fault: "audit:7".
func (f Fault) At() string {
	if f.N == 0 {
		return f.Chain
	}
	return fmt.Sprintf("%s:%d", f.Chain, f.N)
}

func (f Fault) String() string { return f.At() + ": " + f.Reason }

// Verify checks all chains from their first line, against the anchors of a file
// too; an empty name: those that the record itself keeps, if there are any. It
// says everything that is wrong; an error is what kept it from looking.
func (r *Record) Verify(ctx context.Context, anchors string) ([]Fault, error) {
	seen, faults, err := readAnchors(r.keys, anchors, r.cfg.Anchor)
	if err != nil {
		return nil, err
	}
	faults, err = proven(ctx, r.db, chain.NewProof(r.keys, auditChain, seen), 0, faults)
	if err != nil {
		return nil, err
	}
	more, err := r.proveLedgers(ctx, seen)
	return append(faults, more...), err
}

// recent is how many lines are checked at each start.
const recent = 10_000

// Recent checks the newest lines alone, and the end against our own anchors.
func (r *Record) Recent(ctx context.Context) ([]Fault, error) {
	var first []chain.Link
	err := r.db.Read.SelectContext(ctx, &first, r.db.Read.Rebind("select n, hash from audit order by n desc limit 1 offset ?"), recent)
	if err != nil {
		return nil, fmt.Errorf("read the audit: %w", err)
	}
	return r.verified(ctx, first)
}

func (r *Record) verified(ctx context.Context, after []chain.Link) ([]Fault, error) {
	seen, faults, err := readAnchors(r.keys, "", r.cfg.Anchor)
	if err != nil {
		return nil, err
	}
	if len(after) > 0 {
		seen = slices.DeleteFunc(seen, func(a chain.Anchor) bool { return a.N <= after[0].N })
	}
	proof, from := chain.NewProof(r.keys, auditChain, seen), int64(0)
	if len(after) > 0 {
		proof.After(after[0])
		from = after[0].N
	}
	return proven(ctx, r.db, proof, from, faults)
}

func proven(ctx context.Context, db *store.DB, proof *chain.Proof, after int64, faults []Fault) ([]Fault, error) {
	if err := links(ctx, db, after, proof.Add); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		proof.Unreadable()
	}
	for _, f := range proof.Done() {
		faults = append(faults, Fault{auditChain, f.N, f.Reason})
	}
	return faults, nil
}

// links hands over the links of the audit after a line, in the order of N.
func links(ctx context.Context, db *store.DB, after int64, do func(chain.Link)) error {
	rows, err := db.Read.QueryxContext(ctx, db.Read.Rebind("select "+columns+" from audit where n > ? order by n"), after)
	if err != nil {
		return fmt.Errorf("read the audit: %w", err)
	}
	defer rows.Close() //nolint:errcheck // reading is over; rows.Err says what went wrong
	for rows.Next() {
		var w row
		if err := rows.StructScan(&w); err != nil {
			return fmt.Errorf("read the audit: %w", err)
		}
		link, err := w.link()
		if err != nil {
			return err
		}
		do(link)
	}
	return rows.Err()
}

// readAnchors reads the named file, which must be there, or else our own.
func readAnchors(keys *seal.Keys, named, own string) ([]chain.Anchor, []Fault, error) {
	name := named
	if name == "" {
		name = own
	}
	if name == "" {
		return nil, nil, nil
	}
	f, err := os.Open(filepath.Clean(name))
	if named == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("anchors: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	seen, bad, err := chain.ReadAnchors(keys, f)
	if err != nil {
		return nil, nil, err
	}
	var faults []Fault
	for _, n := range bad {
		faults = append(faults, Fault{Chain: "anchor", N: int64(n), Reason: "no key of this installation has signed this"})
	}
	return seen, faults, nil
}

package record

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"citydeck/cockpits/fault"
	"citydeck/server/store/record/chain"
)

// Whole holds each chain against the newest anchor that has seen it, and
// remembers the first fault: a chain that ends before its anchor, or had
// another line there. Until a later look finds none, no command is changed,
// since what was decided last may be missing; and nothing is anchored, since
// that would cover it up. What keeps it from looking stops commands as well: a
// record that can't be read may lack anything.
func (r *Record) Whole(ctx context.Context) (*Fault, error) {
	f, err := r.whole(ctx)
	if err == nil {
		err = r.legible(ctx)
	}
	r.unsure.Store(err != nil)
	return f, err
}

// legible reads the newest lines of the audit, whatever they say. Ledgers are
// read whole by who folds them.
func (r *Record) legible(ctx context.Context) error {
	var size int64
	err := r.db.Read.GetContext(ctx, &size, r.db.Read.Rebind("select coalesce(sum(length(object) + length(mac)), 0) from (select object, mac from audit order by n desc limit ?) as newest"), recent)
	if err != nil {
		return fmt.Errorf("read the newest lines of the audit: %w", err)
	}
	return nil
}

func (r *Record) whole(ctx context.Context) (*Fault, error) {
	seen, _, err := readAnchors(r.keys, "", r.cfg.Anchor)
	if err != nil {
		return nil, err
	}
	newest := map[string]chain.Anchor{}
	order := []string{}
	for _, a := range seen {
		was, known := newest[a.Chain]
		if !known {
			order = append(order, a.Chain)
		}
		if !known || a.N > was.N {
			newest[a.Chain] = a
		}
	}
	for _, name := range order {
		f, err := r.reaches(ctx, newest[name])
		if err != nil {
			return nil, err
		}
		if f != nil {
			r.broken.Store(f)
			return f, nil
		}
	}
	r.broken.Store(nil)
	return nil, nil //nolint:nilnil // no fault, and nothing that kept it from looking
}

// reaches says what is wrong with a chain at the line that an anchor has seen.
func (r *Record) reaches(ctx context.Context, a chain.Anchor) (*Fault, error) {
	newest, line, args := "select coalesce(max(n), 0) from audit", "select hash from audit where n = ?", []any{}
	if a.Chain != auditChain {
		newest, line, args = "select coalesce(max(n), 0) from ledger where command = ?", "select hash from ledger where command = ? and n = ?", []any{a.Chain}
	}
	var last int64
	if err := r.db.Read.GetContext(ctx, &last, r.db.Read.Rebind(newest), args...); err != nil {
		return nil, fmt.Errorf("read the end of %s: %w", a.Chain, err)
	}
	if last < a.N {
		return &Fault{a.Chain, last + 1, fmt.Sprintf("the chain ends before this line, and an anchor has seen line %d", a.N)}, nil
	}
	var hash string
	err := r.db.Read.GetContext(ctx, &hash, r.db.Read.Rebind(line), append(args, a.N)...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read line %d of %s: %w", a.N, a.Chain, err)
	}
	if hash != a.Head {
		return &Fault{a.Chain, a.N, "an anchor saw another line here"}, nil
	}
	return nil, nil //nolint:nilnil // as above
}

// Incomplete is nil, or the fault with which no command can be changed.
func (r *Record) Incomplete() error {
	f := r.broken.Load()
	if f == nil && r.unsure.Load() {
		return &fault.Fault{Kind: fault.Unavailable, Code: "record_unreadable",
			Reason: "the record can't be held against its anchors now: commands can be read, and not changed"}
	}
	if f == nil {
		return nil
	}
	return &fault.Fault{Kind: fault.Unavailable, Code: "record_incomplete",
		Reason: fmt.Sprintf("the record is incomplete from line %d of %s: commands can be read, and not changed", f.N, f.Chain)}
}

// Standing says in one word how the record was at the last look: "whole",
// "incomplete" or "unreadable".
func (r *Record) Standing() string {
	switch {
	case r.broken.Load() != nil:
		return "incomplete"
	case r.unsure.Load():
		return "unreadable"
	}
	return "whole"
}

// From is where the record is incomplete from, "audit:7"; empty: nowhere.
func (r *Record) From() string {
	if f := r.broken.Load(); f != nil {
		return f.At()
	}
	return ""
}

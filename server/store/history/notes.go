package history

import (
	"context"
	"fmt"
	"math"
	"slices"

	"citydeck/server/store"

	"github.com/jmoiron/sqlx"
)

// Restatement is a closed window that late readings changed.
type Restatement struct {
	Line
	Window string   `db:"span"`   // 2025-12-31, 2025-12 or 2025
	Since  int64    `db:"since"`  // Unix ms: the window's first instant
	Until  int64    `db:"until"`  // the first after it
	Was    *float64 `db:"was"`    // nil: no value
	Is     *float64 `db:"now_is"` // nil: no value
	At     int64    `db:"at"`     // Unix ms
	Reason string   `db:"reason"`
}

// Gap is a hole in what a stream gave.
type Gap struct {
	Stream  string `db:"stream"`
	Kind    string `db:"kind"`
	Since   int64  `db:"since"`   // Unix ms
	Until   int64  `db:"until"`   // Unix ms
	Entries int64  `db:"entries"` // 0: not known
	Found   int64  `db:"found"`   // Unix ms
}

const (
	undoRestatements  = `delete from restatement where serial >= ?`
	undoGaps          = `delete from gap where serial >= ?`
	insertRestatement = `insert into restatement (serial, nth, indicator, area, span, since, until, was, now_is, at, reason)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertGap        = `insert into gap (serial, nth, stream, kind, since, until, entries, found) values (?, ?, ?, ?, ?, ?, ?, ?)`
	someRestatements = `select indicator, area, span, since, until, was, now_is, at, reason from restatement
where (? = '' or indicator = ?) and (? = '' or area = ?) and at >= ? and at <= ? order by at desc, serial desc, nth desc limit ?`
	someGaps = `select stream, kind, since, until, entries, found from gap
where found >= ? and found <= ? order by found desc, serial desc, nth desc limit ?`
)

// Note keeps what happened up to a checkpoint, given by its serial, in place of
// what was noted for this one or a later one: after a crash it happens again.
func (h *History) Note(ctx context.Context, serial int64, restated []Restatement, gaps []Gap) error {
	err := h.db.InTx(ctx, func(tx *sqlx.Tx) error {
		for _, undo := range []string{undoRestatements, undoGaps} {
			if _, err := tx.ExecContext(ctx, tx.Rebind(undo), serial); err != nil {
				return err
			}
		}
		for i, r := range restated {
			if _, err := tx.ExecContext(ctx, tx.Rebind(insertRestatement), serial, i, r.Indicator, r.Area, r.Window, r.Since, r.Until, r.Was, r.Is, r.At, r.Reason); err != nil {
				return err
			}
		}
		for i, g := range gaps {
			if _, err := tx.ExecContext(ctx, tx.Rebind(insertGap), serial, i, g.Stream, g.Kind, g.Since, g.Until, g.Entries, g.Found); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note what happened up to checkpoint %d: %w", serial, err)
	}
	for _, r := range restated {
		if err := h.amend(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// amend puts the restated value where the one of the closed window was kept: at
// its end. What figures were on the way there stays as it was shown.
func (h *History) amend(ctx context.Context, r Restatement) error {
	h.mu.Lock()
	_, known := h.lines[r.Line]
	h.mu.Unlock()
	if !known {
		return nil
	}
	is := math.NaN()
	if r.Is != nil {
		is = *r.Is
	}
	var rows []Row
	for _, g := range []Grain{Minute, Hour} {
		if r.Until%int64(g) == 0 {
			rows = append(rows, Row{Grain: g, End: r.Until, Values: []float64{is}})
		}
	}
	return h.write(ctx, []Line{r.Line}, rows, func(was, is slot) slot {
		if !was.known {
			return was
		}
		return is
	})
}

// Restatements lists the newest 10,000 from one instant to another, the oldest
// first, of one indicator and area; empty: of all.
func (h *History) Restatements(ctx context.Context, of Line, from, to int64) ([]Restatement, error) {
	list := []Restatement{}
	err := h.db.Read.SelectContext(ctx, &list, h.db.Read.Rebind(someRestatements),
		of.Indicator, of.Indicator, of.Area, of.Area, from, to, MostPoints)
	if err != nil {
		return nil, fmt.Errorf("read restatements: %w", err)
	}
	slices.Reverse(list)
	return list, nil
}

// Gaps lists the newest 10,000 found from one instant to another, the oldest first.
func (h *History) Gaps(ctx context.Context, from, to int64) ([]Gap, error) {
	list := []Gap{}
	if err := h.db.Read.SelectContext(ctx, &list, h.db.Read.Rebind(someGaps), from, to, MostPoints); err != nil {
		return nil, fmt.Errorf("read gaps: %w", err)
	}
	slices.Reverse(list)
	return list, nil
}

// Import is a file whose readings were counted.
type Import struct {
	Digest   string `db:"digest"` // SHA-256 of its content, in hex
	Name     string `db:"name"`
	At       int64  `db:"at"` // Unix ms
	Readings int64  `db:"readings"`
	Rejected int64  `db:"rejected"`
}

const (
	insertImport = `insert into import (digest, name, at, readings, rejected) values (?, ?, ?, ?, ?)`
	allImports   = `select digest, name, at, readings, rejected from import order by at, digest`
)

// Imported notes an import; false when its digest is known.
func (h *History) Imported(ctx context.Context, i Import) (fresh bool, err error) {
	_, err = h.db.Write.ExecContext(ctx, h.db.Write.Rebind(insertImport), i.Digest, i.Name, i.At, i.Readings, i.Rejected)
	switch {
	case store.IsDuplicate(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("note an import: %w", err)
	}
	return true, nil
}

// Imports lists all imports, the oldest first.
func (h *History) Imports(ctx context.Context) ([]Import, error) {
	list := []Import{}
	if err := h.db.Read.SelectContext(ctx, &list, allImports); err != nil {
		return nil, fmt.Errorf("read imports: %w", err)
	}
	return list, nil
}

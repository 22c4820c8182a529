package history

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

// Line is one figure over time.
type Line struct {
	Indicator string `db:"indicator"`
	Area      string `db:"area"`
}

// Grain is how far the values of a line lie apart, in ms.
type Grain int64

// The two grains that are kept.
const (
	Minute = Grain(60_000)
	Hour   = Grain(3_600_000)
)

// steps is how many values of a line lie in one row.
func (g Grain) steps() int {
	if g == Hour {
		return 7 * 24
	}
	return 60
}

// place is where the end of a step lies: the row's number, and the place in it.
func (g Grain) place(end int64) (part int64, at int) {
	step := end/int64(g) - 1 // the step that ends there
	n := int64(g.steps())
	part = step / n
	if step%n < 0 {
		part--
	}
	return part, int(step - part*n)
}

// end is the inverse of place.
func (g Grain) end(part int64, at int) int64 {
	return (part*int64(g.steps()) + int64(at) + 1) * int64(g)
}

// Row is the values of many lines at the end of one step; NaN: no value.
type Row struct {
	Grain  Grain
	End    int64 // Unix ms, a multiple of the grain
	Values []float64
}

const (
	allLines   = `select id, indicator, area from line`
	insertLine = `insert into line (id, indicator, area) values (?, ?, ?) on conflict do nothing`
	partRows   = `select line, body from part where grain = ? and part = ?`
	upsertPart = `insert into part (grain, part, line, body) values (?, ?, ?, ?)
on conflict (grain, part, line) do update set body = excluded.body`
)

func (h *History) knowLines(ctx context.Context) error {
	var rows []struct {
		ID int64 `db:"id"`
		Line
	}
	if err := h.db.Read.SelectContext(ctx, &rows, allLines); err != nil {
		return fmt.Errorf("read the lines: %w", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range rows {
		h.lines[r.Line] = r.ID
	}
	return nil
}

// ids finds the numbers of lines and makes those that lack.
func (h *History) ids(ctx context.Context, tx *sqlx.Tx, lines []Line) ([]int64, error) {
	h.mu.Lock()
	known := maps.Clone(h.lines)
	h.mu.Unlock()
	ids := make([]int64, len(lines))
	next := int64(1)
	for _, id := range known {
		next = max(next, id+1)
	}
	for i, l := range lines {
		id, ok := known[l]
		if !ok {
			id = next
			next++
			if _, err := tx.ExecContext(ctx, tx.Rebind(insertLine), id, l.Indicator, l.Area); err != nil {
				return nil, fmt.Errorf("name a line: %w", err)
			}
			known[l] = id
		}
		ids[i] = id
	}
	return ids, nil
}

// Record keeps rows of values of these lines, all or none of them. A value
// that was kept for the same instant is replaced.
func (h *History) Record(ctx context.Context, lines []Line, rows []Row) error {
	return h.write(ctx, lines, rows, func(_, is slot) slot { return is })
}

// Fill keeps rows of values of these lines, all or none of them, where nothing
// was kept for the same instant; no value says nothing.
func (h *History) Fill(ctx context.Context, lines []Line, rows []Row) error {
	return h.write(ctx, lines, rows, func(was, is slot) slot {
		if was.known || math.IsNaN(is.v) {
			return was
		}
		return is
	})
}

// write keeps rows; choose picks between what is kept and what comes.
func (h *History) write(ctx context.Context, lines []Line, rows []Row, choose func(was, is slot) slot) error {
	type stretch struct {
		grain Grain
		part  int64
	}
	parts := make(map[stretch][]Row)
	var order []stretch
	for _, r := range rows {
		part, _ := r.Grain.place(r.End)
		s := stretch{r.Grain, part}
		if parts[s] == nil {
			order = append(order, s)
		}
		parts[s] = append(parts[s], r)
	}
	var ids []int64
	err := h.db.InTx(ctx, func(tx *sqlx.Tx) (err error) {
		if ids, err = h.ids(ctx, tx, lines); err != nil {
			return err
		}
		for _, s := range order {
			if err := merge(ctx, tx, section{ids, s.part, parts[s]}, choose); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record %d rows of %d lines: %w", len(rows), len(lines), err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, l := range lines {
		h.lines[l] = ids[i]
	}
	return nil
}

// section is rows of one grain and part, of lines with these ids.
type section struct {
	ids  []int64
	part int64
	rows []Row
}

// merge puts a section into the database.
func merge(ctx context.Context, tx *sqlx.Tx, s section, choose func(was, is slot) slot) error {
	grain := s.rows[0].Grain
	blocks, err := blocksOf(ctx, tx, grain, s.part)
	if err != nil {
		return err
	}
	write := tx.Rebind(upsertPart)
	for i, id := range s.ids {
		b := blocks[id]
		if b == nil {
			b = make(block, grain.steps())
		}
		before := slices.Clone(b)
		for _, r := range s.rows {
			if i < len(r.Values) {
				_, at := grain.place(r.End)
				b[at] = choose(b[at], slot{r.Values[i], true})
			}
		}
		if slices.EqualFunc(before, b, func(x, y slot) bool { return x.known == y.known && same(x.v, y.v) }) {
			continue
		}
		if _, err := tx.ExecContext(ctx, write, int64(grain), s.part, id, b.bytes()); err != nil {
			return err
		}
	}
	return nil
}

func blocksOf(ctx context.Context, tx *sqlx.Tx, grain Grain, part int64) (map[int64]block, error) {
	var rows []struct {
		Line int64  `db:"line"`
		Body []byte `db:"body"`
	}
	if err := tx.SelectContext(ctx, &rows, tx.Rebind(partRows), int64(grain), part); err != nil {
		return nil, err
	}
	blocks := make(map[int64]block, len(rows))
	for _, r := range rows {
		b, err := blockFrom(r.Body, grain.steps())
		if err != nil {
			return nil, err
		}
		blocks[r.Line] = b
	}
	return blocks, nil
}

const (
	dropParts        = `delete from part where grain = ? and part < ?`
	dropRestatements = `delete from restatement where at < ?`
	dropGaps         = `delete from gap where found < ?`
)

// Prune forgets what is older than it has to be kept at an instant.
func (h *History) Prune(ctx context.Context, now time.Time) error {
	return h.db.InTx(ctx, func(tx *sqlx.Tx) error {
		for grain, keep := range map[Grain]time.Duration{Minute: h.cfg.Minutes, Hour: h.cfg.Hours} {
			part, _ := grain.place(now.Add(-keep).UnixMilli())
			if _, err := tx.ExecContext(ctx, tx.Rebind(dropParts), int64(grain), part); err != nil {
				return fmt.Errorf("forget old values: %w", err)
			}
		}
		oldest := now.Add(-h.cfg.Hours).UnixMilli()
		for _, drop := range []string{dropRestatements, dropGaps} {
			if _, err := tx.ExecContext(ctx, tx.Rebind(drop), oldest); err != nil {
				return fmt.Errorf("forget old notes: %w", err)
			}
		}
		return nil
	})
}

package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"citydeck/cockpits/monitor/series"
)

// MostPoints is how many points one question may ask for.
const MostPoints = 10_000

// ErrTooMany says that a question asks for more points than it may.
var ErrTooMany = errors.New("more than 10,000 points")

const lineParts = `select part, body from part where line = ? and grain = ? and part >= ? and part <= ? order by part`

// Query asks for a line from one instant to another, both included, at the ends
// of steps. Steps are counted from the epoch, those over an hour from midnight
// where Offset says how far the district's clock is ahead.
type Query struct {
	Line
	From, To int64 // Unix ms
	Step     int64 // ms, a multiple of a minute
	Offset   func(ms int64) int64
}

// Series lists what is known of a line, the oldest first: at the end of each
// step the last value within it that was kept. A step of which nothing is known
// is left out.
func (h *History) Series(ctx context.Context, q Query) ([]series.Sample, error) {
	if q.Step <= 0 || q.To < q.From {
		return nil, nil
	}
	if (q.To-q.From)/q.Step >= MostPoints {
		return nil, ErrTooMany
	}
	h.mu.Lock()
	id, known := h.lines[q.Line]
	h.mu.Unlock()
	if !known {
		return nil, nil
	}
	fine, err := h.samples(ctx, id, Minute, q.From-q.Step, q.To)
	if err != nil {
		return nil, err
	}
	coarse, err := h.samples(ctx, id, Hour, q.From-q.Step, q.To)
	if err != nil {
		return nil, err
	}
	all := merged(fine, coarse)
	var out []series.Sample
	for _, s := range all {
		end := q.end(s.At)
		if end < q.From || end > q.To {
			continue
		}
		p := series.Sample{At: end, Value: s.Value, OK: s.OK}
		if n := len(out); n > 0 && out[n-1].At == end {
			out[n-1] = p
		} else {
			out = append(out, p)
		}
	}
	return out, nil
}

// end is the end of the step that a value belongs to: the one at it, or the
// next one after it.
func (q *Query) end(at int64) int64 {
	shift := int64(0)
	if q.Step > int64(Hour) && q.Offset != nil {
		shift = q.Offset(at)
	}
	n := (at + shift) / q.Step
	if (at+shift)%q.Step > 0 {
		n++
	}
	return n*q.Step - shift
}

// samples lists the values of one grain from one instant to another.
func (h *History) samples(ctx context.Context, line int64, g Grain, from, to int64) ([]series.Sample, error) {
	first, _ := g.place(from)
	last, _ := g.place(to + int64(g))
	var rows []struct {
		Part int64  `db:"part"`
		Body []byte `db:"body"`
	}
	if err := h.db.Read.SelectContext(ctx, &rows, h.db.Read.Rebind(lineParts), line, int64(g), first, last); err != nil {
		return nil, fmt.Errorf("read a series: %w", err)
	}
	var list []series.Sample
	for _, r := range rows {
		b, err := blockFrom(r.Body, g.steps())
		if err != nil {
			return nil, fmt.Errorf("read a series: %w", err)
		}
		for i, s := range b {
			if end := g.end(r.Part, i); s.known && end >= from && end <= to {
				list = append(list, sample(end, s.v))
			}
		}
	}
	return list, nil
}

func sample(at int64, v float64) series.Sample {
	if math.IsNaN(v) {
		return series.Sample{At: at}
	}
	return series.Sample{At: at, Value: v, OK: true}
}

// merged joins two lists; where both know an instant, the first is right.
func merged(fine, coarse []series.Sample) []series.Sample {
	all := slices.Concat(fine, coarse)
	slices.SortStableFunc(all, func(a, b series.Sample) int {
		return int(min(1, max(-1, a.At-b.At)))
	})
	return slices.CompactFunc(all, func(a, b series.Sample) bool { return a.At == b.At })
}

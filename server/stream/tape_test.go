package stream_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/server/stream"
)

// tape is everything that was read of a stream, as an engine would note it.
type tape struct {
	*bench
	clock  *clock
	mark   reading.Mark
	values map[float64]int // how often each came
	gaps   []reading.Gap
	dead   int // rejected
	next   int // value of the next reading

	restarts bool // each look begins with a restart of the program
}

func newTape(t testing.TB) *tape {
	t.Helper()
	clock := newClock()
	b := setUp(t, stream.Config{Now: clock.now})
	p := &tape{bench: b, clock: clock, values: map[float64]int{}, mark: reading.Mark{Index: -1}}
	p.resume()
	return p
}

// resume reads on as after a restart of the program.
func (p *tape) resume() {
	p.t.Helper()
	p.consumer = p.redis.Resume(0, rules(p.t), p.mark, p.clock.now().UnixMilli())
}

// write adds readings, each of another value, and returns their values.
func (p *tape) write(n int) []float64 {
	p.t.Helper()
	var list []float64
	for range n {
		p.next++
		p.due(fmt.Sprint(p.next))
		list = append(list, float64(p.next))
	}
	return list
}

// writeAs adds a reading under an id.
func (p *tape) writeAs(id string) float64 {
	p.t.Helper()
	p.next++
	p.addAs(id, "measure", "due", "area", "grid-0", "value", fmt.Sprint(p.next))
	return float64(p.next)
}

// look reads until nothing is left, the stream having been looked at first.
func (p *tape) look() {
	p.t.Helper()
	p.clock.step(11 * time.Second)
	if p.restarts {
		p.resume()
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), 60*time.Second)
	defer cancel()
	for {
		b, err := p.consumer.Next(ctx)
		if err != nil {
			p.t.Fatalf("%v\n%s", err, p.log)
		}
		p.consumer.Reject(ctx, b.Rejected)
		p.note(b)
		p.clock.step(time.Second) // a trouble is waited out by this clock
		if p.redis.Ping(ctx) == nil && b.Caught && p.all(ctx) {
			return
		}
	}
}

// all tells whether nothing is left to read.
func (p *tape) all(ctx context.Context) bool {
	last, err := p.raw.XRevRangeN(ctx, "readings", "+", "-", 1).Result()
	if err != nil || len(last) == 0 {
		return err == nil
	}
	return !p.mark.Position.Before(parse(p.t, last[0].ID))
}

func (p *tape) note(b reading.Batch) {
	p.mark.Position, p.mark.Index, p.mark.Run = b.Position, b.Index, b.Run
	p.mark.Add(b.Prints)
	p.gaps = append(p.gaps, b.Gaps...)
	p.dead += len(b.Rejected)
	for i := range b.Readings {
		p.values[b.Readings[i].Value]++
	}
}

// want checks that each of these values came, none twice, and which gaps there were.
func (p *tape) want(values []float64, gaps ...string) {
	p.t.Helper()
	for _, v := range values {
		if p.values[v] == 0 {
			p.t.Errorf("%v was missed", v)
		}
	}
	for v, n := range p.values {
		if n > 1 {
			p.t.Errorf("%v counted %d times", v, n)
		}
	}
	var got []string
	for _, g := range p.gaps {
		got = append(got, fmt.Sprintf("%s %d", g.Kind, g.Count))
	}
	if !slices.Equal(got, gaps) {
		p.t.Errorf("gaps %q, want %q\n%s", got, gaps, p.log)
	}
}

//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// load is readings under way. Each value is a number that was never sent
// before, so that who sees it knows when it was.
type load struct {
	began time.Time
	sent  []atomic.Int64       // by value: µs since began
	last  []atomic.Int64       // by tile: the newest value
	late  [20_000]atomic.Int64 // how many states came after so many ms
	worst atomic.Int64         // µs
	old   atomic.Int64         // µs: the oldest that a slow screen was brought
}

// loaded is how much arrived while readings were produced.
type loaded struct {
	Seconds, FramesPerSecond, StatesPerSecond float64
	Frames, States, Bytes                     int64
}

// result is how it arrived. Times are ms.
type result struct {
	P50, P99, Max float64 // from XADD to the frame
	Oldest        float64 // of what a slow screen read: from XADD until it read it
	Wrong         int     // tiles of closely watched screens that don't end with what was sent last
	Gaps, Lost    int64
}

func (c *crowd) producing() bool { return c.under.Load() != nil }

// load produces readings for a while and says what arrived.
func (c *crowd) load(lasting time.Duration) (any, error) {
	rounds := int(lasting.Seconds()*c.rate) + 1
	l := &load{
		sent: make([]atomic.Int64, rounds*c.tiles+1), last: make([]atomic.Int64, c.tiles), began: time.Now(),
	}
	client := redis.NewClient(&redis.Options{Addr: c.redis, MaxRetries: -1})
	defer func() { _ = client.Close() }()
	frames, states, bytes := c.frames.Load(), c.states.Load(), c.bytes.Load()
	c.under.Store(l)
	if err := c.produce(client, l, rounds); err != nil {
		return nil, err
	}
	a := loaded{
		Seconds: time.Since(l.began).Seconds(),
		Frames:  c.frames.Load() - frames, States: c.states.Load() - states, Bytes: c.bytes.Load() - bytes,
	}
	if c.compress { // only those that are looked at closely are inflated
		a.States *= int64(len(c.screens) / c.closely)
	}
	a.FramesPerSecond = float64(a.Frames) / a.Seconds
	a.StatesPerSecond = float64(a.States) / a.Seconds
	return a, nil
}

// straggling is how long what is under way may take.
const straggling = 3 * time.Second

// result says how the load before it arrived, with what was still under way.
func (c *crowd) result() (any, error) {
	time.Sleep(straggling)
	l := c.under.Swap(nil)
	if l == nil {
		return nil, errors.New("there was no load")
	}
	r := result{
		Oldest: float64(l.old.Load()) / 1000,
		Max:    float64(l.worst.Load()) / 1000, P50: l.quantile(0.5), P99: l.quantile(0.99),
		Gaps: c.gaps.Load(), Lost: c.lost.Load(),
	}
	for _, s := range c.screens {
		for tile := range s.values {
			if s.slow {
				break // it may not be there yet
			}
			if s.values[tile].Load() != l.last[tile].Load() {
				r.Wrong++
			}
		}
	}
	return r, nil
}

// produce sends each tile's next value in its time: one after the other over
// the whole period, or all at its beginning.
func (c *crowd) produce(client *redis.Client, l *load, rounds int) error {
	ctx := context.Background()
	period := time.Duration(float64(time.Second) / c.rate)
	value := int64(0)
	for r := range rounds {
		for tile := 0; tile < c.tiles; {
			due := l.began.Add(time.Duration(r) * period)
			if !c.burst {
				due = due.Add(period * time.Duration(tile) / time.Duration(c.tiles))
			}
			time.Sleep(time.Until(due))
			pipe := client.Pipeline()
			for n := 0; tile < c.tiles && (c.burst || n == 0); n++ {
				value++
				pipe.XAdd(ctx, &redis.XAddArgs{Stream: c.stream, Values: []any{
					"measure", "m" + strconv.Itoa(tile), "area", c.area, "value", value,
				}})
				l.sent[value].Store(time.Since(l.began).Microseconds())
				l.last[tile].Store(value)
				tile++
			}
			if _, err := pipe.Exec(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// values reads the values of a frame: {"id":"t12","value":345,…
func (c *crowd) values(s *screen, text []byte) {
	l := c.under.Load()
	if l == nil {
		return // it has just ended
	}
	now := time.Since(l.began)
	key := []byte(`{"id":"t`)
	for {
		i := bytes.Index(text, key)
		if i < 0 {
			return
		}
		text = text[i+len(key):]
		c.states.Add(1)
		tile, n := digits(text)
		rest, some := bytes.CutPrefix(text[n:], []byte(`","value":`))
		if !some || int(tile) >= len(s.values) {
			continue
		}
		v, n := digits(rest)
		if n == 0 || v <= 0 || int(v) >= len(l.sent) {
			continue
		}
		if s.values[tile].Swap(v) == v {
			continue
		}
		if s.slow {
			l.age(now - time.Duration(l.sent[v].Load())*time.Microsecond)
			continue
		}
		l.note(now - time.Duration(l.sent[v].Load())*time.Microsecond)
	}
}

func digits(b []byte) (v int64, n int) {
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		v = v*10 + int64(b[n]-'0')
		n++
	}
	return v, n
}

func (l *load) age(old time.Duration) {
	for was := l.old.Load(); old.Microseconds() > was; was = l.old.Load() {
		if l.old.CompareAndSwap(was, old.Microseconds()) {
			return
		}
	}
}

func (l *load) note(late time.Duration) {
	if late.Microseconds() > l.worst.Load() { // only the loop writes
		l.worst.Store(late.Microseconds())
	}
	l.late[min(max(int(late.Milliseconds()), 0), len(l.late)-1)].Add(1)
}

// quantile is within how many ms a share of the states came.
func (l *load) quantile(q float64) float64 {
	all := int64(0)
	for ms := range l.late {
		all += l.late[ms].Load()
	}
	passed := int64(0)
	for ms := range l.late {
		n := l.late[ms].Load()
		if passed += n; n > 0 && float64(passed) >= q*float64(all) {
			return float64(ms + 1)
		}
	}
	return 0
}

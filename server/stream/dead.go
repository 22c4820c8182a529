package stream

import (
	"context"
	"slices"
	"time"

	"citydeck/cockpits/monitor/reading"

	"github.com/redis/go-redis/v9"
)

// Dead is the stream of dead letters.
const Dead = "readings:dead"

const (
	keptDead   = 100_000     // letters, about
	burying    = time.Second // the longest that letters keep the stream waiting
	buryAtOnce = 500
)

// Reject keeps what cannot be used as dead letters. A letter without its
// reading is completed from the entries of the last batch.
func (c *Consumer) Reject(ctx context.Context, rejected []reading.Rejection) {
	for i := range rejected {
		c.met.rejects(rejected[i].Reason).Inc()
	}
	c.redis.bury(ctx, c.complete(rejected))
}

// complete finds what came for the rejections that don't say it: they were
// made by somebody who has the numbers only.
func (c *Consumer) complete(rejected []reading.Rejection) []reading.Rejection {
	lacking := make(map[reading.EntryID][]int)
	for i := range rejected {
		if rejected[i].Reading == "" {
			lacking[rejected[i].Origin.Entry] = append(lacking[rejected[i].Origin.Entry], i)
		}
	}
	if len(lacking) == 0 {
		return rejected
	}
	out := slices.Clone(rejected)
	c.answer.at = 0
	n, err := c.answer.begin()
	for range n {
		var e reading.Entry
		if e.ID, e.Fields, err = c.answer.next(); err != nil {
			break
		}
		places := lacking[e.ID]
		if len(places) == 0 {
			continue
		}
		items := make([]int32, len(places))
		for i, p := range places {
			items[i] = rejected[p].Origin.Item
		}
		for i, text := range c.dec.Excerpts(&e, items) {
			out[places[i]].Reading = text
		}
	}
	return out
}

// bury writes dead letters. While Redis refuses them, or is too slow, they are
// only counted: the stream goes on.
func (r *Redis) bury(ctx context.Context, rejected []reading.Rejection) {
	ctx, cancel := context.WithTimeout(ctx, burying)
	defer cancel()
	for letters := range slices.Chunk(rejected, buryAtOnce) {
		lost := r.buryAll(ctx, letters)
		r.met.dead.WithLabelValues("lost").Add(float64(lost))
		r.met.dead.WithLabelValues("kept").Add(float64(len(letters) - lost))
	}
}

// buryAll writes some letters at once and tells how many Redis did not take.
func (r *Redis) buryAll(ctx context.Context, letters []reading.Rejection) (lost int) {
	if ctx.Err() != nil {
		return len(letters)
	}
	cmds, err := r.writer.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range letters {
			p.XAdd(ctx, r.letter(&letters[i]))
		}
		return nil
	})
	if err == nil {
		return 0
	}
	moved(ctx, r.writer, err)
	for _, cmd := range cmds {
		if cmd.Err() != nil {
			lost++
		}
	}
	if lost > 0 {
		r.grumble("dead letters are lost", word(err))
	}
	return lost
}

func (r *Redis) letter(l *reading.Rejection) *redis.XAddArgs {
	return &redis.XAddArgs{Stream: Dead, MaxLen: keptDead, Approx: true, Values: []any{
		"entry", formatID(l.Origin.Entry),
		"stream", r.cfg.Streams[l.Origin.Stream],
		"index", l.Origin.Item,
		"reason", string(l.Reason),
		"detail", l.Detail,
		"reading", l.Reading,
	}}
}

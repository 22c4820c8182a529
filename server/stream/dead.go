package stream

import (
	"context"
	"errors"
	"slices"
	"strconv"
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
	c.redis.bury(ctx, c.complete(c.unburied(rejected)))
}

// letter is what a dead letter is known by, within its stream.
type letter struct {
	entry reading.EntryID
	item  int32
}

// unburied leaves out what has its dead letter from before the last start.
func (c *Consumer) unburied(rejected []reading.Rejection) []reading.Rejection {
	if len(c.letters) == 0 {
		return rejected
	}
	return slices.DeleteFunc(slices.Clone(rejected), func(r reading.Rejection) bool {
		key := letter{r.Origin.Entry, r.Origin.Item}
		if !c.letters[key] {
			return false
		}
		delete(c.letters, key)
		return true
	})
}

// page is how many dead letters are read in one go.
const page = 1000

// exhume reads which dead letters there are of entries that may come again. A
// Redis that does not let them be read is no reason not to go on.
func (c *Consumer) exhume(ctx context.Context) error {
	found := make(map[letter]bool)
	from := "(" + formatID(reading.EntryID{Ms: min(c.at().Ms, uint64(max(0, c.since-slack.Milliseconds())))})
	for c.redis.embedded == nil {
		short, cancel := context.WithTimeout(ctx, patience)
		list, err := c.client.XRangeN(short, Dead, from, "+", page).Result()
		cancel()
		if _, said := errors.AsType[redis.Error](err); said && !moved(ctx, c.client, err) && word(err) != "LOADING" {
			c.log.Warn("dead letters can't be read: some may be written twice", "reason", word(err))
			break
		}
		if err != nil {
			return err
		}
		for _, m := range list {
			c.note(found, m.Values)
		}
		if len(list) < page {
			break
		}
		from = "(" + list[len(list)-1].ID
	}
	c.letters = found
	return nil
}

// slack is how far Redis' clock and ours may lie apart.
const slack = 10 * time.Minute

// note notes a dead letter of this stream that lies behind the position.
func (c *Consumer) note(found map[letter]bool, fields map[string]any) {
	text := func(name string) string { s, _ := fields[name].(string); return s }
	id, ok := parseID(text("entry"))
	item, err := strconv.ParseInt(text("index"), 10, 32)
	if ok && err == nil && text("stream") == c.key && c.at().Before(id) {
		found[letter{id, int32(item)}] = true
	}
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

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
// reading is completed from the entries of the last batch. What a Redis that is
// away did not take is kept until it is back.
func (c *Consumer) Reject(ctx context.Context, rejected []reading.Rejection) {
	for i := range rejected {
		c.met.rejects(rejected[i].Reason).Inc()
	}
	unsaid := c.redis.bury(ctx, c.complete(c.unburied(rejected)))
	c.owed = append(c.owed, unsaid...)
	if over := len(c.owed) - mostOwed; over > 0 {
		c.redis.met.dead.WithLabelValues("lost").Add(float64(over))
		c.owed = slices.Clone(c.owed[over:])
	}
	if len(unsaid) > 0 {
		c.suspect = true
	}
}

// mostOwed is how many dead letters wait for a Redis that is away.
const mostOwed = 10_000

// settle writes the dead letters that are owed. Some may have been written
// though nobody said so.
func (c *Consumer) settle(ctx context.Context) error {
	if len(c.owed) == 0 {
		return nil
	}
	wanted := make(map[letter]bool, len(c.owed))
	oldest := c.owed[0].Origin.Entry
	for i := range c.owed {
		o := &c.owed[i].Origin
		wanted[letter{o.Entry, o.Item}] = true
		if o.Entry.Before(oldest) {
			oldest = o.Entry
		}
	}
	found, err := c.exhume(ctx, oldest, func(l letter) bool { return wanted[l] })
	if err != nil {
		return err
	}
	owed := slices.DeleteFunc(c.owed, func(r reading.Rejection) bool { return found[letter{r.Origin.Entry, r.Origin.Item}] })
	c.owed = c.redis.bury(ctx, owed)
	return nil
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

// exhume reads which of the dead letters that are asked for there are, of
// entries from a certain one on. A Redis that does not let them be read is no
// reason not to go on.
func (c *Consumer) exhume(ctx context.Context, oldest reading.EntryID, wanted func(letter) bool) (map[letter]bool, error) {
	found := make(map[letter]bool)
	from := "(" + formatID(reading.EntryID{Ms: min(oldest.Ms, uint64(max(0, c.since-slack.Milliseconds())))})
	for c.redis.embedded == nil {
		short, cancel := context.WithTimeout(ctx, patience)
		list, err := c.client.XRangeN(short, Dead, from, "+", page).Result()
		cancel()
		if _, said := errors.AsType[redis.Error](err); said && !moved(ctx, c.client, err) && word(err) != "LOADING" {
			c.log.Warn("dead letters can't be read: some may be written twice", "reason", word(err))
			break
		}
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			if l, ok := c.letter(m.Values); ok && wanted(l) {
				found[l] = true
			}
		}
		if len(list) < page {
			break
		}
		from = "(" + list[len(list)-1].ID
	}
	return found, nil
}

// slack is how far Redis' clock and ours may lie apart.
const slack = 10 * time.Minute

// letter reads which of this stream's letters the fields are.
func (c *Consumer) letter(fields map[string]any) (letter, bool) {
	text := func(name string) string { s, _ := fields[name].(string); return s }
	id, ok := parseID(text("entry"))
	item, err := strconv.ParseInt(text("index"), 10, 32)
	return letter{id, int32(item)}, ok && err == nil && text("stream") == c.key
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
	n, _ := c.answer.begin() // it was read once
	for range n {
		var e reading.Entry
		var err error
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

// bury writes dead letters and returns those of which it is not known whether
// Redis has them. While Redis refuses them they are only counted: the stream
// goes on.
func (r *Redis) bury(ctx context.Context, rejected []reading.Rejection) (unsaid []reading.Rejection) {
	ctx, cancel := context.WithTimeout(ctx, burying)
	defer cancel()
	for letters := range slices.Chunk(rejected, buryAtOnce) {
		lost, doubtful := r.buryAll(ctx, letters)
		unsaid = append(unsaid, doubtful...)
		r.met.dead.WithLabelValues("lost").Add(float64(lost))
		r.met.dead.WithLabelValues("kept").Add(float64(len(letters) - lost - len(doubtful)))
	}
	return unsaid
}

// buryAll writes some letters at once and tells how many Redis refused, and of
// which it said nothing.
func (r *Redis) buryAll(ctx context.Context, letters []reading.Rejection) (lost int, unsaid []reading.Rejection) {
	if ctx.Err() != nil {
		return 0, letters
	}
	cmds, err := r.writer.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range letters {
			p.XAdd(ctx, r.letter(&letters[i]))
		}
		return nil
	})
	if err == nil {
		return 0, nil
	}
	moved(ctx, r.writer, err)
	for i, cmd := range cmds {
		if _, said := errors.AsType[redis.Error](cmd.Err()); said && word(cmd.Err()) != "LOADING" {
			lost++
		} else if cmd.Err() != nil {
			unsaid = append(unsaid, letters[i])
		}
	}
	if lost > 0 {
		r.grumble("dead letters are lost", word(err))
	}
	return lost, unsaid
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

package stream

import (
	"context"
	"strings"

	"citydeck/cockpits/monitor/reading"
)

// look asks, when it is due, what the stream is like: what stood in it at start,
// and whether it is still the one that was read from.
func (c *Consumer) look(ctx context.Context) error {
	short, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	if c.end == nil {
		last, err := c.last(short)
		if err != nil {
			return err
		}
		c.end = &last
	}
	now := c.redis.cfg.Now()
	if !c.suspect && now.Sub(c.checked) < checking {
		return nil
	}
	if c.letters == nil {
		at := c.at()
		found, err := c.exhume(ctx, at, func(l letter) bool { return at.Before(l.entry) })
		if err != nil {
			return err
		}
		c.letters = found
	}
	if err := c.settle(ctx); err != nil {
		return err
	}
	c.care(short)
	if c.suspect {
		c.greet(short)
	}
	if err := c.recognise(short); err != nil {
		return err
	}
	c.checked, c.suspect = now, false
	c.trim(short)
	return nil
}

// greet notes when another Redis answers than before. What it lost of the
// unread tail can't be told.
func (c *Consumer) greet(ctx context.Context) {
	if c.redis.embedded != nil || c.redis.link.cluster != nil {
		return
	}
	info, err := c.client.Info(ctx, "server").Result()
	if err != nil {
		return // it may be forbidden
	}
	_, rest, _ := strings.Cut(info, "run_id:")
	run, _, _ := strings.Cut(rest, "\r\n")
	if c.mark.Run != "" && run != c.mark.Run {
		c.log.Info("another Redis answers, or it was restarted: entries that it lost before they were read can't be known")
	}
	c.mark.Run = run
}

// last is the id of the stream's last entry; 0-0 when there is none.
func (c *Consumer) last(ctx context.Context) (reading.EntryID, error) {
	found, err := c.client.XRevRangeN(ctx, c.key, "+", "-", 1).Result()
	if err != nil {
		moved(ctx, c.client, err)
		return reading.EntryID{}, err
	}
	if len(found) == 0 {
		return reading.EntryID{}, nil
	}
	id, ok := parseID(found[0].ID)
	if !ok {
		return id, errReply
	}
	return id, nil
}

const (
	keptEntries = 100_000  // of an embedded stream
	keptBytes   = 64 << 20 // of it, about
)

// trim keeps an embedded stream from filling the memory: when it is long, what
// was read goes. A real Redis is not trimmed.
func (c *Consumer) trim(ctx context.Context) {
	if c.redis.embedded == nil || c.sizes == 0 {
		return
	}
	n, err := c.client.XLen(ctx, c.key).Result()
	if err == nil && n > min(keptEntries, int64(keptBytes/c.sizes)) {
		err = c.client.XTrimMinID(ctx, c.key, formatID(c.at())).Err()
	}
	if err != nil {
		c.log.Warn("embedded stream can't be trimmed", "reason", word(err))
	}
}

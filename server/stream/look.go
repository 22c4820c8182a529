package stream

import (
	"context"
	"errors"
	"strings"

	"citydeck/cockpits/monitor/reading"

	"github.com/redis/go-redis/v9"
)

// look asks, when it is due, what the stream is like: what stood in it at start,
// and whether it is still the one that was read from. This is the place of the
// questions by which gaps are told apart; so far only a stream that is gone or
// began anew is recognised.
func (c *Consumer) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	if c.end == nil {
		last, err := c.last(ctx)
		if err != nil {
			return err
		}
		c.end = &last
	}
	now := c.redis.cfg.Now()
	if !c.suspect && now.Sub(c.checked) < checking {
		return nil
	}
	if c.at() != (reading.EntryID{}) {
		if err := c.recognise(ctx); err != nil {
			return err
		}
	}
	c.checked, c.suspect = now, false
	c.trim(ctx)
	return nil
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

// recognise starts from the beginning when the stream is gone or began anew.
func (c *Consumer) recognise(ctx context.Context) error {
	info, err := c.client.XInfoStream(ctx, c.key).Result()
	position := c.at()
	found := ""
	switch {
	case err == nil:
		last, ok := parseID(info.LastGeneratedID)
		if !ok {
			return errReply
		}
		if !last.Before(position) {
			return nil
		}
		found = info.LastGeneratedID
	case errors.Is(err, redis.Nil), strings.Contains(err.Error(), "no such key"):
		found = "none"
	default:
		moved(ctx, c.client, err)
		return err
	}
	c.log.Warn("stream was recreated: read from its beginning", "position", formatID(position), "last", found)
	c.met.gaps.Inc()
	c.move(reading.EntryID{})
	return nil
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

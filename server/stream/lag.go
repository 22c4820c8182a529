package stream

import (
	"context"
	"math"
	"time"
)

// lag is the last answer to the question how old the oldest unread entry is.
type lag struct {
	at time.Time
	ms int64
	ok bool
}

// Lag is how old the oldest unread entry is in ms, 0 when there is none; false
// when Redis can't be asked. It asks on a connection of its own, for at most a
// second and about once a second. Any goroutine may call it.
func (c *Consumer) Lag(ctx context.Context) (ms int64, ok bool) {
	c.mu.Lock()
	last := c.lag
	c.mu.Unlock()
	now := c.redis.cfg.Now()
	if age := now.Sub(last.at); age >= 0 && age < asking*9/10 {
		return last.ms, last.ok
	}
	ms, ok = c.ask(ctx)
	c.mu.Lock()
	c.lag = lag{c.redis.cfg.Now(), ms, ok}
	c.mu.Unlock()
	if ok {
		c.met.lag.Set(float64(ms))
	} else {
		c.met.lag.Set(math.NaN())
	}
	return ms, ok
}

func (c *Consumer) ask(ctx context.Context) (int64, bool) {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	found, err := c.redis.asker.XRangeN(ctx, c.key, "("+formatID(c.at()), "+", 1).Result()
	if err != nil {
		moved(ctx, c.redis.asker, err)
		return 0, false
	}
	if len(found) == 0 {
		return 0, true
	}
	id, ok := parseID(found[0].ID)
	if !ok {
		return 0, false
	}
	return max(1, c.redis.cfg.Now().UnixMilli()-int64(min(id.Ms, math.MaxInt64))), true
}

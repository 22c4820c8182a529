package stream

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"citydeck/cockpits/monitor/reading"

	"github.com/redis/go-redis/v9"
)

const (
	block      = time.Second           // how long XREAD waits in Redis
	patience   = block + 2*time.Second // after which an answer is not coming
	firstCount = 64
	mostCount  = 1000    // entries of one read
	fullReply  = 2 << 20 // bytes of one read, about; one entry may be more
	firstPause = 100 * time.Millisecond
	longPause  = 5 * time.Second
	checking   = 10 * time.Second // how often the stream is looked at, and a trouble logged again
)

// Consumer reads one stream. One goroutine owns it, but for Lag and Judge.
type Consumer struct {
	redis  *Redis
	key    string
	stream int16
	dec    *reading.Decoder
	rules  atomic.Pointer[reading.Rules] // of what is read next
	log    *slog.Logger
	met    streamMetrics
	client redis.UniversalClient // nil: none, or closed by the end of a context
	answer reply                 // of the last read
	count  int
	sizes  float64 // bytes of an entry, lately

	mark    reading.Mark               // but for Position
	print   reading.Print              // of the last entry read
	gaps    []reading.Gap              // not handed out yet
	worries []reading.Worry            // likewise
	counted map[reading.EntryID]uint64 // while it is read again: prints of what was read before; nil: it isn't
	until   reading.EntryID            // the greatest of them
	letters map[letter]bool            // dead letters there were at start; nil: not asked yet
	owed    []reading.Rejection        // dead letters that Redis may not have taken
	since   int64                      // Unix ms: those from then on may be of entries that come again

	end      *reading.EntryID // what stood last in the stream at start; nil: not asked yet
	caught   bool
	suspect  bool // the stream may be another one than before
	checked  time.Time
	pause    time.Duration // 0: all is well
	retry    time.Time
	grumbled time.Time
	drifted  time.Time

	mu       sync.Mutex
	position reading.EntryID // guarded by mu: of the last entry handed out
	lag      lag             // guarded by mu
}

// Next waits for entries, at most about a second; a batch without entries says
// that none came, or that Redis is away. It fails only when ctx ends.
func (c *Consumer) Next(ctx context.Context) (reading.Batch, error) {
	none := reading.Batch{Stream: c.stream, Position: c.at(), Caught: c.caught, Index: c.mark.Index, Run: c.mark.Run}
	if err := c.rest(ctx); err != nil {
		return none, err
	}
	if c.redis.cfg.Now().Before(c.retry) {
		return none, nil
	}
	b, err := c.read(ctx)
	if ctx.Err() != nil {
		return none, ctx.Err()
	}
	if err != nil {
		c.fail(err)
		return none, nil
	}
	c.recover()
	return b, nil
}

// Judge has what is read from now on checked by other rules.
func (c *Consumer) Judge(rules *reading.Rules) { c.rules.Store(rules) }

// rest waits until it is time to try again, at most a second.
func (c *Consumer) rest(ctx context.Context) error {
	wait := min(c.retry.Sub(c.redis.cfg.Now()), block)
	if wait <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fail notes a trouble, and when to try again.
func (c *Consumer) fail(err error) {
	now := c.redis.cfg.Now()
	c.pause = min(max(2*c.pause, firstPause), longPause)
	if word(err) == "WRONGTYPE" { // somebody will delete what stands there
		c.pause = min(c.pause, block)
	}
	c.retry = now.Add(c.pause)
	c.suspect = true
	c.met.failures(word(err)).Inc()
	if now.Sub(c.grumbled) >= checking {
		c.grumbled = now
		c.log.Warn("stream can't be read", "reason", word(err))
	}
}

// recover notes that all is well again.
func (c *Consumer) recover() {
	if c.pause > 0 {
		c.met.reconnects.Inc()
		c.log.Info("stream is read again", "position", formatID(c.at()))
		c.pause, c.grumbled = 0, time.Time{}
	}
}

// read asks Redis once.
func (c *Consumer) read(ctx context.Context) (reading.Batch, error) {
	if c.client == nil {
		c.client = c.redis.reader()
	}
	interrupted := make(chan struct{})
	client := c.client
	stop := context.AfterFunc(ctx, func() { // nothing else ends a read that waits
		c.redis.drop(client)
		close(interrupted)
	})
	defer func() {
		if !stop() {
			<-interrupted
			c.client = nil
		}
	}()
	if err := c.look(ctx); err != nil {
		return reading.Batch{}, err
	}
	deadline, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	args := []any{"xread", "count", c.count, "block", block.Milliseconds(), "streams", c.key, formatID(c.at())}
	if !c.caught { // what stood there at start is there, or nothing is
		args = slices.Delete(args, 3, 5)
	}
	cmd := redis.NewRawCmd(deadline, args...)
	err := c.client.Process(deadline, cmd)
	if errors.Is(err, redis.Nil) {
		err = nil
	}
	if err != nil {
		return reading.Batch{}, err
	}
	b, err := c.decode(cmd.Val())
	if err != nil {
		moved(deadline, c.client, err)
		return b, err
	}
	c.met.batch(&b)
	return b, nil
}

// decode turns the answer to XREAD into a batch and moves the position.
func (c *Consumer) decode(raw []byte) (reading.Batch, error) {
	c.answer.raw, c.answer.at = raw, 0
	if rules := c.rules.Load(); rules != c.dec.Rules() {
		c.dec = rules.Decoder(c.stream)
	}
	b := reading.Batch{Stream: c.stream, Position: c.at(), Rules: c.dec.Rules()}
	n, err := c.answer.begin()
	if err != nil {
		return b, err
	}
	now := c.redis.cfg.Now()
	b.Readings = make([]reading.Reading, 0, n)
	b.Prints = make([]reading.Print, 0, n)
	for range n {
		id, fields, err := c.answer.next()
		if err != nil {
			return reading.Batch{Stream: c.stream}, err
		}
		if c.known(id) {
			b.Position, b.Newest = id, ms(id)
			b.Entries++
			continue
		}
		b.Prints = append(b.Prints, reading.Print{ID: id, Hash: c.answer.hash})
		e := reading.Entry{ID: id, Judged: c.judged(id, now), Fields: fields}
		c.dec.Entry(&b, &e)
	}
	c.remember(&b, n)
	c.caught = c.caught || n == 0 || c.end != nil && !b.Position.Before(*c.end)
	b.Caught = c.caught
	c.move(b.Position)
	c.pace(n, len(raw))
	return b, nil
}

// known tells whether the entry that was just read was counted before the
// stream was read again.
func (c *Consumer) known(id reading.EntryID) bool {
	if c.counted == nil {
		return false
	}
	if c.until.Before(id) {
		c.counted = nil
		return false
	}
	hash, ok := c.counted[id]
	return ok && hash == c.answer.hash
}

// remember notes how far the stream is read with this batch of n entries.
func (c *Consumer) remember(b *reading.Batch, n int) {
	c.mark.Add(b.Prints)
	if n > 0 {
		c.print = reading.Print{ID: b.Position, Hash: c.answer.hash}
		if c.mark.Index >= 0 {
			c.mark.Index += int64(n)
		}
	}
	b.Index, b.Run = c.mark.Index, c.mark.Run
	b.Gaps, c.gaps = c.gaps, nil
	b.Worries, c.worries = c.worries, nil
}

// pace fits the number of entries of the next read to their size, so that
// small ones come by the thousand and large ones don't fill the memory.
func (c *Consumer) pace(entries, size int) {
	if entries == 0 {
		return
	}
	c.sizes = max(float64(size)/float64(entries), c.sizes*0.9)
	c.count = max(1, min(2*c.count, mostCount, int(fullReply/c.sizes)))
}

// judged is the time that an entry's readings are judged against: its id's own.
// An id far ahead of the clock says that Redis' clock ran ahead; until the true
// time catches up Redis goes on giving that millisecond, so the time of reading
// is taken instead.
func (c *Consumer) judged(id reading.EntryID, now time.Time) int64 {
	if id.Ms <= uint64(now.Add(reading.Ahead).UnixMilli()) {
		c.met.ahead.Set(0)
		return int64(id.Ms)
	}
	until := min(id.Ms, math.MaxInt64)
	c.met.ahead.Set(float64(int64(until) - now.UnixMilli()))
	if now.Sub(c.drifted) >= checking {
		c.drifted = now
		c.log.Warn("Redis' clock ran ahead: entries are taken at the time of reading", "until_ms", until, "entry", formatID(id))
	}
	return now.UnixMilli()
}

func (c *Consumer) at() reading.EntryID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.position
}

func (c *Consumer) move(to reading.EntryID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.position = to
}

package stream

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/reading"

	"github.com/redis/go-redis/v9"
)

const (
	writing  = 3 * time.Second // the longest that a write waits for its answer
	fullItem = 1 << 20         // bytes of one batch
)

// unknown is what is said of a write that was not answered: it may have been done.
const unknown = "unknown: repeat with the same id"

// Writer appends to the streams. Any number of goroutines may share one.
type Writer struct {
	redis *Redis
	rules atomic.Pointer[reading.Rules]
}

// Writer makes a writer that judges what is posted by these rules; nil will do
// for Add alone.
func (r *Redis) Writer(rules *reading.Rules) *Writer {
	w := &Writer{redis: r}
	w.Judge(rules)
	return w
}

// Judge has what is posted from now on checked by other rules.
func (w *Writer) Judge(rules *reading.Rules) { w.rules.Store(rules) }

// Post decodes a body – one object, an array, or NDJSON – and appends what can
// be used to the streams, as readings of the source; an area's readings always
// go into the same one. It returns the places in the body of what is written,
// and what is not and why (Origin.Item is the place). It fails with
// fault.Invalid when the body can't be read; when it fails with
// fault.Unavailable, accepted names what was written all the same.
func (w *Writer) Post(ctx context.Context, body []byte, source string) (accepted []int, rejected []reading.Rejection, err error) {
	now := w.redis.cfg.Now().UnixMilli()
	items, rejected, err := w.rules.Load().Decoder(0).Body(body, now, source)
	if err != nil {
		return nil, nil, err
	}
	accepted, err = w.Append(ctx, items)
	if err != nil {
		return accepted, nil, err
	}
	for i := range rejected {
		w.redis.met.rejects.WithLabelValues(string(rejected[i].Reason)).Inc()
	}
	return accepted, rejected, nil
}

// Append writes items to the streams of their areas: of one stream all or none.
// It returns the indices of what is written, in ascending order, and with
// fault.Unavailable those written before the failure.
func (w *Writer) Append(ctx context.Context, items []reading.Item) (accepted []int, err error) {
	ctx, cancel := context.WithTimeout(ctx, writing)
	defer cancel()
	streams := w.redis.cfg.Streams
	parts := make([][]reading.Item, len(streams))
	for _, item := range items {
		s := place(item.Area, len(streams))
		parts[s] = append(parts[s], item)
	}
	for s, part := range parts {
		if len(part) == 0 {
			continue
		}
		if err = w.write(ctx, streams[s], part); err != nil {
			break
		}
		for _, item := range part {
			accepted = append(accepted, item.Index)
		}
	}
	slices.Sort(accepted)
	return accepted, err
}

// place is the stream that an area's readings go into.
func place(area string, streams int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(area)) // a hash never fails
	return int(h.Sum32() % uint32(streams))
}

// write appends items to one stream, as few batches as their size allows.
func (w *Writer) write(ctx context.Context, key string, items []reading.Item) error {
	var batches [][]byte
	var b []byte
	for _, item := range items {
		if len(b) > 0 && len(b)+len(item.JSON)+2 > fullItem {
			batches = append(batches, append(b, ']'))
			b = nil
		}
		if len(b) == 0 {
			b = append(b, '[')
		} else {
			b = append(b, ',')
		}
		b = append(b, item.JSON...)
	}
	batches = append(batches, append(b, ']'))
	do := func() error {
		if len(batches) == 1 {
			return w.redis.writer.XAdd(ctx, &redis.XAddArgs{Stream: key, Values: []any{"batch", batches[0]}}).Err()
		}
		_, err := w.redis.writer.TxPipelined(ctx, func(p redis.Pipeliner) error {
			for _, b := range batches {
				p.XAdd(ctx, &redis.XAddArgs{Stream: key, Values: []any{"batch", b}})
			}
			return nil
		})
		return err
	}
	err := do()
	if err != nil && moved(ctx, w.redis.writer, err) {
		err = do()
	}
	if err == nil {
		return nil
	}
	w.redis.grumble("readings can't be written", word(err))
	if refused(err) {
		return fault.New(fault.Unavailable, "", "Redis does not take readings: %s", word(err))
	}
	return fault.New(fault.Unavailable, "", unknown)
}

// refused tells whether a write certainly was not done: Redis said no, or was
// never reached.
func refused(err error) bool {
	if _, said := errors.AsType[redis.Error](err); said && !errors.Is(err, redis.TxFailedErr) {
		return true
	}
	if errors.Is(err, redis.ErrPoolTimeout) {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// Entry is one entry to append as it is.
type Entry struct {
	Stream string
	ID     string // empty: Redis gives one
	Fields []string
	MaxLen int64 // trim the stream to about so many; 0: not
}

// Add appends entries as they are, in one go. It says which was the first that
// Redis did not take; those behind it may have been written.
func (w *Writer) Add(ctx context.Context, entries []Entry) error {
	ctx, cancel := context.WithTimeout(ctx, writing)
	defer cancel()
	cmds, err := w.redis.writer.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range entries {
			e := &entries[i]
			p.XAdd(ctx, &redis.XAddArgs{Stream: e.Stream, ID: e.ID, MaxLen: e.MaxLen, Approx: e.MaxLen > 0, Values: e.Fields})
		}
		return nil
	})
	if err == nil {
		return nil
	}
	moved(ctx, w.redis.writer, err)
	for i, cmd := range cmds {
		if cmd.Err() != nil {
			return fmt.Errorf("add entry %d of %d: %s: %w", i, len(entries), word(cmd.Err()), fault.Unavailable)
		}
	}
	return fmt.Errorf("add %d entries: %s: %w", len(entries), word(err), fault.Unavailable)
}

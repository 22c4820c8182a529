package stream

import (
	"context"
	"errors"
	"math"
	"strings"

	"citydeck/cockpits/monitor/reading"

	"github.com/redis/go-redis/v9"
)

// picture is what Redis says of a stream.
type picture struct {
	missing bool // no such key
	length  int64
	last    reading.EntryID // the greatest id ever given
	first   reading.EntryID // of the first entry there is; 0-0: none
	deleted reading.EntryID // the greatest id that was deleted one by one
	added   int64           // entries ever added; -1: not told, as by the embedded Redis
	here    reading.Print   // the entry at our position; 0-0: none
}

// picture asks what the stream is like.
func (c *Consumer) picture(ctx context.Context) (p picture, err error) {
	info, err := c.client.XInfoStream(ctx, c.key).Result()
	switch {
	case err == nil:
	case errors.Is(err, redis.Nil), strings.Contains(err.Error(), "no such key"):
		return picture{missing: true}, nil
	default:
		moved(ctx, c.client, err)
		return p, err
	}
	p.length, p.added = info.Length, info.EntriesAdded
	if info.EntriesAdded == 0 && (info.Length > 0 || c.redis.embedded != nil) {
		p.added = -1
	}
	var ok [2]bool
	p.last, ok[0] = parseID(info.LastGeneratedID)
	p.deleted, ok[1] = parseID(info.MaxDeletedEntryID)
	if !ok[1] && info.MaxDeletedEntryID == "" {
		p.deleted, ok[1] = reading.EntryID{}, true
	}
	if !ok[0] || !ok[1] {
		return p, errReply
	}
	if p.length > 0 {
		found, err := c.prints(ctx, "-", "+", 1)
		if err != nil {
			return p, err
		}
		if len(found) > 0 {
			p.first = found[0].ID
		}
	}
	at := formatID(c.at())
	found, err := c.prints(ctx, at, at, 1)
	if err == nil && len(found) > 0 {
		p.here = found[0]
	}
	return p, err
}

// prints asks for the entries from one id to another, at most so many.
func (c *Consumer) prints(ctx context.Context, from, to string, most int64) ([]reading.Print, error) {
	cmd := redis.NewRawCmd(ctx, "xrange", c.key, from, to, "count", most)
	if err := c.client.Process(ctx, cmd); err != nil {
		moved(ctx, c.client, err)
		return nil, err
	}
	list, err := printsIn(cmd.Val())
	if err != nil {
		moved(ctx, c.client, err)
	}
	return list, err
}

// printsIn reads an answer to XRANGE.
func printsIn(raw []byte) ([]reading.Print, error) {
	r := reply{raw: raw}
	n, err := r.list()
	list := make([]reading.Print, 0, n)
	for range n {
		var id reading.EntryID
		if id, _, err = r.next(); err != nil {
			return nil, err
		}
		list = append(list, reading.Print{ID: id, Hash: r.hash})
	}
	return list, err
}

// changed tells what became of the stream since it was read up to a position.
func (p *picture) changed(at reading.EntryID, index int64, last reading.Print) (kind reading.GapKind, n int64) {
	there := p.here.ID == at && at != reading.EntryID{}
	begun := p.first != (reading.EntryID{}) && !at.Before(p.first) // the first entry stands at or before the position
	removed := p.added - p.length
	fewer := index >= 0 && p.added >= 0 && p.added < index
	switch {
	case p.missing:
		return reading.Recreated, 0
	case fewer && there && last == p.here: // the newest is there, what was before it is not
		return reading.Recreated, 0
	case p.last.Before(at),
		fewer,
		there && last.ID == at && p.here.Hash != last.Hash,
		begun && !there && p.added >= 0 && p.deleted.Before(at),
		!begun && index >= 0 && p.added >= 0 && removed < index:
		return reading.RolledBack, 0
	case !begun && index >= 0 && p.added >= 0 && removed > index:
		return reading.Trimmed, removed - index
	}
	return "", 0
}

// recognise finds out whether the stream is still the one that was read from.
// If not, it is read again from where it is known, and what was counted is
// passed over.
func (c *Consumer) recognise(ctx context.Context) error {
	p, err := c.picture(ctx)
	if err != nil {
		return err
	}
	at := c.at()
	beginning := at == reading.EntryID{}
	switch {
	case p.missing && beginning:
		return nil
	case p.missing && c.redis.embedded != nil: // it forgets at exit
		c.reread(reading.EntryID{})
		return nil
	case beginning && c.mark.Index < 0: // what was trimmed before anybody read is no gap
		c.mark.Index = max(-1, p.added-p.length)
		return nil
	}
	kind, n := p.changed(at, c.mark.Index, c.print)
	gap := reading.Gap{Stream: c.key, Kind: kind, At: c.redis.cfg.Now().UnixMilli(), From: ms(at), Count: n}
	switch kind {
	case "":
		if p.last == at && p.added >= 0 {
			c.mark.Index = p.added
		}
		return nil
	case reading.Trimmed:
		c.mark.Index += n
		gap.To = ms(p.first)
	case reading.Recreated:
		c.reread(reading.EntryID{})
	case reading.RolledBack:
		from, survivor, err := c.survivor(ctx)
		if err != nil {
			return err
		}
		gap.From = ms(survivor)
		if survivor == (reading.EntryID{}) {
			gap.Kind = reading.Recreated
		}
		c.reread(from)
	}
	c.gaps = append(c.gaps, gap)
	c.met.gaps.Inc()
	c.log.Warn("a gap in the stream", "kind", gap.Kind, "entries", gap.Count,
		"position", formatID(at), "read_from", formatID(c.at()), "last", formatID(p.last))
	return nil
}

// reread goes back; what was read already is known by its print.
func (c *Consumer) reread(from reading.EntryID) {
	c.mark.Index = -1
	if from == (reading.EntryID{}) {
		c.mark.Index = 0 // all that was ever added to a new one is still to come
	}
	c.print = reading.Print{}
	c.move(from)
	c.arm(c.mark.Last())
}

// arm remembers which entries behind the position were read already.
func (c *Consumer) arm(last []reading.Print) {
	c.counted, c.until = nil, c.at()
	for _, p := range last {
		if c.until.Before(p.ID) {
			c.until = p.ID
		}
	}
	if !c.at().Before(c.until) {
		return
	}
	c.counted = make(map[reading.EntryID]uint64, len(last))
	for _, p := range last {
		c.counted[p.ID] = p.Hash
	}
}

// survivor looks for the newest entry that is remembered and still there, and
// tells from where to read again: from behind the oldest one remembered, or
// from the beginning when none is there.
func (c *Consumer) survivor(ctx context.Context) (from, found reading.EntryID, err error) {
	last := c.mark.Last()
	for i := len(last); i > 0 && found == (reading.EntryID{}); i -= atOnce {
		if found, err = c.anyOf(ctx, last[max(0, i-atOnce):i]); err != nil {
			return from, found, err
		}
	}
	if found == (reading.EntryID{}) {
		if found, err = c.anyOf(ctx, c.mark.Landmarks()); err != nil {
			return from, found, err
		}
	}
	if found == (reading.EntryID{}) || len(last) == 0 {
		return from, found, nil
	}
	from = last[0].ID
	for _, p := range last {
		if p.ID.Before(from) {
			from = p.ID
		}
	}
	return from, found, nil
}

const atOnce = 512 // ids asked for in one go

// anyOf finds the last of these entries that is still there as it was.
func (c *Consumer) anyOf(ctx context.Context, list []reading.Print) (reading.EntryID, error) {
	none := reading.EntryID{}
	if len(list) == 0 {
		return none, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmds := make([]*redis.RawCmd, len(list))
	_, err := c.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range list {
			id := formatID(list[i].ID)
			cmds[i] = redis.NewRawCmd(ctx, "xrange", c.key, id, id, "count", 1)
			if err := p.Process(ctx, cmds[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		moved(ctx, c.client, err)
		return none, err
	}
	for i := len(cmds) - 1; i >= 0; i-- {
		found, err := printsIn(cmds[i].Val())
		if err != nil {
			return none, err
		}
		if len(found) == 1 && found[0] == list[i] {
			return list[i].ID, nil
		}
	}
	return none, nil
}

func ms(id reading.EntryID) int64 { return int64(min(id.Ms, math.MaxInt64)) }

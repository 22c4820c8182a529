package engine

import (
	"time"

	"citydeck/cockpits/tile"
)

// round is one tick: move the clock, settle figures, draw the tiles that they
// change, publish what was drawn.
func (e *Engine) round(now int64) {
	began := time.Now()
	e.advance(now)
	e.settle()
	e.markTimed(now)
	e.publish(now)
	e.pub.Flush()
	e.done = now
	e.met.round(time.Since(began))
}

// settle computes what changed and marks the tiles that show it.
func (e *Engine) settle() {
	for _, m := range e.state.Settle() {
		if e.wall.watched(m.Pair) {
			e.wall.markAll(e.wall.watch[m.Pair])
		}
		if m.Judged {
			e.watchAlert(m.Pair)
		}
	}
}

// markTimed marks what changes by the clock alone: boards, once a second or
// when their measures were read; tiles whose sparkline entered a new step.
func (e *Engine) markTimed(now int64) {
	e.markRunning()
	for m, list := range e.wall.boards {
		if e.state.Restless(m) {
			e.wall.markAll(list)
		}
	}
	if now-e.second >= 1000 || now < e.second {
		e.second = now
		e.wall.markAll(e.wall.restless)
	}
	if at := now / minute; at != e.compareAt && e.cfg.Keeper != nil {
		e.compareAt = at
		e.markStats() // then has moved on too
	}
	for i := range e.steps {
		s := &e.steps[i]
		if s.next == s.seen || s.record {
			continue
		}
		s.seen = s.next
		for t := range e.wall.tiles {
			if k := e.wall.tiles[t].def.Kind; k == tile.Stat || k == tile.Trend {
				e.wall.mark(int32(t))
			}
		}
	}
}

// markRunning marks the tiles of commands once one of these has moved on.
func (e *Engine) markRunning() {
	if e.cfg.Ongoing == nil {
		return
	}
	is := e.cfg.Ongoing.Version()
	if is == e.running {
		return
	}
	e.running = is
	for i := range e.wall.tiles {
		if e.wall.tiles[i].def.Kind == tile.Command {
			e.wall.mark(int32(i))
		}
	}
}

// publish draws the marked tiles and hands each cockpit's over.
func (e *Engine) publish(now int64) {
	if !e.Ready() {
		return
	}
	e.openAlerts()
	var tree []tile.Tile
	for ci := range e.wall.cockpits {
		c := &e.wall.cockpits[ci]
		if !c.dirty && c.opened && !c.retell {
			continue
		}
		changed := e.draw(c)
		c.dirty = false
		if len(changed) > 0 || !c.opened {
			e.pub.Publish(c.id, now, changed)
		}
		if t, differs := e.branch(c, now); differs {
			tree = append(tree, t)
		}
		c.opened, c.retell = true, false
	}
	if len(tree) > 0 {
		e.pub.Publish(Tree, now, tree)
	}
}

func (e *Engine) draw(c *cockpit) []tile.Tile {
	var changed []tile.Tile
	for i := c.from; i < c.to; i++ {
		d := &e.wall.tiles[i]
		if !d.dirty && c.opened {
			continue
		}
		d.dirty = false
		was := d.tile
		d.tile = tile.Render(d.def, &e.view, e.cfg.District.Zone)
		if d.def.Kind == tile.Command && e.cfg.Ongoing != nil {
			d.tile = e.cfg.Ongoing.Draw(d.def, e.state.Now())
		}
		if d.def.Kind == tile.Board || d.def.Kind == tile.Alerts { // their status is of no one figure
			if d.tile.Since = was.Since; was.Since == nil || was.Status != d.tile.Status {
				now := e.state.Now()
				d.tile.Since = &now
			}
		}
		changed = append(changed, d.tile)
	}
	e.met.drawn.Add(float64(len(changed)))
	return changed
}

// branch is a cockpit's tile on the tree, and whether it differs from before.
func (e *Engine) branch(c *cockpit, now int64) (tile.Tile, bool) {
	tiles := make([]tile.Tile, 0, c.to-c.from)
	for i := c.from; i < c.to; i++ {
		tiles = append(tiles, e.wall.tiles[i].tile)
	}
	s := tile.StateOf(tiles)
	differs := !c.opened || c.retell || s != c.state
	if s.Status != c.state.Status {
		c.since = now
	}
	c.state = s
	alarms := float64(s.Alarms)
	t := tile.Tile{ID: c.id, Value: &alarms, Status: s.Status}
	since := c.since
	t.Since = &since
	if l := levelWord(s.Status); l != "" {
		t.Level = &l
	}
	return t, differs
}

func levelWord(status string) string {
	switch status {
	case "alarm", "warn", "normal":
		return status
	}
	return ""
}

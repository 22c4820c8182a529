package dispatch

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/tile"
)

const (
	glance   = 100 * time.Millisecond // how often what changed is looked at
	forecast = 5 * time.Second        // how often also what did not
)

// board is the commands as the walls show them.
type board struct {
	mu      sync.Mutex
	changed map[string]bool // guarded by mu
	raised  map[string]bool // guarded by mu: commands whose boards stand
	stands  chan struct{}   // guarded by mu: closed, and another one made, when one is raised
	hurry   chan struct{}   // of 1: somebody waits for a board
	version atomic.Uint64
	views   atomic.Pointer[[]command.View]
}

func (b *board) fill() {
	b.changed, b.raised = map[string]bool{}, map[string]bool{}
	b.stands, b.hurry = make(chan struct{}), make(chan struct{}, 1)
}

// stood notes whose boards stand now.
func (b *board) stood(id string, open bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.raised[id] == open {
		return
	}
	if !open {
		delete(b.raised, id)
		return
	}
	b.raised[id] = true
	close(b.stands)
	b.stands = make(chan struct{})
}

// Await waits until a command's board can be watched, or ctx ends.
func (d *Desk) Await(ctx context.Context, id string) {
	select {
	case d.board.hurry <- struct{}{}:
	default:
	}
	for {
		d.board.mu.Lock()
		stands, next := d.board.raised[id], d.board.stands
		d.board.mu.Unlock()
		if stands {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-next:
		}
	}
}

func (b *board) mark(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changed[id] = true
}

func (b *board) taken() map[string]bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := b.changed
	b.changed = map[string]bool{}
	return was
}

// show keeps the views, so that who draws waits for no command, and publishes
// the boards of those that are not closed.
func (d *Desk) show(ctx context.Context) {
	views, all, boards := map[string]command.View{}, time.Time{}, scenes{}
	t := time.NewTicker(glance)
	defer t.Stop()
	for {
		changed := d.board.taken()
		if now := time.Now(); now.Sub(all) > forecast {
			all = now
			for id := range views {
				changed[id] = true
			}
		}
		for id := range changed {
			sc, err := d.scene(ctx, id)
			if err != nil {
				d.board.mark(id)
				continue
			}
			delete(views, id)
			if sc.open && !sc.over {
				views[id] = sc.view
			}
			boards.publish(d.cfg.Boards, id, sc, d.now())
			d.board.stood(id, sc.open)
		}
		if len(changed) > 0 {
			d.publish(views)
		}
		select {
		case <-ctx.Done():
			return
		case <-d.board.hurry:
		case <-t.C:
		}
	}
}

func (d *Desk) publish(views map[string]command.View) {
	var list []command.View
	for _, id := range d.IDs() {
		if v, shown := views[id]; shown {
			list = append(list, v)
		}
	}
	d.board.views.Store(&list)
	d.board.version.Add(1)
}

// Version moves on whenever Draw may draw something else.
func (d *Desk) Version() uint64 { return d.board.version.Load() }

// Draw draws a tile of the commands that run in its area, above or below it.
func (d *Desk) Draw(def *tile.Definition, now int64) tile.Tile {
	var in []command.View
	if all := d.board.views.Load(); all != nil {
		in = slices.DeleteFunc(slices.Clone(*all), func(v command.View) bool {
			tree := d.district().Areas
			i, known := tree.Lookup(v.Area)
			return !known || !tree.Within(def.Area, i) && !tree.Within(i, def.Area)
		})
	}
	return tile.Ongoing(def, in, now)
}

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
	version atomic.Uint64
	views   atomic.Pointer[[]command.View]
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

// show keeps the views, so that who draws waits for no command.
func (d *Desk) show(ctx context.Context) {
	views, all := map[string]command.View{}, time.Time{}
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
			err := d.Look(ctx, id, func(s *command.State) error {
				delete(views, id)
				if !s.Over() && s.Phase != "" {
					views[id] = s.View(d.now())
				}
				return nil
			})
			if err != nil {
				d.board.mark(id)
			}
		}
		if len(changed) > 0 {
			d.publish(views)
		}
		select {
		case <-ctx.Done():
			return
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
			tree := d.cfg.District.Areas
			i, known := tree.Lookup(v.Area)
			return !known || !tree.Within(def.Area, i) && !tree.Within(i, def.Area)
		})
	}
	return tile.Ongoing(def, in, now)
}

package live

import (
	"context"
	"sync/atomic"
	"time"
)

// A round wakes the screens that have something new. The next one may begin
// when this one's frames are out and as much time again has passed; so under
// load the tick stretches, and numbers come less often instead of late.
type round struct {
	number atomic.Uint64
	out    atomic.Int64 // screens of this round that have written
	enough atomic.Int64 // of them are the round's end

	began time.Time     // owned by Run, as all below
	took  time.Duration // of the last round
	busy  bool          // its frames are not out yet
	seen  int64         // how many were out at the last look
	moved time.Duration // when that was, since began
	beat  uint64        // the last beat that was announced
}

// spare is the share of a round's screens that it doesn't wait for: slow ones
// must not hold up the others.
const spare = 8

const (
	beatEvery = 2 * time.Second
	// late is how long after its time the engine's beat is given up.
	late = 150 * time.Millisecond
)

// loop announces rounds, keeps the beat and cuts off stuck screens.
func (h *Hub) loop(ctx context.Context) {
	due, waits := false, false
	again := time.NewTimer(time.Hour)
	defer again.Stop()
	life := time.NewTimer(beatEvery + late)
	defer life.Stop()
	watch := time.NewTicker(max(h.cfg.WriteTimeout/8, time.Millisecond))
	defer watch.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.look:
			due = true
		case <-h.rested:
			h.rest()
		case <-again.C:
			waits = false
		case <-watch.C:
			h.cutStuck()
		case <-life.C:
			h.keepAlive()
			life.Reset(beatEvery)
			due = true
		}
		if !due || waits && h.round.busy {
			continue
		}
		if wait := h.pause(); wait > 0 {
			again.Reset(wait)
			waits = true
			continue
		}
		due, waits = false, false
		if h.announce() {
			life.Reset(beatEvery + late)
		}
	}
}

// rest notes that the round's frames are out.
func (h *Hub) rest() {
	r := &h.round
	if !r.busy || r.out.Load() < r.enough.Load() {
		return // the word of an older round
	}
	r.end(h, time.Since(r.began))
}

func (r *round) end(h *Hub, took time.Duration) {
	r.busy, r.took = false, took
	h.met.round.Observe(took.Seconds())
}

// pause is for how long the next round must wait. While frames go out it looks
// every half tick whether more of them are: what doesn't move is stuck, and
// not waited for.
func (h *Hub) pause() time.Duration {
	r := &h.round
	passed := time.Since(r.began)
	if r.busy && passed >= r.moved+h.cfg.Tick/2 {
		out := r.out.Load()
		if out == r.seen && passed > h.cfg.Tick/2 {
			r.end(h, r.moved)
		} else {
			r.seen, r.moved = out, passed
		}
	}
	if r.busy {
		return min(h.cfg.Tick/2, h.cfg.MaxTick-passed)
	}
	stretched := min(2*r.took, h.cfg.MaxTick)
	h.met.tick.Set(max(stretched, h.cfg.Tick).Seconds())
	return stretched - passed
}

// announce begins a round: it wakes who watches a cockpit that was published
// since the last one, or all when there is a new beat; it says whether there was.
func (h *Hub) announce() bool {
	r := &h.round
	r.began, r.busy, r.seen, r.moved = time.Now(), true, 0, 0
	r.out.Store(0)
	r.enough.Store(1 << 40)
	number := r.number.Add(1)
	woken := int64(0)
	wake := func(s *screen) {
		if s.round.CompareAndSwap(0, number) {
			woken++
		}
		signal(s.wake)
	}
	if h.ready.Load() {
		for _, c := range h.list {
			c.announce(wake)
		}
	}
	b := h.beat.Load()
	beating := b != nil && b.n != r.beat
	if beating {
		r.beat = b.n
		h.mu.Lock()
		for s := range h.screens {
			wake(s)
		}
		h.mu.Unlock()
	}
	r.enough.Store(woken - min(max(woken/spare, 1), woken))
	if r.out.Load() >= r.enough.Load() {
		h.rest()
	}
	return beating
}

// announce wakes the cockpit's watchers when it has a new edition.
func (c *cockpit) announce(wake func(*screen)) {
	e := c.newest.Load()
	if e == nil || e.id == c.seen {
		return
	}
	c.seen = e.id
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.watchers {
		wake(w.screen)
	}
}

// settle notes that a screen has nothing more to write.
func (h *Hub) settle(s *screen) {
	number := s.round.Swap(0)
	if number == 0 || number != h.round.number.Load() {
		return
	}
	if h.round.out.Add(1) == h.round.enough.Load() {
		signal(h.rested)
	}
}

// keepAlive repeats the last beat when the engine is silent: then its tick
// stands still, and the screens see that it does. Before the first it is 0.
func (h *Hub) keepAlive() {
	again := &beat{n: h.beats.Add(1)}
	last := h.beat.Load()
	if last != nil {
		again.Beat = last.Beat
	} else {
		again.Sources.Silent = []string{}
	}
	h.beat.CompareAndSwap(last, again)
}

// cutStuck closes the screens whose frame has been under way for too long.
func (h *Hub) cutStuck() {
	limit := time.Now().Add(-h.cfg.WriteTimeout).UnixNano()
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.screens {
		if since := s.writing.Load(); since != 0 && since < limit {
			if !s.severed.Swap(true) {
				h.met.timeouts.Inc()
			}
			s.cut()
		}
	}
}

// watch adds a cursor to the cockpit's watchers.
func (c *cockpit) watch(w *cursor) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.place = len(c.watchers)
	c.watchers = append(c.watchers, w)
}

// leave takes a cursor off the cockpit's watchers.
func (c *cockpit) leave(w *cursor) {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.watchers) - 1
	c.watchers[w.place] = c.watchers[last]
	c.watchers[w.place].place = w.place
	c.watchers[last] = nil
	c.watchers = c.watchers[:last]
}

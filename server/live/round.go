package live

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A round goes to the screens that have something new and writes to each what
// its connection takes at once; nobody is waited for. The next one may begin when
// as much time again has passed: so when a round takes more than half of a
// tick the tick stretches, and numbers come less often instead of late.
type round struct {
	number atomic.Uint64

	began time.Time     // owned by Run, as all below
	took  time.Duration // of the last round
	beat  uint64        // the last beat that was announced
	due   []*screen     // room for announce
}

const (
	beatEvery = 2 * time.Second
	// late is how long after its time the engine's beat is given up.
	late = 150 * time.Millisecond
)

// loop makes rounds and keeps the beat.
func (h *Hub) loop(ctx context.Context) {
	due, waits := false, false
	again := time.NewTimer(time.Hour)
	defer again.Stop()
	life := time.NewTimer(beatEvery + late)
	defer life.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.look:
			due = true
		case <-again.C:
			waits = false
		case <-life.C:
			h.keepAlive()
			life.Reset(beatEvery)
			due = true
		}
		if !due || waits {
			continue
		}
		if wait := h.pause(); wait > 0 {
			again.Reset(wait)
			waits = true
			continue
		}
		due = false
		if h.goRound() {
			life.Reset(beatEvery + late)
		}
	}
}

// pause is for how long the next round must wait.
func (h *Hub) pause() time.Duration {
	stretched := min(2*h.round.took, h.cfg.MaxTick)
	h.met.tick.Set(max(stretched, h.cfg.Tick).Seconds())
	return stretched - time.Since(h.round.began)
}

// goRound brings every screen up to date that has something new; it says
// whether there was a beat.
func (h *Hub) goRound() bool {
	r := &h.round
	r.began = time.Now()
	number := r.number.Add(1)
	due := r.due[:0]
	add := func(s *screen) {
		if s.round != number {
			s.round = number
			due = append(due, s)
		}
	}
	b := h.beat.Load()
	beating := b != nil && b.n != r.beat
	everybody := h.all.Swap(false)
	if h.ready.Load() {
		for _, c := range h.shelf.Load().list {
			c.announce(add)
		}
	}
	for _, s := range h.behind.take() {
		add(s)
	}
	if beating || everybody {
		if b != nil {
			r.beat = b.n
		}
		h.mu.Lock()
		for _, s := range h.screens {
			add(s)
		}
		h.mu.Unlock()
	}
	share(due, h.hands(), (*screen).turn)
	r.took = time.Since(r.began)
	h.met.round.Observe(r.took.Seconds())
	clear(due) // they are others' to free
	r.due = due
	return beating
}

// behind lists screens that were left out of a round.
type behind struct {
	sync.Mutex
	screens []*screen // guarded by the mutex
}

func (b *behind) take() []*screen {
	b.Lock()
	defer b.Unlock()
	list := b.screens
	b.screens = nil
	return list
}

// announce names the cockpit's watchers when it has a new edition.
func (c *cockpit) announce(add func(*screen)) {
	e := c.newest.Load()
	if e == nil || e.id == c.seen {
		return
	}
	c.seen = e.id
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.watchers {
		add(w.screen)
	}
}

// hands is how many goroutines do a round: one, which costs least, until a round
// takes so long that those at its end would notice.
func (h *Hub) hands() int {
	if h.round.took < h.cfg.Tick/4 {
		return 1
	}
	return runtime.GOMAXPROCS(0)
}

// chunk is how many screens one of several hands takes in one go.
const chunk = 64

// share does something to each screen, with so many hands.
func share(screens []*screen, hands int, do func(*screen)) {
	var next atomic.Int64
	some := func() {
		for {
			from := int(next.Add(chunk)) - chunk
			if from >= len(screens) {
				return
			}
			for _, s := range screens[from:min(from+chunk, len(screens))] {
				do(s)
			}
		}
	}
	var helpers sync.WaitGroup
	for range hands - 1 {
		helpers.Go(some)
	}
	some()
	helpers.Wait()
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

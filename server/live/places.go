package live

import "time"

// reserve takes a place for a screen, which is given back by unreserve or by
// release and moving.Done. False: there is none.
func (h *Hub) reserve() bool {
	if h.take() {
		return true
	}
	return h.reclaim() && h.take()
}

func (h *Hub) take() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.state != running || h.taken >= h.cfg.Screens {
		return false
	}
	h.taken++
	h.moving.Add(1)
	return true
}

// unreserve gives a place back of which no screen came.
func (h *Hub) unreserve() {
	h.mu.Lock()
	h.taken--
	h.mu.Unlock()
	h.moving.Done()
}

// release takes a screen off, and gives its place back if it still has it.
func (h *Hub) release(s *screen) {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := len(h.screens) - 1
	h.screens[s.place] = h.screens[last]
	h.screens[s.place].place = s.place
	h.screens[last] = nil
	h.screens = h.screens[:last]
	h.met.screens.Dec()
	h.vacate(s)
}

// vacate gives a screen's place back, once. The caller holds mu.
func (h *Hub) vacate(s *screen) {
	if !s.vacated {
		s.vacated = true
		h.taken--
		h.visitors.count(s.key, -1)
	}
}

const (
	// inVain is how often bytes were sent again without an answer to a connection
	// that is taken for dead when others wait for its place. With a beat each 2 s
	// that is so some 3.5 s after the network went, when screens are about to
	// veil themselves; the kernel gives up later.
	inVain = 3
	// lookEvery is how often dead connections are looked for at most.
	lookEvery = time.Second
)

// reclaim cuts off the connections of screens whose network is gone, as after a
// switch failed, so that those who come back find a place; it says whether it
// freed any. The kernel finds them too, but later.
func (h *Hub) reclaim() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	if h.state != running || now.Sub(h.reclaimed) < lookEvery {
		return false
	}
	h.reclaimed = now
	freed := 0
	for _, s := range h.screens {
		if !s.vacated && unanswered(s.raw) >= inVain {
			s.cut()
			h.vacate(s)
			freed++
		}
	}
	h.met.reclaimed.Add(float64(freed))
	return freed > 0
}

package live

import "time"

// reach is what the other side's kernel tells of how far its screen has read.
// What a screen has not read waits in that kernel's buffer, where it grows old
// as it would in a queue of ours, and can't be taken back. The window that it
// still offers shows how much that is: of a screen that keeps up it is always
// as wide; of one that doesn't it shrinks by what was sent and not read.
type reach struct {
	wide   uint32 // the widest window that was offered
	edge   uint64 // bytes taken and offered: it grows when somebody reads
	moved  int64  // Unix ns: when that last grew by a frame while the screen was behind
	behind bool
	frames uint8 // since the window was last looked at
	size   int   // of the last frame
	sent   int64 // Unix ns: when it went out
}

const (
	// lookAt is every how many frames the window of a screen that keeps up is looked at.
	lookAt = 4
	// unread is how many frames may wait in the other side's buffer.
	unread = 2
	// grain is what a window may be narrower without a reason.
	grain = 1 << 10
	// holdFor is for how long a screen that is behind gets no frame at most.
	holdFor = time.Second
)

// turn is a screen's turn in a round. One that is behind is left out until it
// has read, but for a frame a second; that will be the newest then.
func (s *screen) turn() {
	if s.held(time.Now().UnixNano()) {
		s.hub.hold(s)
		s.probe()
		return
	}
	s.pump()
}

// probe says something of no matter, so that the other side's answer brings its
// window: kernels don't tell of a window that grew by a little.
func (s *screen) probe() {
	nothing := "\x89\x00" // a ping
	if s.form == events {
		nothing = ":\n" // a comment
	}
	s.mu.Lock()
	if s.writing || s.closed || s.mute {
		s.mu.Unlock()
		return
	}
	s.writing, s.again = true, false
	s.mu.Unlock()
	rest, err := s.try([]byte(nothing))
	s.mu.Lock()
	again := false
	switch {
	case s.closed: // meanwhile, by the reader
	case err != nil:
		s.fail()
	case len(rest) == 1: // half of it is out
		s.hub.moving.Add(1)
		go s.push(rest)
	default:
		s.put()
		again = s.again
	}
	s.mu.Unlock()
	if again {
		s.pump()
	}
}

// held tells whether a screen is not to be given a frame now. It ends one that
// has read nothing for as long as a frame may take.
func (s *screen) held(now int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.reach
	if s.raw == nil || s.writing || s.closed || s.last.code != 0 {
		return false
	}
	if r.frames++; !r.behind && r.frames < lookAt {
		return false
	}
	r.frames = 0
	window, taken, known := offered(s.raw)
	if !known {
		return false
	}
	edge := taken + uint64(window)
	r.wide = max(r.wide, window)
	was := r.behind
	r.behind = int64(r.wide)-int64(window) > int64(unread*r.size+grain)
	if !r.behind {
		return false
	}
	// An edge that moves by less than a frame is the kernel's reckoning, not a reader.
	if !was || edge >= r.edge+uint64(r.size) {
		r.edge, r.moved = edge, now
	} else if now-r.moved > s.hub.cfg.WriteTimeout.Nanoseconds() {
		s.hub.met.timeouts.Inc()
		s.fail()
		return false
	}
	return now-r.sent < holdFor.Nanoseconds()
}

// hold puts a screen on the list of those that the next round looks at, whatever is new.
func (h *Hub) hold(s *screen) {
	h.behind.Lock()
	defer h.behind.Unlock()
	h.behind.screens = append(h.behind.screens, s)
	h.met.held.Inc()
}

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
	since  int64 // Unix ns: when it fell behind
	frames uint8 // since the window was last looked at
	size   int   // of the last frame
	sent   int64 // Unix ns: when it went out
	number uint8 // of the last frame: probes carry it
	read   bool  // a probe behind it was answered
}

// wrote notes a frame. The caller holds the screen's mu.
func (r *reach) wrote(size int) {
	r.size, r.sent, r.number, r.read = size, time.Now().UnixNano(), r.number+1, false
}

// heard notes the answer to a probe: who answers has read all that went before.
func (s *screen) heard(answer []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(answer) == 1 && answer[0] == s.reach.number {
		s.reach.read = true
	}
}

const (
	// lookAt is every how many frames the window of a screen that keeps up is looked at.
	lookAt = 4
	// unread is how many frames may wait in the other side's buffer.
	unread = 2
	// grain is what a window may be narrower without a reason.
	grain = 1 << 10
	// holdFor is for which part of the time that a frame may take a screen that is
	// behind gets none at most: of 5 s a second.
	holdFor = 5
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

// probe says something of no matter. Its acknowledgement brings the other side's
// window, for kernels don't tell of one that grew by a little; and the answer to
// a ping says that it was read.
func (s *screen) probe() {
	s.mu.Lock()
	if s.writing || s.closed || s.mute {
		s.mu.Unlock()
		return
	}
	s.writing, s.again = true, false
	nothing := []byte{0x89, 1, s.reach.number} // a ping
	if s.form == events {
		nothing = []byte(":\n") // a comment
	}
	s.mu.Unlock()
	rest, err := s.try(nothing)
	s.mu.Lock()
	again := false
	switch {
	case s.closed: // meanwhile, by the reader
	case err != nil:
		s.fail()
	case len(rest) > 0 && len(rest) < len(nothing): // a part of it is out
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
	if r.read { // whatever its window is, all was read
		r.wide, r.behind, r.read = window, false, false
		return false
	}
	edge := taken + uint64(window)
	r.wide = max(r.wide, window)
	was := r.behind
	r.behind = int64(r.wide)-int64(window) > int64(unread*r.size+grain)
	if !r.behind {
		return false
	}
	if !was {
		r.since = now
	}
	if now-r.since > 2*s.hub.cfg.WriteTimeout.Nanoseconds() {
		r.wide, r.behind = window, false // it reads, and will never offer more again
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
	return now-r.sent < s.hub.cfg.WriteTimeout.Nanoseconds()/holdFor
}

// hold puts a screen on the list of those that the next round looks at, whatever is new.
func (h *Hub) hold(s *screen) {
	h.behind.Lock()
	defer h.behind.Unlock()
	h.behind.screens = append(h.behind.screens, s)
	h.met.held.Inc()
}

package live

import (
	"errors"
	"net"
	"os"
	"time"
)

// pump writes what is due and never waits: what the kernel doesn't take at once
// is left to a goroutine of the screen's own. One writes at a time; who comes
// meanwhile only asks it to look again.
func (s *screen) pump() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writing || s.closed {
		s.again = true
		return
	}
	for {
		s.again = false
		due := s.compose()
		if due == nil {
			s.part()
			return
		}
		s.writing = true
		s.reach.wrote(len(due))
		s.mu.Unlock()
		s.hub.met.sent(len(due))
		rest, err := s.try(due)
		s.mu.Lock()
		switch {
		case s.closed: // meanwhile, by the reader
			return
		case err != nil:
			s.fail()
			return
		case len(rest) > 0:
			s.hub.moving.Add(1) // it isn't zero: the reader is counted until closed is set
			go s.push(rest)
			return
		}
		s.put()
		if !s.again {
			s.part()
			return
		}
	}
}

// push writes the rest of a frame, then all else that is due, and waits for the
// screen: for a frame at most for as long as a screen may take.
func (s *screen) push(rest []byte) {
	defer s.hub.moving.Done()
	for rest != nil {
		_ = s.line.SetWriteDeadline(time.Now().Add(s.hub.cfg.WriteTimeout))
		_, err := s.line.Write(rest)
		_ = s.line.SetWriteDeadline(time.Time{})
		s.mu.Lock()
		if err != nil || s.closed {
			if errors.Is(err, os.ErrDeadlineExceeded) && !s.closed {
				s.hub.met.timeouts.Inc()
			}
			s.fail()
			s.mu.Unlock()
			return
		}
		s.put()
		s.again = false
		if rest = s.compose(); rest != nil {
			s.writing = true
			s.reach.wrote(len(rest))
			s.hub.met.sent(len(rest))
		} else {
			s.part()
		}
		s.mu.Unlock()
	}
}

// put lays the pen down. The caller holds mu.
func (s *screen) put() {
	s.writing = false
	s.told.Broadcast()
}

// part begins the goodbye when the screen is to end and was told everything.
// The caller holds mu.
func (s *screen) part() {
	if s.last.code == 0 || s.closed {
		return
	}
	s.closed = true
	s.told.Broadcast()
	s.hub.moving.Add(1) // it isn't zero: the reader waits for done
	go s.bid(s.last)
}

// bid says goodbye and waits a moment for the answer.
func (s *screen) bid(c closing) {
	defer s.hub.moving.Done()
	defer close(s.done)
	if s.conn == nil {
		s.cut()
		return
	}
	cut := time.AfterFunc(goodbye, s.cut)
	defer cut.Stop()
	_ = s.conn.Close(c.code, c.reason)
}

// fail ends a screen that can't be written to. The caller holds mu.
func (s *screen) fail() {
	s.put()
	s.cut()
	if !s.closed {
		s.closed = true
		close(s.done)
	}
}

// hangUp ends a screen from which nothing more can be read; a goodbye that is
// under way is waited for.
func (s *screen) hangUp() {
	s.mu.Lock()
	if !s.closed {
		s.fail()
	}
	s.mu.Unlock()
	<-s.done
	if s.conn != nil {
		_ = s.conn.CloseNow()
	}
}

// try writes a frame as far as the kernel takes it, and gives the rest.
func (s *screen) try(frame []byte) ([]byte, error) {
	if s.raw == nil {
		return frame, nil
	}
	n := s.hub.nibs.Get().(*nib)
	defer s.hub.nibs.Put(n)
	wrote, err := n.write(s.raw, frame)
	return frame[wrote:], err
}

// pen is a screen's connection as the library has it: what that writes (pongs,
// closes) waits for the frame under way, so that none is torn.
type pen struct {
	net.Conn
	screen *screen
}

// Write writes one control frame; after a close nothing of ours follows.
func (p *pen) Write(b []byte) (int, error) {
	const finalClose = 0x88
	s := p.screen
	s.mu.Lock()
	for s.writing {
		s.told.Wait()
	}
	s.writing = true
	s.mu.Unlock()
	n, err := p.Conn.Write(b)
	s.mu.Lock()
	s.put()
	s.mute = s.mute || len(b) > 0 && b[0] == finalClose
	again := s.again
	s.mu.Unlock()
	if again {
		s.pump()
	}
	return n, err
}

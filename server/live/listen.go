package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// read takes the screen's ops until it ends.
func (s *screen) read() {
	for {
		kind, text, err := s.conn.Read(context.Background())
		switch {
		case errors.Is(err, websocket.ErrMessageTooBig):
			s.end(closing{websocket.StatusMessageTooBig, "a message is over 64 KiB"})
		case err != nil:
			if s.left(err) {
				return
			}
			s.end(closing{websocket.StatusProtocolError, "not as RFC 6455 has it"})
		case kind != websocket.MessageText:
			s.fault(malformed, "binary messages are not understood", "")
		case !utf8.Valid(text):
			s.end(closing{websocket.StatusInvalidFramePayloadData, "text is not UTF-8"})
		default:
			s.take(text)
		}
		if s.ending() {
			<-s.done
			return
		}
		if !s.breathe() {
			return
		}
	}
}

// left tells whether a failed read means that the other side is no more.
func (s *screen) left(err error) bool {
	return websocket.CloseStatus(err) != -1 || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		errors.As(err, new(net.Error))
}

// breathe waits until the next op may be read; false: the screen ended meanwhile.
func (s *screen) breathe() bool {
	wait := s.pace.Reserve().Delay()
	if wait == 0 {
		return true
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.done:
		return false
	}
}

// take does what one message asks for.
func (s *screen) take(text []byte) {
	o, c, detail := decode(text)
	switch {
	case c != "":
		about := ""
		if o.Cockpit != nil {
			about = *o.Cockpit
		}
		s.fault(c, detail, about)
	case *o.Op == shown:
		s.note(&o)
	case *o.Op == unsubscribe:
		s.unsubscribe(*o.Cockpit)
	case *o.Op == subscribe:
		s.subscribe(&o)
	}
}

// note keeps what a paired screen says that it shows; others say it to nobody.
func (s *screen) note(o *op) {
	if s.viewer.Paired {
		s.shown.Store(&Shown{Cockpit: *o.Cockpit, Seq: *o.Seq, At: s.hub.cfg.Now(), Overflow: overflow(o.Overflow)})
	}
}

// mostOverflow is how many tiles a wall may name; a cockpit has no more.
const mostOverflow = 64

// overflow joins the ids of tiles; what can't be one is left out.
func overflow(ids []string) string {
	ok := ids[:0]
	for _, id := range ids {
		if len(ok) < mostOverflow && id != "" && len(id) <= echoed && !strings.ContainsFunc(id, notOfAnID) {
			ok = append(ok, id)
		}
	}
	return strings.Join(ok, " ")
}

func notOfAnID(r rune) bool {
	return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
}

// echoed is how much of a cockpit's id an error repeats.
const echoed = 64

// faultsAMinute are answered; then the connection ends.
const faultsAMinute = 100

// fault tells the screen what can't be done.
func (s *screen) fault(c code, detail, cockpit string) {
	if len(cockpit) > echoed {
		cockpit = ""
	}
	s.hub.met.faults.WithLabelValues(string(c)).Inc()
	s.say(problem{Op: "error", Code: c, Detail: detail, Cockpit: cockpit})
	now := s.hub.cfg.Now().UnixMilli()
	if now-s.faults.since >= time.Minute.Milliseconds() || now < s.faults.since {
		s.faults = tally{since: now}
	}
	if s.faults.count++; s.faults.count >= faultsAMinute {
		s.end(closing{websocket.StatusPolicyViolation, "too many errors"})
	}
}

// subscribe begins to watch a cockpit, or begins anew. It is answered once the
// hub is ready: by a delta when the screen names a state that can be resumed.
func (s *screen) subscribe(o *op) {
	c := s.hub.cockpit(*o.Cockpit)
	switch {
	case c == nil:
		s.fault(unknownCockpit, "there is no such cockpit", *o.Cockpit)
		return
	case !s.viewer.sees(c.id):
		s.fault(forbidden, "this cockpit is not for you", c.id)
		return
	}
	epoch, seq := "", uint64(0)
	if o.Epoch != nil && o.Seq != nil {
		epoch, seq = *o.Epoch, *o.Seq
	}
	s.answered(c)
	if !s.follow(c, epoch, seq) {
		s.fault(tooMany, fmt.Sprintf("%d cockpits are watched already", s.hub.cfg.Subscriptions), c.id)
		return
	}
	s.pump()
}

// unsubscribe isn't answered.
func (s *screen) unsubscribe(cockpit string) {
	if c := s.hub.cockpit(cockpit); c != nil {
		s.answered(c)
		s.drop(c)
	}
}

// answered waits until an earlier subscribe to the cockpit has its answer, so
// that each gets one; a server that isn't ready answers the last one only.
func (s *screen) answered(c *cockpit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closed && s.hub.ready.Load() && c.newest.Load() != nil {
		if w := s.cursor(c); w == nil || !w.owed {
			return
		}
		s.told.Wait()
	}
}

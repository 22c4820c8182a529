package live

import (
	"context"
	"time"
)

// Shown is what a paired screen said last.
type Shown struct {
	Connections int
	Cockpit     string
	Seq         uint64
	At          time.Time // zero: it has said nothing yet
	Overflow    string    // ids of the tiles that it has no room for, with spaces between
}

// show makes a paired screen turn to a cockpit.
type show struct {
	Op      string `json:"op"`
	Cockpit string `json:"cockpit"`
	Until   int64  `json:"until"` // Unix ms
}

// reload makes a paired screen load its page anew.
type reload struct {
	Op string `json:"op"`
}

// Show turns a paired screen to a cockpit until a time (Unix ms). It says how
// many connections were told.
func (h *Hub) Show(viewer, cockpit string, until int64) int {
	return h.tell(viewer, show{Op: "show", Cockpit: cockpit, Until: until})
}

// Reload makes a paired screen load its page anew. It says how many connections were told.
func (h *Hub) Reload(viewer string) int { return h.tell(viewer, reload{Op: "reload"}) }

func (h *Hub) tell(viewer string, word any) int {
	told := 0
	h.each(func(s *screen) {
		if s.viewer.Paired && s.viewer.ID == viewer {
			s.say(word)
			told++
		}
	})
	return told
}

// Shown says what a paired screen shows, by its newest word.
func (h *Hub) Shown(viewer string) Shown {
	var all Shown
	h.each(func(s *screen) {
		if !s.viewer.Paired || s.viewer.ID != viewer {
			return
		}
		all.Connections++
		if is := s.shown.Load(); is != nil && is.At.After(all.At) {
			connections := all.Connections
			all = *is
			all.Connections = connections
		}
	})
	return all
}

// Recheck asks again who a viewer is, on all his screens: whoever is no longer
// let in is told so and closed, and a cockpit that is no longer his is taken off.
func (h *Hub) Recheck(viewer string) {
	h.each(func(s *screen) {
		if s.viewer.ID == viewer {
			s.recheck()
		}
	})
}

// recheckAll asks again and again after everybody who may have lost his right.
// It takes its time, and nobody else's.
func (h *Hub) recheckAll(ctx context.Context) {
	often := time.NewTicker(h.cfg.Recheck)
	defer often.Stop()
	for {
		select {
		case <-often.C:
		case <-ctx.Done():
			return
		}
		h.each(func(s *screen) {
			if ctx.Err() == nil && (s.viewer.Still != nil || s.viewer.Sees != nil) {
				s.recheck()
			}
		})
	}
}

// recheck holds a screen to what its viewer may see now.
func (s *screen) recheck() {
	if s.viewer.Still != nil && !s.viewer.Still() {
		s.say(problem{Op: "error", Code: unauthenticated, Detail: "sign in again"})
		s.end(closing{statusUnauthenticated, "unauthenticated"})
		return
	}
	var lost []*cockpit
	s.mu.Lock()
	for _, w := range s.cursors {
		if !s.viewer.sees(w.cockpit.id) {
			lost = append(lost, w.cockpit)
		}
	}
	s.mu.Unlock()
	for _, c := range lost {
		s.drop(c)
		s.hub.met.faults.WithLabelValues(string(forbidden)).Inc()
		s.say(problem{Op: "error", Code: forbidden, Detail: "this cockpit is no longer for you", Cockpit: c.id})
	}
}

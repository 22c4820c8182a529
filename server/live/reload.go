package live

import (
	"citydeck/cockpits/board"

	"github.com/coder/websocket"
)

// shelf is all cockpits that there are, the raised ones last. It never changes.
type shelf struct {
	byID map[string]*cockpit
	list []*cockpit
	next int // the index of the next new cockpit: those of removed ones aren't given again
}

// with is a shelf of the given cockpits; those that it has already are kept.
func (s *shelf) with(cockpits []Cockpit) *shelf {
	out := &shelf{byID: make(map[string]*cockpit, len(cockpits)), next: s.next}
	for _, c := range cockpits {
		cp := s.byID[c.ID]
		if cp == nil {
			cp = &cockpit{id: c.ID, index: out.next, layout: c.Layout, epoch: newEpoch(), board: &board.Board{}}
			out.next++
		}
		out.add(cp)
	}
	for _, cp := range s.list {
		if cp.raised && out.byID[cp.id] == nil {
			out.add(cp)
		}
	}
	return out
}

// cockpit finds a cockpit; nil: there is none. Anybody may ask.
func (h *Hub) cockpit(id string) *cockpit { return h.shelf.Load().byID[id] }

// Redefine takes other cockpits. One whose layout changed begins anew, as
// Replace does it; who watches one that is gone is told so. Whoever calls
// Publish calls it, and publishes the new and the changed ones next.
func (h *Hub) Redefine(cockpits []Cockpit) {
	h.shelving.Lock()
	was := h.shelf.Load()
	is := was.with(cockpits)
	h.shelf.Store(is)
	h.shelving.Unlock()
	for _, c := range cockpits {
		if cp := is.byID[c.ID]; cp.layout != c.Layout {
			h.Replace(c)
		}
	}
	gone := make(map[*cockpit]bool)
	for _, c := range was.list {
		if is.byID[c.id] == nil {
			gone[c] = true
		}
	}
	if len(gone) > 0 {
		h.dismissAll(gone)
	}
}

// dismissAll ends every watch of cockpits that are no more.
func (h *Hub) dismissAll(gone map[*cockpit]bool) {
	h.each(func(s *screen) {
		for _, c := range s.watching(gone) {
			s.dismiss(c)
		}
	})
}

// watching lists the cockpits among some that a screen watches.
func (s *screen) watching(some map[*cockpit]bool) []*cockpit {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*cockpit
	for _, w := range s.cursors {
		if some[w.cockpit] {
			list = append(list, w.cockpit)
		}
	}
	return list
}

// dismiss ends a screen's watch of a cockpit that is no more. A stream of events
// has nothing else to tell.
func (s *screen) dismiss(c *cockpit) {
	s.drop(c)
	s.hub.met.faults.WithLabelValues(string(unknownCockpit)).Inc()
	s.say(problem{Op: "error", Code: unknownCockpit, Detail: "this cockpit is no more", Cockpit: c.id})
	if s.form == events {
		s.end(closing{websocket.StatusNormalClosure, "this cockpit is no more"})
	}
}

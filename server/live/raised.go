package live

import "citydeck/cockpits/board"

// Raise adds a cockpit that no district defines, as a command's board: it is
// watched as any other, and stays whatever Redefine takes, until Lower. The
// first Publish must bring all its tiles. Who raises it alone publishes it.
func (h *Hub) Raise(c Cockpit) {
	h.shelving.Lock()
	defer h.shelving.Unlock()
	was := h.shelf.Load()
	if was.byID[c.ID] != nil {
		return
	}
	is := was.copied()
	cp := &cockpit{id: c.ID, index: is.next, layout: c.Layout, epoch: newEpoch(), board: &board.Board{}, raised: true}
	is.next++
	is.add(cp)
	h.shelf.Store(is)
}

// Lower takes a raised cockpit off; who watches it is told that it is no more.
func (h *Hub) Lower(id string) {
	h.shelving.Lock()
	was := h.shelf.Load()
	cp := was.byID[id]
	if cp == nil || !cp.raised {
		h.shelving.Unlock()
		return
	}
	is := &shelf{byID: make(map[string]*cockpit, len(was.list)), next: was.next}
	for _, c := range was.list {
		if c != cp {
			is.add(c)
		}
	}
	h.shelf.Store(is)
	h.shelving.Unlock()
	h.dismissAll(map[*cockpit]bool{cp: true})
}

// copied is a shelf of the same cockpits.
func (s *shelf) copied() *shelf {
	out := &shelf{byID: make(map[string]*cockpit, len(s.list)+1), next: s.next}
	for _, c := range s.list {
		out.add(c)
	}
	return out
}

func (s *shelf) add(c *cockpit) {
	s.byID[c.id] = c
	s.list = append(s.list, c)
}

package live

// Seq is the newest state of a cockpit; false before the first.
func (h *Hub) Seq(cockpit string) (uint64, bool) {
	c := h.cockpit(cockpit)
	if c == nil {
		return 0, false
	}
	e := c.newest.Load()
	if e == nil {
		return 0, false
	}
	return e.board.Seq(), true
}

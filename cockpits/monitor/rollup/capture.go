package rollup

import (
	"errors"
	"slices"
)

// piece is about how many bytes of a capture lie together, and the most that
// one step writes.
const piece = 256 << 10

// ErrUnderway says that a capture was begun while another one is not done.
var ErrUnderway = errors.New("another capture of the state is under way")

// Capture is the whole state as it was at one instant, written piece by piece
// while the state goes on: a pair that is about to change is written first, as
// it was. So no step takes long, and nothing is copied but the bytes written.
type Capture struct {
	s       *State
	w       writer
	parts   [][]byte
	size    int
	next    int      // the pair to look at
	n       int      // pairs there were
	early   []uint64 // bits: pairs that were written before it was their turn
	section section
	seen    []queue
	keys    int // in all of seen
	stream  int // whose keys are written
	sources []Source
	figures []standing
	at      int // in the section's list
	err     error
}

// section is what a capture writes next; the leaves come first.
type section uint8

const (
	inLeaves section = iota
	inSeen
	inSources
	inFigures
	whole
)

// Capture begins to write the state as it is now. The state may go on at once;
// Step has to be called from the goroutine that owns it, until it says done.
func (s *State) Capture() (*Capture, error) {
	if s.taking != nil {
		return nil, ErrUnderway
	}
	c := &Capture{
		s: s, w: writer{b: make([]byte, 0, piece+piece/4), known: make(map[string]uint64)},
		n: s.pairs, early: make([]uint64, (s.pairs+63)/64),
		keys: s.seen.n, sources: s.Sources(), figures: make([]standing, 0, len(s.figures.list)),
	}
	for _, q := range s.seen.queues {
		c.seen = append(c.seen, queue{marks: q.marks[q.head:len(q.marks):len(q.marks)]})
	}
	s.eachFigure(func(p Pair, f *stands) {
		c.figures = append(c.figures, standing{p.Place, p.Area, f.status, f.since})
	})
	c.head()
	s.taking = c
	return c, nil
}

// head writes what is small and changes with every reading.
func (c *Capture) head() {
	w, s := &c.w, c.s
	w.uint(form)
	w.int(s.now)
	w.base = s.now
	w.uint(uint64(c.n))
	w.uint(uint64(len(s.seen.queues)))
	for i := range s.seen.queues {
		w.int(s.seen.queues[i].newest)
	}
	w.uint(uint64(len(s.measures)))
	for i := range s.measures {
		m := &s.measures[i]
		w.string(m.def.ID)
		w.string(string(m.def.Kind))
		w.bool(m.def.Moves)
		w.string(string(m.def.Combine))
		w.int(m.first)
		w.uint(uint64(len(m.windows)))
		for k, at := range m.windows {
			w.string(s.windows[at].String())
			w.int(m.firsts[k])
		}
	}
	s.encodeGaps(w)
	s.encodeRefused(w)
	s.encodeLate(w)
	s.encodeEchoes(w)
}

// spare lets a capture that is under way write a pair as it is, before it changes.
func (s *State) spare(i int32) {
	if s.taking != nil {
		s.taking.spare(i)
	}
}

// spare writes a pair that is about to change, if it was not written yet.
func (c *Capture) spare(i int32) {
	if c.section != inLeaves || int(i) < c.next || int(i) >= c.n || c.early[i/64]>>(i%64)&1 == 1 {
		return
	}
	c.early[i/64] |= 1 << (i % 64)
	c.leaf(int(i))
}

// leaf writes a pair that was heard.
func (c *Capture) leaf(i int) {
	l := c.s.leaf(int32(i))
	if !l.heard || c.err != nil {
		return
	}
	c.w.bool(true) // another one
	c.err = c.s.encodeLeaf(&c.w, l)
	c.cut()
}

// cut puts a full piece aside.
func (c *Capture) cut() {
	if len(c.w.b) >= piece {
		c.parts = append(c.parts, c.w.b)
		c.size += len(c.w.b)
		c.w.b = make([]byte, 0, piece+piece/4)
	}
}

// Step writes on for at most n things and tells whether all is written. After
// an error the capture has ended.
func (c *Capture) Step(n int) (done bool, err error) {
	full := len(c.parts) + 1
	for ; n > 0 && c.err == nil && c.section != whole && len(c.parts) < full; n-- {
		c.one()
	}
	if c.section != whole && c.err == nil {
		return false, nil
	}
	c.Stop()
	return true, c.err
}

// Stop ends a capture that nobody wants any more.
func (c *Capture) Stop() {
	if c.s != nil && c.s.taking == c {
		c.s.taking = nil
	}
}

// one writes one thing.
func (c *Capture) one() {
	w := &c.w
	switch c.section {
	case inLeaves:
		if c.next == c.n {
			w.bool(false) // no more
			c.turn(inSeen, c.keys)
			return
		}
		i := c.next
		c.next++
		if c.early[i/64]>>(i%64)&1 == 0 {
			c.leaf(i)
		}
	case inSeen:
		if c.at == c.keys {
			c.turn(inSources, len(c.sources))
			return
		}
		c.key()
	case inSources:
		if c.at == len(c.sources) {
			c.turn(inFigures, len(c.figures))
			return
		}
		src := &c.sources[c.at]
		w.string(src.Name)
		w.int(src.Readings)
		w.int(src.LastAt)
		w.int(src.Heard)
		c.at++
	case inFigures:
		if c.at == len(c.figures) {
			c.section = whole
			c.parts = append(c.parts, c.w.b)
			c.size += len(c.w.b)
			return
		}
		f := &c.figures[c.at]
		w.string(c.s.cat.Indicators[f.place].ID)
		w.string(c.s.tree.At(f.area).ID)
		w.string(string(f.status))
		w.int(f.since)
		c.at++
	}
	c.cut()
}

// key writes the next idempotency key.
func (c *Capture) key() {
	q := &c.seen[0]
	for ; q.head == len(q.marks); q = &c.seen[0] {
		c.seen = c.seen[1:]
		c.stream++
	}
	c.w.uint(uint64(c.stream))
	c.w.fixed(q.marks[q.head].hash)
	c.w.int(q.marks[q.head].at)
	q.head++
	c.at++
}

// turn goes to a section, which begins with how many things are in it.
func (c *Capture) turn(to section, n int) {
	c.section, c.at = to, 0
	c.w.uint(uint64(n))
}

// Parts are the bytes, in pieces, once all is written. Nobody changes them again.
func (c *Capture) Parts() [][]byte { return c.parts }

// Size is how many bytes there are.
func (c *Capture) Size() int { return c.size }

// Encode writes the whole state in one go.
func (s *State) Encode() ([]byte, error) {
	c, err := s.Capture()
	if err != nil {
		return nil, err
	}
	for done := false; !done; {
		if done, err = c.Step(1 << 20); err != nil {
			return nil, err
		}
	}
	return slices.Concat(c.parts...), nil
}

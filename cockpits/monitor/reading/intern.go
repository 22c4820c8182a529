package reading

// generation is how many strings are kept before the older ones are let go.
const generation = 1 << 18

// interner gives equal bytes the same string, so that a point that is known
// costs no memory when it reports again. It keeps two generations: what is not
// asked for during a whole one is forgotten, so that invented points cannot
// fill the memory.
type interner struct {
	last       string // often the same again
	young, old map[string]string
}

// of returns the string of the bytes.
func (n *interner) of(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if n.last == string(b) {
		return n.last
	}
	s, ok := n.young[string(b)]
	if !ok {
		s = n.add(b)
	}
	n.last = s
	return s
}

func (n *interner) add(b []byte) string {
	s, ok := n.old[string(b)]
	if !ok {
		s = string(b)
	}
	if len(n.young) >= generation {
		n.old, n.young = n.young, nil
	}
	if n.young == nil {
		n.young = make(map[string]string)
	}
	n.young[s] = s
	return s
}

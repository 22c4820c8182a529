package rollup

// Gap is a stretch of a stream that was lost before it was read.
type Gap struct {
	Stream string
	Kind   string // trimmed, rolled_back, recreated
	From   int64  // Unix ms: the last that is known to have counted
	To     int64  // the first that counts again
	Count  int64  // entries that are missing; 0: not known
	Found  int64  // when it was found
}

// maxGaps is how many gaps are remembered.
const maxGaps = 100

// Miss notes a gap. A calendar window that began within it counts from its end.
func (s *State) Miss(g Gap) {
	s.gaps = append(s.gaps, g)
	if len(s.gaps) > maxGaps {
		s.gaps = s.gaps[len(s.gaps)-maxGaps:]
	}
	for m := range s.measures {
		s.measures[m].earlier = true
	}
}

// Gaps lists the gaps that are remembered, the oldest first. Not to be changed.
func (s *State) Gaps() []Gap { return s.gaps }

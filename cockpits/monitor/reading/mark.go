package reading

import "slices"

// Print is how an entry is known again: a stream that began anew gives ids that
// were given before.
type Print struct {
	ID   EntryID
	Hash uint64 // of its fields
}

// Mark is how far a stream has been read, and what tells whether it is still
// the same one. It is a value: Add leaves what was copied before as it was.
type Mark struct {
	Stream   string  // its key
	Position EntryID // of the last entry read
	Index    int64   // how many entries were ever added, up to there; -1: not known
	Run      string  // the Redis that said so, by its run_id; empty: not known
	chunks   [][]Print
	minutes  []Print
}

// What a mark remembers: the last entries, about, and one of each minute.
const (
	Remembered = 65_536
	Minutes    = 120
	chunk      = 1024
)

// Add remembers entries that were read, in their order.
func (m *Mark) Add(prints []Print) {
	for _, p := range prints {
		n := len(m.minutes)
		if n == 0 || m.minutes[n-1].ID.Ms/60_000 != p.ID.Ms/60_000 {
			if n == 2*Minutes {
				m.minutes = append(make([]Print, 0, 2*Minutes), m.minutes[n-Minutes+1:]...)
			}
			m.minutes = append(m.minutes, p)
		}
	}
	for len(prints) > 0 {
		last := len(m.chunks) - 1
		if last < 0 || len(m.chunks[last]) == chunk {
			from := max(0, len(m.chunks)-Remembered/chunk)
			m.chunks = append(append(make([][]Print, 0, len(m.chunks)+1), m.chunks[from:]...), make([]Print, 0, chunk))
			last = len(m.chunks) - 1
		}
		n := min(len(prints), chunk-len(m.chunks[last]))
		m.chunks[last] = append(m.chunks[last], prints[:n]...)
		prints = prints[n:]
	}
}

// Copy is the mark as it is now, whatever is added to this one later.
func (m *Mark) Copy() Mark {
	c := *m
	c.chunks = append([][]Print(nil), m.chunks...)
	c.minutes = m.minutes[:len(m.minutes):len(m.minutes)]
	return c
}

// Last lists the last entries read, the oldest first; at least Remembered of
// them, if so many were read.
func (m *Mark) Last() []Print {
	n := 0
	for _, c := range m.chunks {
		n += len(c)
	}
	all := make([]Print, 0, n)
	for _, c := range m.chunks {
		all = append(all, c...)
	}
	return all
}

// Landmarks lists one entry of each of the last minutes in which some were
// read, the oldest first.
func (m *Mark) Landmarks() []Print {
	return m.minutes[max(0, len(m.minutes)-Minutes):]
}

// Restore puts back what Last and Landmarks gave.
func (m *Mark) Restore(last, landmarks []Print) {
	m.chunks, m.minutes = nil, nil
	m.Add(last)
	m.minutes = slices.Clip(landmarks)
}

// GapKind is the word for how a stream lost something.
type GapKind string

// The kinds of contracts §3.
const (
	Trimmed    GapKind = "trimmed"     // entries went before they were read
	RolledBack GapKind = "rolled_back" // the tail was lost: what counted stays
	Recreated  GapKind = "recreated"   // another stream stands under the name
)

// Gap is a hole in what a stream gave: never passed over silently.
type Gap struct {
	Stream string // its key
	Kind   GapKind
	At     int64 // Unix ms: when it was noticed
	From   int64 // Unix ms: the last entry before it; 0: none
	To     int64 // Unix ms: the first entry behind it; 0: none yet
	Count  int64 // how many entries are missing; -1: not known
}

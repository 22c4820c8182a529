package series

// Trace keeps a value at the ends of the last steps, for a sparkline. Steps
// are whole multiples of their length since the Unix epoch.
type Trace struct {
	step   int64 // ms
	points []Sample
}

// TraceLength is how many points a trace holds; the last of a sparkline's 60
// is the value now and not kept here.
const TraceLength = 59

// Sample is a value at the end of a step; not OK: no value.
type Sample struct {
	At    int64 // Unix ms
	Value float64
	OK    bool
}

// NewTrace makes an empty trace of steps of so many milliseconds.
func NewTrace(step int64) *Trace { return &Trace{step: max(step, 1)} }

// End is the end of the step that an instant lies in: the first multiple after it.
func (t *Trace) End(ms int64) int64 {
	q := ms / t.step
	if ms%t.step < 0 {
		q--
	}
	return (q + 1) * t.step
}

// Step is the length of a step in ms.
func (t *Trace) Step() int64 { return t.step }

// Put keeps the value at the end of a step, replacing an earlier one there.
// Ends come in rising order; an older one is ignored.
func (t *Trace) Put(s Sample) {
	n := len(t.points)
	switch {
	case n > 0 && s.At < t.points[n-1].At:
		return
	case n > 0 && s.At == t.points[n-1].At:
		t.points[n-1] = s
		return
	case n == TraceLength:
		copy(t.points, t.points[1:])
		t.points = t.points[:n-1]
	}
	t.points = append(t.points, s)
}

// Since lists the samples at or after an instant, the oldest first. Not to be changed.
func (t *Trace) Since(ms int64) []Sample {
	for i := range t.points {
		if t.points[i].At >= ms {
			return t.points[i:]
		}
	}
	return nil
}

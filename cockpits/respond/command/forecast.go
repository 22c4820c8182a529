package command

import "citydeck/cockpits/respond/plan"

// A forecast is made of what has been seen, so it waits until enough was.
const (
	soonest = 60_000 // ms after T0
	fewest  = 20     // households out
	trust   = 3      // doors that the common pace weighs in each one's own
)

// forecast is when all are expected to be out, nil before that can be said, and
// the units that will be, or are, later than the plan allows.
func (s *State) forecast(now int64) (allOut *int64, late []string) {
	late = []string{}
	t0 := s.Milestone[0]
	if t0 == 0 {
		return nil, late
	}
	budget := t0 + s.Plan.AllOut.Milliseconds()
	ends := s.unitEnds(now)
	last := int64(0)
	for i := range s.units {
		if s.left(s.units[i].homes) == 0 {
			continue
		}
		if ends != nil {
			last = max(last, ends[i])
		}
		if now > budget || ends != nil && ends[i] > budget {
			late = append(late, s.units[i].key)
		}
	}
	if last > 0 {
		allOut = &last
	}
	return allOut, late
}

// unitEnds is when each unit is expected to be empty: for who has its open doors,
// one after the other in his order, at his own pace as far as it is known and at
// everybody's for the rest. Who has not answered begins when a deputy can be
// there. Nil before enough was seen.
func (s *State) unitEnds(now int64) []int64 {
	t0 := s.Milestone[0]
	if t0 == 0 || now-t0 < soonest || s.terminal < fewest || s.Over() {
		return nil
	}
	pace := s.pace()
	ends := make([]int64, len(s.units))
	for i := range ends {
		ends[i] = now
	}
	for i := range s.tasks {
		t := &s.tasks[i]
		own, at := s.paceOf(t, pace), float64(max(t.received, s.lastDone(t)))
		if t.answer != "yes" {
			at = float64(now + plan.Arrive.Milliseconds())
		}
		for _, h := range t.homes {
			if x := &s.homes[h]; !x.isTerminal() {
				at = max(at+own, float64(now))
				ends[x.unit] = max(ends[x.unit], int64(at))
			}
		}
	}
	for i := range s.homes { // nobody's doors: somebody has to come first
		if x := &s.homes[i]; x.task < 0 && !x.isTerminal() {
			ends[x.unit] = max(ends[x.unit], now+plan.Arrive.Milliseconds()+int64(pace))
		}
	}
	return ends
}

// lastDone is when the last of a task's doors was done, 0 before any.
func (s *State) lastDone(t *task) int64 {
	last := int64(0)
	for _, h := range t.homes {
		if x := &s.homes[h]; x.isTerminal() {
			last = max(last, min(x.at, s.Last))
		}
	}
	return last
}

// worked is how many doors of a task are done, and in how many ms since its answer.
func (s *State) worked(t *task) (doors int, ms float64) {
	if t.answer != "yes" {
		return 0, 0
	}
	for _, h := range t.homes {
		if s.homes[h].isTerminal() {
			doors++
		}
	}
	return doors, max(float64(s.lastDone(t)-t.received), 0)
}

// pace is how many ms a door takes, over all tasks, the way there included.
func (s *State) pace() float64 {
	doors, ms := 0, 0.0
	for i := range s.tasks {
		d, m := s.worked(&s.tasks[i])
		doors, ms = doors+d, ms+m
	}
	if doors == 0 {
		return float64(plan.Door.Milliseconds())
	}
	return ms / float64(doors)
}

// paceOf is a task's own pace, drawn towards everybody's while few doors are done.
func (s *State) paceOf(t *task, all float64) float64 {
	doors, ms := s.worked(t)
	return (ms + trust*all) / float64(doors+trust)
}

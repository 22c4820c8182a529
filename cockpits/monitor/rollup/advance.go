package rollup

import (
	"container/heap"

	"citydeck/cockpits/monitor/indicator"
)

// timers wake pairs when they stop being fresh, expected or remembered. Each
// pair stands in it at most once for each of its looks; a look too early only
// sets the next one.
type timers []timer

type timer struct {
	at   int64
	leaf int32
}

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at < t[j].at }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }

// Push and Pop are container/heap's.
func (t *timers) Push(x any) { *t = append(*t, x.(timer)) }

// Pop removes the last.
func (t *timers) Pop() any {
	old := *t
	x := old[len(old)-1]
	*t = old[:len(old)-1]
	return x
}

// wake sees to it that a pair is looked at no later than at an instant.
func (s *State) wake(i int32, at int64) {
	l := s.leaf(i)
	if at == 0 || l.timer != 0 && l.timer <= at {
		return
	}
	l.timer = at
	heap.Push(&s.timers, timer{at, i})
}

// Advance moves the clock: windows turn, pairs grow stale and are forgotten,
// although nothing came. A clock that steps back turns the windows back.
func (s *State) Advance(now int64) {
	back := now < s.now
	far := s.now-now >= 1000
	s.now = now
	s.figures.back = s.figures.back || back
	if far {
		s.freshenAll()
	}
	for len(s.timers) > 0 && s.timers[0].at <= now {
		t := heap.Pop(&s.timers).(timer)
		if l := s.leaf(t.leaf); l.timer == t.at {
			l.timer = 0
			s.freshen(t.leaf)
		}
	}
	for w := range s.windows {
		if win := &s.windows[w]; win.turn != 0 && (now >= win.turn || back && now < win.begin || back && win.Length > 0) {
			s.turn(win)
			s.turned(int16(w))
		}
	}
	if s.changes != 0 && now >= s.changes || back {
		s.hold()
	}
}

// freshenAll looks at every pair again after a step back of the clock: what had
// grown stale or was forgotten may not be so any more.
func (s *State) freshenAll() {
	for i := range int32(s.pairs) {
		if l := s.leaf(i); !l.vacant && (l.heard || l.listed) {
			l.timer = 0
			s.freshen(i)
		}
	}
}

// turned marks all cells that a window's turning may change, and forgets what
// it no longer needs. With a calendar window also what counts_from says changes.
func (s *State) turned(w int16) {
	keep := s.windows[w].keep
	if s.windows[w].Calendar() {
		s.conclude(func(key lateKey) bool { return key.window == w && key.number < keep })
		for p := range s.held {
			if s.held[p].window == w {
				s.markAll(indicator.Place(p))
			}
		}
	}
	for m := range s.measures {
		ms := &s.measures[m]
		for k, at := range ms.windows {
			if at != w {
				continue
			}
			for _, ci := range ms.cells {
				c := &s.cells[ci]
				if c.folds[k].Empty() {
					continue
				}
				c.folds[k].Drop(keep)
				s.review(ci)
				for _, li := range c.leaves {
					s.leaf(li).folds[k].Drop(keep)
				}
			}
		}
	}
}

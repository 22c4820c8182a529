package rollup

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// forgotten tells whether a stock's pair was not heard for so long that it
// leaves. One on a list never does.
func (s *State) forgotten(l *leaf) bool {
	return !l.listed && s.opt.Forget > 0 && l.latest.Order.At+s.opt.Forget.Milliseconds() < s.now
}

// over tells whether nothing of a pair counts any more and nothing that may
// still come can change that, so that its place is free for another. If not,
// it tells when to look again; 0: never.
func (s *State) over(l *leaf) (over bool, again int64) {
	if l.listed || !l.heard {
		return false, 0
	}
	ms := &s.measures[l.measure]
	silent := recall
	if ms.def.Kind == indicator.Stock {
		if s.opt.Forget <= 0 {
			return false, 0
		}
		silent = max(s.opt.Forget, recall)
	}
	end := l.latest.Order.At + (silent + s.opt.Lateness).Milliseconds()
	if end >= s.now {
		return false, end + 1
	}
	for k := range l.folds {
		if l.folds[k].Empty() {
			continue
		}
		if s.windows[ms.windows[k]].Span == indicator.Total {
			return false, 0
		}
		return false, s.now + 24*3_600_000
	}
	return true, 0
}

// vacate frees the place of a pair.
func (s *State) vacate(i int32) {
	s.spare(i)
	l := s.leaf(i)
	s.setDispute(i, false)
	s.cover(i, false, false)
	s.uncount(i, l.latest, l.counted)
	s.unseat(i)
	s.echo(l.measure, l.area)
	delete(s.byKey, s.keyOf(l))
	s.live--
	*l = leaf{vacant: true}
	s.vacant = append(s.vacant, i)
}

// echo remembers that a measure was heard at an area where no pair may be left
// to tell of it.
func (s *State) echo(m indicator.Index, a area.Index) {
	ci := s.cell(m, a)
	if c := &s.cells[ci]; !c.echo {
		c.echo = true
		s.echoes = append(s.echoes, ci)
	}
}

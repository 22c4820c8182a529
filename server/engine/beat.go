package engine

import (
	"cmp"
	"slices"

	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/tile"
)

// rate counts readings by the second, of the last few.
type rate struct {
	all    int64
	second int64
	counts [rateSeconds]int
}

const rateSeconds = 4

func (r *rate) note(now int64, n int) {
	r.move(now / 1000)
	r.all += int64(n)
	r.counts[r.second%rateSeconds] += n
}

func (r *rate) move(second int64) {
	if second-r.second >= rateSeconds || second < r.second {
		r.counts = [rateSeconds]int{}
		r.second = second
	}
	for r.second < second {
		r.second++
		r.counts[r.second%rateSeconds] = 0
	}
}

// perSecond is the mean of the last two whole seconds.
func (r *rate) perSecond(now int64) int {
	r.move(now / 1000)
	return (r.counts[(r.second+rateSeconds-1)%rateSeconds] + r.counts[(r.second+rateSeconds-2)%rateSeconds]) / 2
}

const (
	week = 7 * 24 * 3_600_000
	// quiet is for how long a source may say nothing before it is called silent.
	quiet       = 10 * 60_000
	namedSilent = 3
)

// beat hands over the district's sign of life.
func (e *Engine) beat() {
	now := e.now()
	b := tile.Beat{Now: now, Tick: e.done, Behind: e.lag(), Rate: e.rate.perSecond(now)}
	b.Points.Fresh, b.Points.Expected = e.state.Fresh()
	b.Sources = e.sourceBeat(now)
	e.met.beat(&b, e.state.Points())
	e.pub.Beat(b)
	e.pub.Flush()
}

// lag is the largest of all streams'; nil when one can't be asked.
func (e *Engine) lag() *int64 {
	most := int64(0)
	for i := range e.behind {
		lag := e.behind[i].Load()
		if lag == unknown {
			return nil
		}
		most = max(most, lag)
	}
	return &most
}

// sourceBeat counts the sources heard in the last week; the longest silent are named.
func (e *Engine) sourceBeat(now int64) tile.Sources {
	s := tile.Sources{Silent: []string{}}
	list := e.state.Sources()
	slices.SortFunc(list, func(a, b rollup.Source) int {
		return cmp.Or(cmp.Compare(a.Heard, b.Heard), cmp.Compare(a.Name, b.Name))
	})
	for _, src := range list {
		if now-src.Heard > week {
			continue
		}
		s.All++
		if now-src.Heard <= quiet {
			s.Fresh++
		} else if len(s.Silent) < namedSilent {
			s.Silent = append(s.Silent, src.Name)
		}
	}
	return s
}

package simulate

import (
	"iter"
	"strconv"
	"time"
)

// PastBatch is how many readings an entry of the past holds at most.
const PastBatch = 1000

// retold is when a stock that never changes is told again, so that it isn't forgotten.
const retold = 10 * 24 * hour

// stretch is a part of the past, [from, to) in ms, that each unit reports at once.
type stretch struct{ from, to int64 }

// Past yields what was before the start, so that days, months, years and trends
// stand at once: entries in ascending order, with ids of their time, to be
// appended to new streams. It goes back so many days, and to New Year's Day
// for measures of a year. The older, the coarser; a flow of 0 is left out, and
// stocks are told as far as they changed. Everything that
// a unit reports stands in the end once more, as a sign of life.
func (g *Generator) Past(days int) iter.Seq[[]Entry] {
	return func(yield func([]Entry) bool) {
		midnight := g.date(g.start - 1).start
		first := time.UnixMilli(midnight).In(g.zone).AddDate(0, 0, -days)
		year := time.Date(first.Year(), 1, 1, 0, 0, 0, 0, g.zone)
		if days > 0 && time.UnixMilli(g.start).In(g.zone).Year() == first.Year() {
			for at := year; at.Before(first); at = at.AddDate(0, 0, 7) {
				end := at.AddDate(0, 0, 7)
				if end.After(first) {
					end = first
				}
				if !g.tell(stretch{at.UnixMilli(), end.UnixMilli()}, yield) {
					return
				}
			}
		}
		for _, s := range stretches(first.UnixMilli(), midnight, g.start) {
			if !g.tell(s, yield) {
				return
			}
		}
	}
}

// stretches cuts the time from the first day to now: half days, then hours of
// yesterday, 24 minutes (a sixtieth of a day) of the last day and today, and
// three minutes in the end. None crosses midnight.
func stretches(first, midnight, now int64) []stretch {
	const day, step = 24 * hour, 24 * minute
	var list []stretch
	at := first
	cut := func(until, step int64) {
		for at < until {
			to := min(at+step, until)
			list = append(list, stretch{at, to})
			at = to
		}
	}
	since := func(long int64) int64 { // about so long ago, a whole number of steps from midnight
		n := (now - long - midnight) / step
		if now-long < midnight {
			n--
		}
		return midnight + n*step
	}
	coarse := 12 * hour
	if midnight-first > 31*day {
		coarse = day
	}
	cut(midnight-day, coarse)
	cut(since(day), hour)
	cut(since(2*hour), step)
	cut(now, 3*minute)
	return list
}

// tell yields the entries of one stretch.
func (g *Generator) tell(s stretch, yield func([]Entry) bool) bool {
	const day = 24 * hour
	sheet := newSheet(g.streams, PastBatch)
	kept := g.sheet
	g.sheet = sheet
	defer func() { g.sheet = kept }()
	old, last := s.to-s.from > day, s.to == g.start
	for _, u := range g.units {
		switch {
		case old && !g.yearly[u.report]:
		case u.report.Kind != stock:
			g.measure(u, s.from, s.to, last)
		case last || !old && s.to-s.from > 20*minute && (s.from >= g.start-day || s.to-s.from >= 12*hour):
			g.changed(u, s.to-1, last)
		}
	}
	entries := sheet.take()
	ms := strconv.FormatInt(s.to-1, 10)
	for i := range entries {
		entries[i].ID = ms + "-" + strconv.Itoa(i)
	}
	return len(entries) == 0 || yield(entries)
}

// changed tells the stocks of a unit that are not what was told last.
func (g *Generator) changed(u *unit, at int64, all bool) {
	n := len(u.report.Measure)
	g.stocks(u, at, g.sums[:n])
	if u.told == nil {
		u.told = make([]float64, n)
		all = true
	}
	if all = all || at-u.whole >= retold; all {
		u.whole = at
	}
	for i, v := range g.sums[:n] {
		if all || v != u.told[i] {
			u.told[i] = v
			g.sheet.add(u, i, v)
		}
	}
}

package rollup

import (
	"time"

	"citydeck/cockpits/monitor/indicator"
)

// calendar answers which day, month and year an instant lies in. It remembers
// the last two days asked for, since asking the zone costs more than a fold.
type calendar struct {
	zone *time.Location
	days [2]day
	next int
}

type day struct{ from, to, day, month, year int64 }

func (c *calendar) bucket(w indicator.Window, ms int64) int64 {
	if !w.Calendar() {
		return w.Bucket(ms, c.zone)
	}
	d := c.find(ms)
	switch w.Span {
	case indicator.Day:
		return d.day
	case indicator.Month:
		return d.month
	}
	return d.year
}

func (c *calendar) find(ms int64) *day {
	for i := range c.days {
		if d := &c.days[i]; ms >= d.from && ms < d.to {
			return d
		}
	}
	d := &c.days[c.next]
	c.next = 1 - c.next
	span := indicator.Window{Span: indicator.Day}
	*d = day{
		from: span.Begin(ms, c.zone), to: span.Turn(ms, c.zone),
		day:   span.Bucket(ms, c.zone),
		month: indicator.Window{Span: indicator.Month}.Bucket(ms, c.zone),
		year:  indicator.Window{Span: indicator.Year}.Bucket(ms, c.zone),
	}
	return d
}

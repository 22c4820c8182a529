package simulate

import (
	"fmt"
	"time"
)

// half is the step in which the day's curves and chances are laid out, in ms.
const (
	half   = int64(30 * 60 * 1000)
	halves = 48
	minute = int64(60 * 1000)
	hour   = 60 * minute
)

// date is one day of the district's calendar.
type date struct {
	start, end int64 // Unix ms
	key        uint64
	off        bool    // weekend or holiday
	mood       float64 // how much happens today, about 1
	agenda     map[*report][]happening
}

// date finds the day that an instant lies in. The last one is kept, since one
// mostly asks for it again.
func (g *Generator) date(at int64) *date {
	if d := g.today; d != nil && at >= d.start && at < d.end {
		return d
	}
	t := time.UnixMilli(at).In(g.zone)
	start := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, g.zone)
	d, known := g.dates[start.UnixMilli()]
	if !known {
		d = g.newDate(start)
		g.dates[d.start] = d
	}
	g.today = d
	return d
}

func (g *Generator) newDate(start time.Time) *date {
	d := &date{start: start.UnixMilli(), end: start.AddDate(0, 0, 1).UnixMilli()}
	d.key = mix(g.seed, uint64(d.start))
	d.off = g.isOff(start)
	d.mood = 1 + 0.06*clamp(bell(d.key), -2, 2)
	return d
}

func (g *Generator) isOff(day time.Time) bool {
	switch g.holidays[day.Format(time.DateOnly)] {
	case "off":
		return true
	case "work":
		return false
	}
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

// slot is the half hour of the day, on days off 48 more.
func (d *date) slot(at int64) int {
	s := int((at - d.start) / half)
	s = min(max(s, 0), halves-1)
	if d.off {
		s += halves
	}
	return s
}

// drawn is a curve's height at an instant, drawn straight between half hours.
func (d *date) drawn(heights []float64, at int64) float64 {
	if heights == nil {
		return 1
	}
	s, rest := d.slot(at), float64((at-d.start)%half)/float64(half)
	next := s + 1
	if next%halves == 0 {
		next -= halves
	}
	return heights[s] + (heights[next]-heights[s])*rest
}

// heights are a curve's at the beginning of each half hour: 48 of working
// days, then 48 of days off.
func (c curve) heights() ([]float64, error) {
	off := c.Off
	if off == nil {
		off = c.Hours
	}
	if len(c.Hours) != 24 || len(off) != 24 {
		return nil, fmt.Errorf("has %d and %d hours, not 24", len(c.Hours), len(off))
	}
	list := make([]float64, 0, 2*halves)
	for _, hours := range [][]float64{c.Hours, off} {
		for h, v := range hours {
			if v < 0 {
				return nil, fmt.Errorf("has %v at %d o'clock", v, h)
			}
			list = append(list, v, (v+hours[(h+1)%24])/2)
		}
	}
	return list, nil
}

// parts turns heights into which part of a day falls on each half hour.
func parts(heights []float64) []float64 {
	list := make([]float64, 2*halves)
	for from := 0; from < len(list); from += halves {
		sum := 0.0
		for i := range halves {
			sum += heights[from+i] + heights[from+(i+1)%halves]
		}
		for i := range halves {
			list[from+i] = (heights[from+i] + heights[from+(i+1)%halves]) / sum
		}
	}
	return list
}

func clamp(v, low, high float64) float64 { return max(low, min(high, v)) }

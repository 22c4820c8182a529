// Package calendar is working hours, holidays, and the four units of a deadline.
//
// Days are days of the district's zone. A day is a working day when it is one of
// Monday to Friday, unless the calendar says off (a holiday), or says work (a
// weekend day that replaces one, 调休).
package calendar

import (
	"fmt"
	"time"
)

// Unit is what a deadline is counted in.
type Unit string

// The four units of GB/T 30428.8.
const (
	UrgentHour Unit = "urgent_hour" // 紧急工作时: by the clock, day and night
	WorkHour   Unit = "work_hour"   // 工作时: only while people work
	WorkDay    Unit = "work_day"    // 工作日: until work ends on the n-th working day after
	NaturalDay Unit = "natural_day" // 自然日: until midnight ends the n-th day after
)

// Shift is one stretch of a working day, from and to counted from midnight.
type Shift struct{ From, To time.Duration }

// Usual are the working hours where nothing else is said: 08:30–12:00, 13:30–17:30.
func Usual() []Shift {
	return []Shift{{8*time.Hour + 30*time.Minute, 12 * time.Hour}, {13*time.Hour + 30*time.Minute, 17*time.Hour + 30*time.Minute}}
}

// Calendar knows when people work. It never changes.
type Calendar struct {
	zone   *time.Location
	days   map[string]string
	shifts []Shift
}

// longest is how far a deadline is looked for, in days.
const longest = 4000

// New makes a calendar from days (2006-01-02 to "off" or "work") and shifts in
// their order. Shifts that overlap, run backwards or leave the day are an error.
func New(zone *time.Location, days map[string]string, shifts []Shift) (*Calendar, error) {
	last := time.Duration(0)
	for _, s := range shifts {
		if s.From < last || s.To <= s.From || s.To > 24*time.Hour {
			return nil, fmt.Errorf("shift %v–%v is not after %v, forwards and within one day", s.From, s.To, last)
		}
		last = s.To
	}
	if len(shifts) == 0 {
		return nil, fmt.Errorf("a working day has no hours")
	}
	return &Calendar{zone: zone, days: days, shifts: shifts}, nil
}

// Working tells whether the day of an instant is a working day.
func (c *Calendar) Working(at time.Time) bool {
	at = at.In(c.zone)
	switch c.days[at.Format("2006-01-02")] {
	case "off":
		return false
	case "work":
		return true
	}
	return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday
}

// Open tells whether people work at an instant.
func (c *Calendar) Open(at time.Time) bool {
	if !c.Working(at) {
		return false
	}
	for _, s := range c.shifts {
		if from, to := c.bounds(at, s); !at.Before(from) && at.Before(to) {
			return true
		}
	}
	return false
}

// bounds are a shift's instants on the day of at. Clocks that are put forward
// or back move neither.
func (c *Calendar) bounds(at time.Time, s Shift) (from, to time.Time) {
	return c.clock(at, s.From), c.clock(at, s.To)
}

func (c *Calendar) clock(at time.Time, of time.Duration) time.Time {
	y, m, d := at.In(c.zone).Date()
	return time.Date(y, m, d, int(of/time.Hour), int(of/time.Minute%60), int(of/time.Second%60), 0, c.zone)
}

func (c *Calendar) next(at time.Time, days int) time.Time {
	y, m, d := at.In(c.zone).Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, c.zone)
}

// Deadline is n units after an instant. Hours may be parts of one; of days whole
// ones count, and the day of the instant itself doesn't.
func (c *Calendar) Deadline(from time.Time, n float64, u Unit) (time.Time, error) {
	if !(n >= 0) || n > longest {
		return time.Time{}, fmt.Errorf("a deadline of %v %s", n, u)
	}
	switch u {
	case UrgentHour:
		return from.Add(time.Duration(n * float64(time.Hour))), nil
	case WorkHour:
		return c.after(from, time.Duration(n*float64(time.Hour)))
	case WorkDay:
		return c.workDay(from, int(n))
	case NaturalDay:
		return c.next(from, int(n)+1), nil
	}
	return time.Time{}, fmt.Errorf("unknown unit %q of a deadline", u)
}

// after is when so much working time has gone by.
func (c *Calendar) after(from time.Time, left time.Duration) (time.Time, error) {
	day := from
	for range longest {
		for i := 0; c.Working(day) && i < len(c.shifts); i++ {
			begin, end := c.bounds(day, c.shifts[i])
			if begin.Before(from) {
				begin = from
			}
			if have := end.Sub(begin); have >= left {
				return begin.Add(left), nil
			} else if have > 0 {
				left -= have
			}
		}
		day = c.next(day, 1)
	}
	return time.Time{}, fmt.Errorf("the calendar has no working time within %d days", longest)
}

// workDay is the end of work on the n-th working day after that of an instant.
func (c *Calendar) workDay(from time.Time, n int) (time.Time, error) {
	day := from
	for range longest {
		if n == 0 && c.Working(day) {
			return c.clock(day, c.shifts[len(c.shifts)-1].To), nil
		}
		day = c.next(day, 1)
		if n > 0 && c.Working(day) {
			n--
		}
	}
	return time.Time{}, fmt.Errorf("the calendar has no working day within %d days", longest)
}

// Worked is how much working time lies between two instants; 0 when they are in
// the other order.
func (c *Calendar) Worked(from, to time.Time) time.Duration {
	sum := time.Duration(0)
	for day := from; day.Before(to); day = c.next(day, 1) {
		for i := 0; c.Working(day) && i < len(c.shifts); i++ {
			begin, end := c.bounds(day, c.shifts[i])
			if begin.Before(from) {
				begin = from
			}
			if end.After(to) {
				end = to
			}
			sum += max(end.Sub(begin), 0)
		}
	}
	return sum
}

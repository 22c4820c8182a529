package indicator

import (
	"fmt"
	"strconv"
	"time"
)

// Span is the kind of a window.
type Span uint8

// The spans of contracts §3.
const (
	Latest  Span = iota // the newest of each point; stock only
	Sliding             // the last n minutes, in 60 steps
	Day                 // since midnight in the district's time zone
	Month
	Year
	Total
)

// Steps is the number of steps of a sliding window.
const Steps = 60

// Window says which readings a value is made of.
type Window struct {
	Span   Span
	Length time.Duration // sliding only
}

// ParseWindow reads "latest", "day", "month", "year", "total" or a sliding
// window of whole minutes from "1m" to "48h".
func ParseWindow(s string) (Window, error) {
	switch s {
	case "latest":
		return Window{Span: Latest}, nil
	case "day":
		return Window{Span: Day}, nil
	case "month":
		return Window{Span: Month}, nil
	case "year":
		return Window{Span: Year}, nil
	case "total":
		return Window{Span: Total}, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d%time.Minute != 0 || d < time.Minute || d > 48*time.Hour {
		return Window{}, fmt.Errorf(`window %q: latest, day, month, year, total, or whole minutes from 1m to 48h`, s)
	}
	return Window{Span: Sliding, Length: d}, nil
}

// String is the window as it is written in an indicator's file.
func (w Window) String() string {
	switch w.Span {
	case Latest:
		return "latest"
	case Day:
		return "day"
	case Month:
		return "month"
	case Year:
		return "year"
	case Total:
		return "total"
	}
	if w.Length%time.Hour == 0 {
		return strconv.Itoa(int(w.Length/time.Hour)) + "h"
	}
	return strconv.Itoa(int(w.Length/time.Minute)) + "m"
}

// Calendar tells whether the window turns with the calendar.
func (w Window) Calendar() bool { return w.Span == Day || w.Span == Month || w.Span == Year }

// Step is the length of one step of a sliding window.
func (w Window) Step() time.Duration { return w.Length / Steps }

// Bucket numbers the part of time that an instant (Unix ms) lies in: the step
// of a sliding window, else the day, month or year of the zone. Later instants
// never have smaller numbers. Latest and Total have the one bucket 0.
func (w Window) Bucket(ms int64, zone *time.Location) int64 {
	switch w.Span {
	case Sliding:
		return floorDiv(ms, w.Step().Milliseconds())
	case Day:
		y, m, d := time.UnixMilli(ms).In(zone).Date()
		return int64(y)*10000 + int64(m)*100 + int64(d)
	case Month:
		y, m, _ := time.UnixMilli(ms).In(zone).Date()
		return int64(y)*100 + int64(m)
	case Year:
		return int64(time.UnixMilli(ms).In(zone).Year())
	}
	return 0
}

// Begin is the instant (Unix ms) at which the window that is open at ms began;
// 0 for Latest and Total.
func (w Window) Begin(ms int64, zone *time.Location) int64 {
	t := time.UnixMilli(ms).In(zone)
	y, m, d := t.Date()
	switch w.Span {
	case Sliding:
		step := w.Step().Milliseconds()
		return (floorDiv(ms, step) - Steps + 1) * step
	case Day:
		return dayStart(y, m, d, zone)
	case Month:
		return dayStart(y, m, 1, zone)
	case Year:
		return dayStart(y, 1, 1, zone)
	}
	return 0
}

// Turn is the first instant (Unix ms) after ms at which the window holds
// another part of time; 0 for Latest and Total, which never turn.
func (w Window) Turn(ms int64, zone *time.Location) int64 {
	y, m, d := time.UnixMilli(ms).In(zone).Date()
	switch w.Span {
	case Sliding:
		step := w.Step().Milliseconds()
		return (floorDiv(ms, step) + 1) * step
	case Day:
		for n := 1; n <= 3; n++ { // a zone may leave a whole day out
			if next := dayStart(y, m, d+n, zone); next > ms {
				return next
			}
		}
	case Month:
		return dayStart(y, m+1, 1, zone)
	case Year:
		return dayStart(y+1, 1, 1, zone)
	}
	return 0
}

// Of is a numbered part of a calendar window as people write it: 2025-12-31, 2025-12, 2025; empty for what is no calendar window.
func (w Window) Of(number int64) string {
	switch w.Span {
	case Day:
		return fmt.Sprintf("%04d-%02d-%02d", number/10000, number/100%100, number%100)
	case Month:
		return fmt.Sprintf("%04d-%02d", number/100, number%100)
	case Year:
		return fmt.Sprintf("%04d", number)
	}
	return ""
}

// Bounds are the first instant (Unix ms) of a calendar window's numbered part
// and the first after it.
func (w Window) Bounds(number int64, zone *time.Location) (from, to int64) {
	y, m, d := int(number), 1, 1
	switch w.Span {
	case Day:
		y, m, d = int(number/10000), int(number/100%100), int(number%100)
	case Month:
		y, m = int(number/100), int(number%100)
	}
	from = dayStart(y, time.Month(m), d, zone)
	return from, w.Turn(from, zone)
}

// dayStart is the first instant of a day. Where the clock is put forward at
// midnight, time.Date answers with an instant of the day before or an hour
// too late; the loop finds the first instant that has the day's date.
func dayStart(y int, m time.Month, d int, zone *time.Location) int64 {
	noon := time.Date(y, m, d, 12, 0, 0, 0, zone)
	wy, wm, wd := noon.Date()
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	for range 8 {
		if gy, gm, gd := t.Date(); gy == wy && gm == wm && gd == wd {
			break
		}
		t = t.Add(30 * time.Minute)
	}
	for range 8 {
		before := t.Add(-30 * time.Minute)
		if gy, gm, gd := before.Date(); gy != wy || gm != wm || gd != wd {
			break
		}
		t = before
	}
	return t.UnixMilli()
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

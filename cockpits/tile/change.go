package tile

import (
	"time"

	"citydeck/cockpits/monitor/indicator"
)

// The spans that a stat may be compared over.
const (
	OverHour  = "hour"
	OverDay   = "day"
	OverWeek  = "week"
	OverMonth = "month"
	OverYear  = "year"
)

// Then is the instant (Unix ms) that a stat is compared with: the same clock
// time of the zone an hour, day, week, month or year ago, in a shorter month
// its last day.
func Then(now int64, over string, zone *time.Location) int64 {
	t := time.UnixMilli(now).In(zone)
	y, m, d := t.Date()
	switch over {
	case OverHour:
		return now - hour
	case OverWeek:
		d -= 7
	case OverMonth:
		y, m, d = clamped(y, m-1, d)
	case OverYear:
		y, m, d = clamped(y-1, m, d)
	default:
		d--
	}
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone).UnixMilli()
}

// clamped takes a month's last day where it has no such day.
func clamped(y int, m time.Month, d int) (int, time.Month, int) {
	last := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC)
	return last.Year(), last.Month(), min(d, last.Day())
}

// change is now − then. It has no value without history, and none over a change
// of caliber: two numbers that mean different things have no difference.
func (v *View) change(d *Definition, zone *time.Location) *Change {
	over := d.Compare
	if over == "" {
		over = OverDay
	}
	c := &Change{Over: over}
	p := d.Indicators[0]
	now := v.figure(p, d.Area).Value
	if v.Past == nil || !now.OK {
		return c
	}
	at := Then(v.State.Now(), over, zone)
	if !v.indicator(p).Comparable(v.State.Catalogue().Indicators[p].Held(at, zone)) {
		return c
	}
	if then := v.Past(p, d.Area, at); then.OK {
		c.Value = pointer(indicator.Some(now.V - then.V))
	}
	return c
}

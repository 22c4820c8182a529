package indicator

import (
	"slices"
	"time"
)

// Version is a later caliber of an indicator: from ValidFrom on (a date,
// 2006-01-02, of the district's zone) Changed holds.
type Version struct {
	ValidFrom string
	Changed   Indicator
}

// Begin is the instant (Unix ms) from which the version holds: the first of
// its day. A date that can't be read never begins.
func (v *Version) Begin(zone *time.Location) (int64, bool) {
	t, err := time.Parse(time.DateOnly, v.ValidFrom)
	if err != nil {
		return 0, false
	}
	y, m, d := t.Date()
	return dayStart(y, m, d, zone), true
}

// Held is the definition that holds at an instant (Unix ms): the last version
// that has begun, or the indicator itself.
func (d *Indicator) Held(ms int64, zone *time.Location) *Indicator {
	held := d
	for i := range d.Versions {
		if from, ok := d.Versions[i].Begin(zone); ok && from <= ms {
			held = &d.Versions[i].Changed
		}
	}
	return held
}

// Comparable tells whether two definitions of an indicator give numbers that
// mean the same: what they are made of, not what is thought of them.
func (d *Indicator) Comparable(o *Indicator) bool {
	return d == o || d.Measure == o.Measure && d.Numerator == o.Numerator && d.Denominator == o.Denominator &&
		d.Formula == o.Formula && d.Scale == o.Scale && d.Window == o.Window && d.Unit == o.Unit
}

// Change is the instant at which a caliber 口径 changed, and to what.
type Change struct {
	At      int64 // Unix ms
	Caliber string
}

// Changes lists when the indicator's caliber changed or will, the oldest first.
func (d *Indicator) Changes(zone *time.Location) []Change {
	var list []Change
	for i := range d.Versions {
		if from, ok := d.Versions[i].Begin(zone); ok {
			list = append(list, Change{At: from, Caliber: d.Versions[i].Changed.Caliber})
		}
	}
	return list
}

// Calibers lists every definition that the indicator ever has: itself and its versions.
func (d *Indicator) Calibers() []*Indicator {
	list := []*Indicator{d}
	for i := range d.Versions {
		list = append(list, &d.Versions[i].Changed)
	}
	return list
}

// sortVersions puts the oldest first, whatever the file's order.
func (d *Indicator) sortVersions() {
	slices.SortStableFunc(d.Versions, func(a, b Version) int {
		switch {
		case a.ValidFrom < b.ValidFrom:
			return -1
		case a.ValidFrom > b.ValidFrom:
			return 1
		}
		return 0
	})
}

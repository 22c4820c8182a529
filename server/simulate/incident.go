package simulate

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// target is a report that an effect reaches, and which of its measures.
type target struct {
	report   *report
	measures uint64 // one bit each
}

// happening is one effect of one incident on one report, on one day.
type happening struct {
	effect     *effect
	measures   uint64
	start, end int64 // Unix ms
	from, to   int   // the areas that it reaches, by index
	unit       *unit // the one place that it reaches; nil: all of them
	key        uint64
}

// strength is how much of the effect there is at an instant, in [0, 1].
func (h *happening) strength(at int64) float64 {
	if at < h.start || at >= h.end {
		return 0
	}
	if ramp := int64(h.effect.Ramp); ramp > 0 {
		return min(1, float64(min(at-h.start, h.end-at))/float64(ramp))
	}
	return 1
}

func (h *happening) covers(u *unit) bool {
	return u.area >= h.from && u.area < h.to && (h.unit == nil || h.unit == u)
}

func (h *happening) reaches(u *unit, measure int) bool {
	return h.covers(u) && h.measures&(1<<measure) != 0
}

// times is the factor that is on a measure at a place.
func times(list []happening, u *unit, measure int, at int64) float64 {
	f := 1.0
	for i := range list {
		if h := &list[i]; h.effect.Times > 0 && h.reaches(u, measure) {
			f *= 1 + (h.effect.Times-1)*h.strength(at)
		}
	}
	return f
}

// added is what is on top of a stock at a place.
func added(list []happening, u *unit, measure int, at int64) float64 {
	sum := 0.0
	for i := range list {
		if h := &list[i]; h.effect.Add != 0 && h.reaches(u, measure) {
			sum += h.effect.Add * h.strength(at)
		}
	}
	return sum
}

// silent tells whether a place says nothing at an instant.
func silent(list []happening, u *unit, at int64) bool {
	for i := range list {
		if h := &list[i]; h.effect.Silent && h.covers(u) && h.strength(at) > 0 {
			return true
		}
	}
	return false
}

// agenda is what befalls a report on a day, yesterday's evening included.
func (g *Generator) agenda(d *date, r *report) []happening {
	if d.agenda == nil {
		d.agenda = map[*report][]happening{}
		yesterday := time.UnixMilli(d.start).In(g.zone).AddDate(0, 0, -1)
		for _, in := range g.incidents {
			g.befall(d, in, yesterday)
			g.befall(d, in, time.UnixMilli(d.start).In(g.zone))
		}
	}
	return d.agenda[r]
}

// befall puts into a day's agenda what an incident that begins on a day does in it.
func (g *Generator) befall(into *date, in *incident, begins time.Time) {
	day := mix(mix(g.seed, name(in.ID)), uint64(begins.UnixMilli()))
	off := g.isOff(begins)
	if in.Days == "work" && off || in.Days == "off" && !off || in.OneIn > 1 && mix(day, 7)%uint64(in.OneIn) != 0 {
		return
	}
	for n, at := range in.starts {
		key := mix(day, uint64(n))
		start := begins.UnixMilli() + at + int64(chance(key)*float64(in.Jitter))
		area := in.where
		if in.Any != "" {
			area = in.anywhere[mix(key, 1)%uint64(len(in.anywhere))]
		}
		for _, e := range in.Effect {
			h := happening{effect: e, from: area, to: g.ground.end[area], key: mix(key, 2)}
			h.start = start + int64(e.After)
			h.end = h.start + int64(e.Lasts)
			if h.end <= into.start || h.start >= into.end {
				continue
			}
			for _, t := range e.targets {
				h.measures, h.unit = t.measures, nil
				if e.One || e.Add != 0 && t.report.Kind == event {
					if h.unit = g.pick(t.report, area, h.key); h.unit == nil {
						continue
					}
				}
				into.agenda[t.report] = append(into.agenda[t.report], h)
			}
		}
	}
}

// pick chooses one place of a report within an area; nil: it has none there.
func (g *Generator) pick(r *report, area int, key uint64) *unit {
	var within []*unit
	for _, u := range g.byReport[r] {
		if u.area >= area && u.area < g.ground.end[area] {
			within = append(within, u)
		}
	}
	if len(within) == 0 {
		return nil
	}
	return within[key%uint64(len(within))]
}

// prepare looks up what an incident names.
func (g *Generator) prepare(in *incident) error {
	where, known := g.ground.index[in.Area]
	in.where = where
	for i, kind := range g.ground.kinds {
		if kind == in.Any {
			in.anywhere = append(in.anywhere, i)
		}
	}
	if (in.Any == "") == (in.Area == "") || in.Area != "" && !known || in.Any != "" && len(in.anywhere) == 0 {
		return fmt.Errorf("befalls nothing: area %q, any %q", in.Area, in.Any)
	}
	for _, at := range in.At {
		clock, err := time.Parse("15:04", at)
		if err != nil {
			return fmt.Errorf("at %q is no clock time", at)
		}
		in.starts = append(in.starts, int64(clock.Hour())*hour+int64(clock.Minute())*minute)
	}
	if in.Days != "" && in.Days != "work" && in.Days != "off" {
		return fmt.Errorf("days = %q is neither work nor off", in.Days)
	}
	for _, e := range in.Effect {
		if e.Lasts <= 0 || e.Times < 0 || math.IsNaN(e.Times) {
			return errors.New("an effect lasts no time, or has a factor below 0")
		}
		if err := g.aim(e); err != nil {
			return err
		}
	}
	return nil
}

// aim finds the reports that hold an effect's measures.
func (g *Generator) aim(e *effect) error {
	for _, id := range e.Measure {
		at, known := g.measures[id]
		if !known {
			return fmt.Errorf("measure %q is in no report", id)
		}
		found := false
		for i := range e.targets {
			if t := &e.targets[i]; t.report == at.report {
				t.measures |= 1 << at.line
				found = true
			}
		}
		if !found {
			e.targets = append(e.targets, target{at.report, 1 << at.line})
		}
	}
	return nil
}

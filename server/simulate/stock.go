package simulate

import "math"

// stocks fills in what there is of each measure of a unit of the kind stock at
// an instant.
func (g *Generator) stocks(u *unit, at int64, values []float64) {
	d := g.date(at)
	list := g.agenda(d, u.report)
	for i, l := range u.report.Measure {
		key := mix(u.key, uint64(i)+40)
		share := u.shares[i] * d.drawn(l.heights, at) * (1 + l.Wobble*wander(key, at, 2*hour))
		switch {
		case l.of >= 0:
			v := values[l.of] * share * times(list, u, i, at)
			values[i] = clamp(whole(l, key, at, v)+math.Round(added(list, u, i, at)), 0, max(values[l.of], 0))
			if u.shares[i] > 1 {
				values[i] = max(whole(l, key, at, v), 0)
			}
		default:
			v := l.Each
			if l.Total > 0 {
				v = l.Total * u.weight
			}
			v *= share * d.drawn(u.report.heights, at) * times(list, u, i, at)
			v *= 1 + u.report.Wobble*wander(mix(u.key, 3), at, 45*minute)
			values[i] = max(whole(l, key, at, v)+round(added(list, u, i, at), l.Digits), 0)
		}
	}
}

// whole rounds a stock. Whole numbers are rounded up or down by a chance that
// holds for a while, so that a single camera of 95 % is off for a time now and
// then, and a thousand of them are 95 % at all times.
func whole(l *line, key uint64, at int64, v float64) float64 {
	if l.Digits > 0 {
		return round(v, l.Digits)
	}
	period := uint64(0)
	if l.Hold > 0 {
		period = uint64((at + int64(key%uint64(l.Hold))) / int64(l.Hold))
	}
	return math.Floor(v + chance(mix(key, period)))
}

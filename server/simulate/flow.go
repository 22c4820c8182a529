package simulate

import "math"

// happened calls each for everything that a unit of the kind event sees in
// [from, to): when, and the key of all its chances.
func (g *Generator) happened(u *unit, from, to int64, each func(at int64, key uint64)) {
	r := u.report
	for b := from - from%half; b < to; b += half {
		d := g.date(b)
		list := g.agenda(d, r)
		peak := 1.0
		for i := range list {
			h := &list[i]
			if h.unit == u && h.effect.Add > 0 {
				h.extra(max(b, from), min(b+half, to), each)
			}
			if h.effect.Times > 1 && h.reaches(u, 0) && h.end > b && h.start < b+half {
				peak *= h.effect.Times
			}
		}
		key := mix(u.key, uint64(b))
		n := count(key, u.weight*r.Day*r.parts[d.slot(b)]*g.lively(u, d)*peak)
		for i := range n {
			one := mix(key, uint64(i)+1000)
			at := b + int64(chance(one)*float64(half))
			if at < from || at >= to {
				continue
			}
			if len(list) > 0 && chance(mix(one, 5))*peak >= times(list, u, 0, at) {
				continue
			}
			each(at, one)
		}
	}
}

// extra calls each for what an incident adds in [from, to).
func (h *happening) extra(from, to int64, each func(at int64, key uint64)) {
	n := int(h.effect.Add)
	for i := range n {
		at := h.start + (h.end-h.start)*int64(2*i+1)/int64(2*n)
		if at >= from && at < to {
			each(at, mix(h.key, uint64(i)))
		}
	}
}

// lively is how much happens on a day at a place, about 1 on working days.
func (g *Generator) lively(u *unit, d *date) float64 {
	f := d.mood * (1 + 0.1*clamp(bell(mix(u.key, d.key)), -2, 2))
	if d.off && u.report.Off > 0 {
		f *= u.report.Off
	}
	return f
}

// events fills in what each measure of a unit of the kind event adds up to in
// [from, to). Measures that are not sums are given to single instead, one by
// one: a value, or the number of a member.
func (g *Generator) events(u *unit, from, to int64, sums []float64, single func(line int, value float64)) {
	var counts [64]bool
	var values [64]float64
	lines := u.report.Measure
	g.happened(u, from, to, func(at int64, key uint64) {
		d := g.date(at)
		list := g.agenda(d, u.report)
		for i, l := range lines {
			alive, share, value := true, u.shares[i], 1.0
			if l.of >= 0 {
				alive, value = counts[l.of], values[l.of]
				share *= times(list, u, i, at)
			}
			one := mix(key, uint64(i)+1)
			if alive && l.heights != nil {
				share *= d.drawn(l.heights, at)
			}
			counts[i] = alive && (share >= 1 || chance(one) < share)
			if !counts[i] {
				continue
			}
			if l.Mean > 0 {
				value = max(round(l.Mean*math.Exp(0.45*bell(mix(one, 3))-0.1), l.Digits), 1)
			}
			values[i] = value
			switch l.kind {
			case flow:
				sums[i] += value
			case distinct:
				c := chance(mix(key, 9)) // the same member in all measures; some come more often
				single(i, math.Floor(c*c*float64(l.Members)))
			default:
				single(i, value)
			}
		}
	})
}

// amounts fills in what each measure of a unit of the kind amount adds up to
// in [from, to), as far as it is whole to its digits; the rest is carried on.
func (g *Generator) amounts(u *unit, from, to int64, sums []float64) {
	r := u.report
	var now [64]float64 // of this step, not rounded
	const step = 10 * minute
	for b := from - from%step; b < to; b += step {
		start, end := max(b, from), min(b+step, to)
		d := g.date(b)
		list := g.agenda(d, r)
		part := u.weight * r.Day * r.parts[d.slot(b)] * g.lively(u, d) * float64(end-start) / float64(half)
		part *= 1 + 0.12*wander(mix(u.key, 1), b, 3*step)
		for i, l := range r.Measure {
			v := part
			if l.of >= 0 {
				v = now[l.of]
			}
			v *= u.shares[i] * d.drawn(l.heights, b+step/2) * times(list, u, i, b+step/2)
			v *= 1 + l.Wobble*wander(mix(u.key, uint64(i)+20), b, 4*step)
			now[i] = v
			u.carry[i] += v
		}
	}
	for i, l := range r.Measure {
		scale := math.Pow10(l.Digits)
		sums[i] = math.Floor(u.carry[i]*scale) / scale
		u.carry[i] -= sums[i]
	}
}

// round rounds to so many digits behind the point.
func round(v float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(v*scale) / scale
}

package reading

import (
	"bytes"
	"fmt"

	"citydeck/cockpits/monitor/indicator"
)

// check judges what came by the rules in their order, and fills the reading
// in. A reason is the first that holds; none: the reading can be used.
func (d *Decoder) check(r *Reading) (Reason, string) {
	p := &d.came
	if detail := p.tooLarge(); detail != "" {
		return TooLarge, detail
	}
	m, known := d.rules.measures[string(p.measure.b)]
	if detail := p.malformed(m.kind); detail != "" {
		return Malformed, detail
	}
	if !known {
		return UnknownMeasure, "no measure " + quoted(p.measure.b)
	}
	a, known := d.rules.areas[string(p.area.b)]
	if !known {
		return UnknownArea, "no area " + quoted(p.area.b)
	}
	r.Measure, r.Area = m.index, a
	r.At = d.judged
	if p.when.kind != absent {
		at, ok := parseTime(p.when.b)
		if p.when.kind == other {
			return BadTime, "at is neither a text nor a number"
		}
		if !ok {
			return BadTime, quoted(p.when.b) + " is neither RFC 3339 nor Unix milliseconds"
		}
		r.At = at
	}
	r.Gone = m.kind == indicator.Stock && p.gone.kind != absent
	if m.kind != indicator.Distinct && !r.Gone {
		v, ok := parseValue(p.value.b)
		if p.value.kind == other {
			return BadValue, "value is neither a number nor a text"
		}
		if !ok {
			return BadValue, quoted(p.value.b) + " is no decimal number of at most 1e15"
		}
		r.Value = v
	}
	if reason, detail := d.timely(r.At); reason != "" {
		return reason, detail
	}
	if m.kind == indicator.Distinct {
		r.Member = d.rules.hash(p.member.b)
	}
	r.Point = d.points.of(p.point.b)
	r.Source = d.sources.of(p.source.b)
	r.ID = string(p.id.b)
	return "", ""
}

// timely judges when something was against the time of its entry.
func (d *Decoder) timely(at int64) (Reason, string) {
	if at < d.judged-d.rules.lateness {
		if p := &d.came.when; len(p.b) == 10 && p.b[4] != '-' {
			return TooLate, quoted(p.b) + " lies in 1970: seconds?"
		}
		return TooLate, fmt.Sprintf("%d ms older than its entry, at most %d", d.judged-at, d.rules.lateness)
	}
	if at > d.judged+Ahead.Milliseconds() {
		return InFuture, fmt.Sprintf("%d ms ahead of its entry, at most %d", at-d.judged, Ahead.Milliseconds())
	}
	return "", ""
}

// tooLarge names a field over its size.
func (p *parts) tooLarge() string {
	if len(p.value.b) <= maxValue && len(p.member.b) <= maxMember && len(p.point.b) <= maxPoint &&
		len(p.source.b) <= maxSource && len(p.id.b) <= maxID {
		return ""
	}
	for _, f := range [...]struct {
		name string
		part *part
		most int
	}{
		{"value", &p.value, maxValue}, {"member", &p.member, maxMember}, {"point", &p.point, maxPoint},
		{"source", &p.source, maxSource}, {"id", &p.id, maxID},
	} {
		if n := len(f.part.b); n > f.most {
			return fmt.Sprintf("%s has %d bytes, at most %d", f.name, n, f.most)
		}
	}
	return ""
}

// malformed says what is missing or not a text. The kind is that of the
// measure, empty when there is no such measure.
func (p *parts) malformed(k indicator.Kind) string {
	if p.measure.kind == text && p.area.kind == text && p.value.kind <= number && p.when.kind <= number &&
		p.point.kind <= text && p.source.kind <= text && p.id.kind <= text && p.member.kind <= text && p.gone.kind == absent {
		return p.missing(k)
	}
	for _, f := range [...]struct {
		name string
		part *part
		free bool // numbers, and what else there is, are another reason
	}{
		{"measure", &p.measure, false}, {"area", &p.area, false}, {"value", &p.value, true}, {"at", &p.when, true},
		{"point", &p.point, false}, {"source", &p.source, false}, {"id", &p.id, false}, {"member", &p.member, false},
		{"gone", &p.gone, true},
	} {
		if f.part.kind == broken {
			return f.name + " is not valid UTF-8"
		}
		if f.part.kind > text && !f.free {
			return f.name + " is not a text"
		}
	}
	if p.measure.kind == absent {
		return "measure is missing"
	}
	if p.area.kind == absent {
		return "area is missing"
	}
	if k == indicator.Stock && p.gone.kind != absent && !p.leaves() {
		return "gone is not 1"
	}
	return p.missing(k)
}

func (p *parts) leaves() bool {
	return (p.gone.kind == text || p.gone.kind == number) && bytes.Equal(p.gone.b, []byte("1"))
}

// missing tells whether value or member lack, which depends on the measure: of
// one that isn't known they may be what it asks for.
func (p *parts) missing(k indicator.Kind) string {
	switch k {
	case indicator.Distinct:
		if len(p.member.b) == 0 {
			return "member is missing"
		}
		return ""
	case indicator.Stock:
		if p.gone.kind != absent {
			return ""
		}
	case "":
		if p.member.kind != absent || p.leaves() {
			return ""
		}
	}
	if p.value.kind == absent {
		return "value is missing"
	}
	return ""
}

package indicator

// Status is what a figure is, as people must see it. The first that holds, in
// the order of the constants.
type Status string

// The statuses of contracts §3.
const (
	Suppressed Status = "suppressed"
	Empty      Status = "empty"
	Stale      Status = "stale"
	Alarm      Status = "alarm"
	Warn       Status = "warn"
	Normal     Status = "normal"
)

// Number is a value or none.
type Number struct {
	V  float64
	OK bool
}

// Some is a number that is there.
func Some(v float64) Number { return Number{v, true} }

// Coverage counts the points below an area that report a measure.
type Coverage struct {
	Known    bool // false: no part has fresh_for
	Fresh    int
	Expected int
}

// Share is fresh ÷ expected; 0 when nothing is expected.
func (c Coverage) Share() float64 {
	if c.Expected == 0 {
		return 0
	}
	return float64(c.Fresh) / float64(c.Expected)
}

// Part is one measure's value at an area in a window.
type Part struct {
	Kind     Kind
	Value    Number
	Heard    bool  // whether a reading ever came
	AsOf     int64 // Unix ms of the newest reading that the value is made of; 0: none
	From     int64 // the earliest `at` of the measure in the district; 0: none
	Coverage Coverage
}

// Figure is an indicator's value at an area, with all that proves it.
type Figure struct {
	Value      Number
	Level      Level
	Status     Status
	Since      int64 // Unix ms at which the present status began
	AsOf       int64 // 0: none
	CountsFrom int64 // 0: none
	Parts      [2]Number
	Coverage   Coverage
	Worst      int // which part the coverage is of: an index into the indicator's Parts
	Disputed   int // how many points below have sources that differ
}

// Figure computes the indicator from its parts, which stand in the order of
// d.Parts, at an area of a kind. Since, CountsFrom and Disputed are the
// caller's, and so is what must be hidden because others would give it away.
func (d *Indicator) Figure(parts []Part, kind string) Figure {
	f := d.Whole(parts, kind)
	if d.Small(f.Value) {
		f.Hide()
	}
	return f
}

// Whole is Figure with nothing hidden.
func (d *Indicator) Whole(parts []Part, kind string) Figure {
	var f Figure
	f.Value, f.Parts = d.value(parts)
	f.AsOf, f.Coverage, f.Worst = merge(parts)
	if f.Value.OK {
		f.Level = d.LevelOf(f.Value.V, kind)
	}
	f.Status = d.status(&f, parts)
	return f
}

// Small tells whether a value is a small cell, which nobody may see.
func (d *Indicator) Small(v Number) bool {
	return d.SuppressBelow > 0 && v.OK && v.V > 0 && v.V < d.SuppressBelow
}

// Hide takes away what a suppressed figure doesn't show.
func (f *Figure) Hide() {
	f.Status = Suppressed
	f.Value, f.Level, f.Parts = Number{}, NoLevel, [2]Number{}
}

// value divides or computes. A part without value leaves none, except that a
// flow never read is 0 when another part has been read.
func (d *Indicator) value(parts []Part) (Number, [2]Number) {
	if d.Measure != "" {
		return parts[0].Value, [2]Number{}
	}
	var fixed [8]float64
	values := fixed[:0]
	some := false
	for i := range parts {
		some = some || parts[i].Value.OK
	}
	whole := true
	var pair [2]Number
	for i := range parts {
		v := parts[i].Value
		if !v.OK && some && parts[i].Kind == Flow {
			v = Some(0)
		}
		whole = whole && v.OK
		values = append(values, v.V)
		if i < 2 {
			pair[i] = v
		}
	}
	if !d.Ratio() {
		pair = [2]Number{}
	}
	if !whole {
		return Number{}, pair
	}
	if d.Ratio() {
		if values[1] == 0 {
			return Number{}, pair
		}
		return finite(d.Scale * values[0] / values[1]), pair
	}
	v, ok := d.Expr.Eval(values)
	return Number{v, ok}, pair
}

func finite(v float64) Number {
	if v-v != 0 { // NaN or infinite
		return Number{}
	}
	return Some(v)
}

// merge takes the older as_of and the smallest coverage of the parts.
func merge(parts []Part) (asOf int64, cover Coverage, worst int) {
	for i := range parts {
		p := &parts[i]
		if p.AsOf > 0 && (asOf == 0 || p.AsOf < asOf) {
			asOf = p.AsOf
		}
		if !p.Coverage.Known || cover.Known && p.Coverage.Expected == 0 {
			continue
		}
		if !cover.Known || cover.Expected == 0 || p.Coverage.Share() < cover.Share() {
			cover, worst = p.Coverage, i
		}
	}
	return asOf, cover, worst
}

func (d *Indicator) status(f *Figure, parts []Part) Status {
	heard := false
	for i := range parts {
		heard = heard || parts[i].Heard
	}
	switch {
	case !heard:
		return Empty
	case f.Coverage.Known && (f.Coverage.Fresh == 0 || f.Coverage.Share() < d.MinCoverage):
		return Stale
	case f.Level == LevelBad:
		return Alarm
	case f.Level == LevelWarn:
		return Warn
	}
	return Normal
}

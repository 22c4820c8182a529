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
	Value    Number
	AsOf     int64 // Unix ms of the newest reading that the value is made of; 0: none
	Fresh    int32 // of the points that are expected
	Expected int32
	Covered  bool // whether the measure has a coverage
	Flow     bool // without readings it is 0 where another part has some
	Heard    bool // whether a reading ever came
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
	var f Figure
	d.Whole(parts, d.HasThresholds(kind), &f)
	if d.Small(f.Value) {
		f.Hide()
	}
	return f
}

// Whole fills a figure with nothing hidden; judged tells whether the thresholds
// hold where it is.
func (d *Indicator) Whole(parts []Part, judged bool, f *Figure) {
	f.Value, f.Parts = Number{}, [2]Number{}
	d.value(parts, f)
	merge(parts, f)
	f.Level = NoLevel
	if judged && f.Value.OK {
		f.Level = d.grade(f.Value.V)
	}
	f.Status = d.status(f, parts)
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
func (d *Indicator) value(parts []Part, f *Figure) {
	if d.Measure != "" {
		f.Value = parts[0].Value
		return
	}
	var fixed [8]float64
	values := fixed[:0]
	some := false
	for i := range parts {
		some = some || parts[i].Value.OK
	}
	whole := true
	for i := range parts {
		v := parts[i].Value
		if !v.OK && some && parts[i].Flow {
			v = Some(0)
		}
		whole = whole && v.OK
		values = append(values, v.V)
		if i < 2 {
			f.Parts[i] = v
		}
	}
	if d.Ratio() {
		if whole && values[1] != 0 {
			f.Value = finite(d.Scale * values[0] / values[1])
		}
		return
	}
	f.Parts = [2]Number{}
	if whole {
		f.Value.V, f.Value.OK = d.Expr.Eval(values)
	}
}

func finite(v float64) Number {
	if v-v != 0 { // NaN or infinite
		return Number{}
	}
	return Some(v)
}

// merge takes the older as_of and the smallest coverage of the parts.
func merge(parts []Part, f *Figure) {
	f.AsOf, f.Coverage, f.Worst = 0, Coverage{}, 0
	for i := range parts {
		p := &parts[i]
		if p.AsOf > 0 && (f.AsOf == 0 || p.AsOf < f.AsOf) {
			f.AsOf = p.AsOf
		}
		if !p.Covered || f.Coverage.Known && p.Expected == 0 {
			continue
		}
		c := Coverage{Known: true, Fresh: int(p.Fresh), Expected: int(p.Expected)}
		if !f.Coverage.Known || f.Coverage.Expected == 0 || c.Fresh*f.Coverage.Expected < f.Coverage.Fresh*c.Expected {
			f.Coverage, f.Worst = c, i
		}
	}
}

func (d *Indicator) status(f *Figure, parts []Part) Status {
	heard := false
	for i := range parts {
		heard = heard || parts[i].Heard
	}
	c := f.Coverage
	switch {
	case !heard:
		return Empty
	case c.Known && (c.Fresh == 0 || c.Fresh < c.Expected && c.Share() < d.MinCoverage):
		return Stale
	case f.Level == LevelBad:
		return Alarm
	case f.Level == LevelWarn:
		return Warn
	}
	return Normal
}

package district

import (
	"strings"
	"time"

	"citydeck/cockpits/monitor/indicator"
)

// indicator reads one [[indicator]] with its versions.
func (l *loader) indicator(t *table, measures map[string]*indicator.Measure) indicator.Indicator {
	d := l.caliber(t, measures)
	seen := map[string]int{}
	for _, x := range t.each("version") {
		from := x.need("valid_from")
		if v := x.keys["id"]; v != nil {
			x.bad(v, "a version can't change the id")
			delete(x.keys, "id")
		}
		if _, err := time.Parse("2006-01-02", from); err != nil && x.has("valid_from") {
			x.log.add(x.file, x.lineOf("valid_from"), "valid_from %q is not a date of the form 2026-01-31", from)
		} else if first, twice := seen[from]; twice {
			x.log.add(x.file, x.lineOf("valid_from"), "a version from %s stands in line %d already", from, first)
		} else if len(x.keys) < 2 && x.has("valid_from") {
			x.log.add(x.file, x.line, "the version changes nothing")
		} else {
			seen[from] = x.lineOf("valid_from")
		}
		d.Versions = append(d.Versions, indicator.Version{ValidFrom: from, Changed: l.caliber(x.over(t), measures)})
	}
	return d
}

// over is a version's table with what it doesn't change taken from the base.
func (t *table) over(base *table) *table {
	out := &table{file: t.file, line: t.line, log: t.log, keys: map[string]*value{}}
	source := t.has("measure") || t.has("formula") || t.has("numerator") || t.has("denominator")
	ratio := (t.has("numerator") || t.has("denominator")) && base.has("numerator")
	for key, v := range base.keys {
		switch key {
		case "version":
			continue
		case "measure", "formula":
			if source {
				continue
			}
		case "numerator", "denominator", "scale":
			if source && !ratio {
				continue
			}
		}
		out.keys[key] = v
	}
	for key, v := range t.keys {
		if key != "valid_from" {
			out.keys[key] = v
		}
	}
	return out
}

// caliber reads an indicator's own keys.
func (l *loader) caliber(t *table, measures map[string]*indicator.Measure) indicator.Indicator {
	d := indicator.Indicator{
		ID: t.text("id"), Name: t.text("name"), NameEn: t.text("name_en"), Caliber: t.prose("caliber"), Unit: t.text("unit"),
		Decimals: t.whole("decimals", 0, 0, 9), Scale: 1, MinCoverage: 0.5,
	}
	t.names("name", "name_en", "unit")
	if d.Name == "" {
		d.Name = d.ID
	}
	l.source(t, &d)
	if w := t.need("window"); w != "" {
		var err error
		if d.Window, err = indicator.ParseWindow(w); err != nil {
			t.log.add(t.file, t.lineOf("window"), "%s", err)
		}
	}
	l.parts(t, &d, measures)
	t.thresholds(&d)
	if n := t.between("min_coverage", 0, 1); n != nil {
		d.MinCoverage = *n
	}
	if n := t.between("suppress_below", 0, 1e15); n != nil {
		d.SuppressBelow = *n
	}
	d.Sensitivity = sensitivity(t, "")
	t.get("version")
	t.unknown()
	return d
}

// source reads what the indicator is made of: exactly one of three.
func (l *loader) source(t *table, d *indicator.Indicator) {
	d.Measure, d.Numerator, d.Denominator, d.Formula = t.text("measure"), t.text("numerator"), t.text("denominator"), t.text("formula")
	var given []string
	for _, key := range []string{"measure", "numerator", "formula"} {
		if t.has(key) {
			given = append(given, key)
		}
	}
	switch {
	case len(given) > 1:
		t.log.add(t.file, t.lineOf(given[1]), "%s stand together: only one of them may", strings.Join(given, " and "))
	case t.has("numerator") && !t.has("denominator"):
		t.log.add(t.file, t.lineOf("numerator"), "denominator is missing")
	case t.has("denominator") && !t.has("numerator"):
		t.log.add(t.file, t.lineOf("denominator"), "a denominator needs a numerator")
	case len(given) == 0:
		t.log.add(t.file, t.line, "measure is missing, or numerator and denominator, or formula")
	}
	if n := t.number("scale"); n != nil {
		switch {
		case *n <= 0:
			t.log.add(t.file, t.lineOf("scale"), "scale = %v is not above 0", *n)
		case !t.has("numerator") && *n != 1:
			t.log.add(t.file, t.lineOf("scale"), "scale holds for a numerator and denominator only")
		default:
			d.Scale = *n
		}
	}
	if d.Formula == "" {
		if t.has("formula") && t.kindIs("formula") {
			t.log.add(t.file, t.lineOf("formula"), "formula: column 1: it is empty")
		}
		return
	}
	expr, err := indicator.ParseFormula(d.Formula)
	switch {
	case err != nil:
		t.log.add(t.file, t.lineOf("formula"), "formula: %s", err)
	case len(expr.Names()) == 0:
		t.log.add(t.file, t.lineOf("formula"), "formula: it uses no measure")
	default:
		d.Expr = expr
	}
}

// parts checks the measures of an indicator against its window.
func (l *loader) parts(t *table, d *indicator.Indicator, measures map[string]*indicator.Measure) {
	check := func(key, id string) {
		m, known := measures[id]
		switch {
		case !known && l.anyDef:
		case !known && key == "formula":
			t.log.add(t.file, t.lineOf(key), "formula: column %d: measure %q is unknown", column(d.Formula, id), id)
		case !known:
			t.log.add(t.file, t.lineOf(key), "measure %q is unknown", id)
		case !t.has("window"):
		case d.Window.Span == indicator.Latest && m.Kind != indicator.Stock && t.text("window") == "latest":
			t.log.add(t.file, t.lineOf("window"), `window = "latest" holds for a stock only, %s is a %s`, id, m.Kind)
		case d.Window.Span == indicator.Sliding && m.Kind == indicator.Distinct:
			t.log.add(t.file, t.lineOf("window"), "a sliding window doesn't hold for a distinct, %s is one", id)
		}
	}
	for _, key := range []string{"measure", "numerator", "denominator"} {
		if t.has(key) && t.kindIs(key) {
			check(key, t.text(key))
		}
	}
	if d.Expr != nil {
		for _, id := range d.Expr.Names() {
			check("formula", id)
		}
	}
}

// column is where an id stands in a formula, from 1.
func column(formula, id string) int {
	inWord := func(i int) bool {
		return i >= 0 && i < len(formula) && (formula[i] == '_' || formula[i] >= 'a' && formula[i] <= 'z' || formula[i] >= '0' && formula[i] <= '9')
	}
	for i := range formula {
		if strings.HasPrefix(formula[i:], id) && !inWord(i-1) && !inWord(i+len(id)) {
			return i + 1
		}
	}
	return 1
}

// thresholds reads direction, warn, alarm and where they hold.
func (t *table) thresholds(d *indicator.Indicator) {
	d.Warn, d.Alarm = t.number("warn"), t.number("alarm")
	d.ThresholdsFor = t.texts("thresholds_for")
	if (d.Warn != nil || d.Alarm != nil) && !t.has("direction") {
		t.log.add(t.file, t.line, "direction is missing: warn and alarm need it")
	}
	d.Direction = choice(t, "direction", indicator.Neutral, indicator.HigherBetter, indicator.LowerBetter, indicator.Neutral)
	if d.Warn == nil || d.Alarm == nil {
		return
	}
	if d.Direction == indicator.HigherBetter && *d.Alarm > *d.Warn {
		t.log.add(t.file, t.lineOf("alarm"), "alarm = %v is on the wrong side of warn = %v: higher is better, so it lies below", *d.Alarm, *d.Warn)
	}
	if d.Direction == indicator.LowerBetter && *d.Alarm < *d.Warn {
		t.log.add(t.file, t.lineOf("alarm"), "alarm = %v is on the wrong side of warn = %v: lower is better, so it lies above", *d.Alarm, *d.Warn)
	}
}

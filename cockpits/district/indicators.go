package district

import (
	"strings"
	"time"

	"citydeck/cockpits/district/folder"
	"citydeck/cockpits/monitor/indicator"
)

// indicator reads one [[indicator]] with its versions.
func (l *loader) indicator(t *folder.Table, measures map[string]*indicator.Measure) indicator.Indicator {
	d := l.caliber(t, measures)
	seen := map[string]int{}
	for _, x := range t.Each("version") {
		from := x.Need("valid_from")
		if x.Has("id") {
			x.Bad("id", "a version can't change the id")
		}
		if _, err := time.Parse("2006-01-02", from); err != nil && x.Has("valid_from") {
			x.Bad("valid_from", "valid_from %q is not a date of the form 2026-01-31", from)
		} else if first, twice := seen[from]; twice {
			x.Bad("valid_from", "a version from %s stands in line %d already", from, first)
		} else if x.Len() < 2 && x.Has("valid_from") {
			x.Bad("", "the version changes nothing")
		} else {
			seen[from] = x.LineOf("valid_from")
		}
		d.Versions = append(d.Versions, indicator.Version{ValidFrom: from, Changed: l.caliber(versionOf(x, t), measures)})
	}
	return d
}

// versionOf is a version's table with what it doesn't change taken from the
// base. What the indicator is made of is changed as a whole.
func versionOf(t, base *folder.Table) *folder.Table {
	but := []string{"version"}
	half := t.Has("numerator") || t.Has("denominator")
	if half || t.Has("measure") || t.Has("formula") {
		but = append(but, "measure", "formula")
		if !half || !base.Has("numerator") {
			but = append(but, "numerator", "denominator", "scale")
		}
	}
	return t.Over(base, but...)
}

// caliber reads an indicator's own keys.
func (l *loader) caliber(t *folder.Table, measures map[string]*indicator.Measure) indicator.Indicator {
	d := indicator.Indicator{
		ID: t.Text("id"), Name: t.Text("name"), NameEn: t.Text("name_en"), Caliber: t.Prose("caliber"), Unit: t.Text("unit"),
		Decimals: t.Whole("decimals", 0, 0, 9), Scale: 1, MinCoverage: 0.5,
	}
	t.Names("name", "name_en", "unit")
	if d.Name == "" {
		d.Name = d.ID
	}
	l.source(t, &d)
	if w := t.Need("window"); w != "" {
		var err error
		if d.Window, err = indicator.ParseWindow(w); err != nil {
			t.Bad("window", "%s", err)
		}
	}
	l.parts(t, &d, measures)
	thresholds(t, &d)
	if n := t.Between("min_coverage", 0, 1); n != nil {
		d.MinCoverage = *n
	}
	if n := t.Between("suppress_below", 0, 1e15); n != nil {
		d.SuppressBelow = *n
	}
	d.Sensitivity = sensitivity(t, "")
	t.Known("version")
	t.Unknown("")
	return d
}

// source reads what the indicator is made of: exactly one of three.
func (l *loader) source(t *folder.Table, d *indicator.Indicator) {
	d.Measure, d.Numerator, d.Denominator, d.Formula = t.Text("measure"), t.Text("numerator"), t.Text("denominator"), t.Text("formula")
	var given []string
	for _, key := range []string{"measure", "numerator", "formula"} {
		if t.Has(key) {
			given = append(given, key)
		}
	}
	switch {
	case len(given) > 1:
		t.Bad(given[1], "%s stand together: only one of them may", strings.Join(given, " and "))
	case t.Has("numerator") && !t.Has("denominator"):
		t.Bad("numerator", "denominator is missing")
	case t.Has("denominator") && !t.Has("numerator"):
		t.Bad("denominator", "a denominator needs a numerator")
	case len(given) == 0:
		t.Bad("", "measure is missing, or numerator and denominator, or formula")
	}
	if n := t.Number("scale"); n != nil {
		switch {
		case *n <= 0:
			t.Bad("scale", "scale = %v is not above 0", *n)
		case !t.Has("numerator") && *n != 1:
			t.Bad("scale", "scale holds for a numerator and denominator only")
		default:
			d.Scale = *n
		}
	}
	if d.Formula == "" {
		if t.Has("formula") && t.IsText("formula") {
			t.Bad("formula", "formula: column 1: it is empty")
		}
		return
	}
	expr, err := indicator.ParseFormula(d.Formula)
	switch {
	case err != nil:
		t.Bad("formula", "formula: %s", err)
	case len(expr.Names()) == 0:
		t.Bad("formula", "formula: it uses no measure")
	default:
		d.Expr = expr
	}
}

// parts checks the measures of an indicator against its window.
func (l *loader) parts(t *folder.Table, d *indicator.Indicator, measures map[string]*indicator.Measure) {
	check := func(key, id string) {
		m, known := measures[id]
		switch {
		case !known && l.anyDef:
		case !known && key == "formula":
			t.Bad(key, "formula: column %d: measure %q is unknown", column(d.Formula, id), id)
		case !known:
			t.Bad(key, "measure %q is unknown", id)
		case !t.Has("window"):
		case d.Window.Span == indicator.Latest && m.Kind != indicator.Stock && t.Text("window") == "latest":
			t.Bad("window", `window = "latest" holds for a stock only, %s is a %s`, id, m.Kind)
		case d.Window.Span == indicator.Sliding && m.Kind == indicator.Distinct:
			t.Bad("window", "a sliding window doesn't hold for a distinct, %s is one", id)
		}
	}
	for _, key := range []string{"measure", "numerator", "denominator"} {
		if t.Has(key) && t.IsText(key) {
			check(key, t.Text(key))
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
func thresholds(t *folder.Table, d *indicator.Indicator) {
	d.Warn, d.Alarm = t.Number("warn"), t.Number("alarm")
	d.ThresholdsFor = t.Texts("thresholds_for")
	if (d.Warn != nil || d.Alarm != nil) && !t.Has("direction") {
		t.Bad("", "direction is missing: warn and alarm need it")
	}
	d.Direction = folder.Choice(t, "direction", indicator.Neutral, indicator.HigherBetter, indicator.LowerBetter, indicator.Neutral)
	if d.Warn == nil || d.Alarm == nil {
		return
	}
	if d.Direction == indicator.HigherBetter && *d.Alarm > *d.Warn {
		t.Bad("alarm", "alarm = %v is on the wrong side of warn = %v: higher is better, so it lies below", *d.Alarm, *d.Warn)
	}
	if d.Direction == indicator.LowerBetter && *d.Alarm < *d.Warn {
		t.Bad("alarm", "alarm = %v is on the wrong side of warn = %v: lower is better, so it lies above", *d.Alarm, *d.Warn)
	}
}

package district

import (
	"time"

	"citydeck/cockpits/monitor/indicator"
)

const stockFresh = 10 * time.Minute

func (l *loader) measure(t *table) indicator.Measure {
	m := indicator.Measure{
		ID: t.text("id"), Name: t.text("name"), NameEn: t.text("name_en"), Unit: t.text("unit"),
		Caliber: t.prose("caliber"), Basis: t.prose("basis"), Expected: t.text("expected"), Moves: t.bool("moves"),
	}
	t.names("name", "name_en", "unit")
	if m.Name == "" {
		m.Name = m.ID
	}
	t.need("kind")
	m.Kind = choice(t, "kind", indicator.Flow, indicator.Flow, indicator.Stock, indicator.Observation, indicator.Distinct)
	l.combine(t, &m)
	if m.Kind == indicator.Stock {
		m.FreshFor = stockFresh
	}
	m.FreshFor = t.duration("fresh_for", m.FreshFor)
	if m.Moves && m.Kind != indicator.Stock {
		t.log.add(t.file, t.lineOf("moves"), "moves holds for a stock only, %s is a %s", m.ID, m.Kind)
	}
	if t.has("expected") {
		if _, known := l.lists[m.Expected]; !known && !l.anyList {
			t.log.add(t.file, t.lineOf("expected"), "list %q is not in %s", m.Expected, listsFile)
		}
		if m.FreshFor == 0 && !t.has("fresh_for") {
			t.log.add(t.file, t.lineOf("expected"), "expected needs fresh_for: without it no point of a %s is ever missing", m.Kind)
		}
	}
	m.Sources = t.texts("sources")
	for _, s := range m.Sources {
		if why := textFault(s); s == "" || len(s) > 64 || why != "" {
			t.log.add(t.file, t.lineOf("sources"), "source %q is not a name of 1 to 64 bytes", s)
		}
	}
	m.Sensitivity = sensitivity(t, indicator.Internal)
	t.unknown()
	return m
}

// combine reads how the measure adds up, and q.
func (l *loader) combine(t *table, m *indicator.Measure) {
	switch m.Kind {
	case indicator.Stock:
		m.Combine = choice(t, "combine", indicator.Sum, indicator.Sum, indicator.Mean, indicator.Min, indicator.Max)
	case indicator.Observation:
		t.need("combine")
		m.Combine = choice(t, "combine", indicator.Mean, indicator.Mean, indicator.Min, indicator.Max, indicator.Quantile)
	case indicator.Flow:
		m.Combine = choice(t, "combine", indicator.Sum, indicator.Sum)
	case indicator.Distinct:
		if t.get("combine") != nil {
			t.log.add(t.file, t.lineOf("combine"), "a distinct has no combine: its members are united")
		}
	}
	q := t.number("q")
	switch {
	case m.Combine == indicator.Quantile && !t.has("q"):
		t.log.add(t.file, t.lineOf("combine"), "q is missing: a quantile needs it, such as q = 0.95")
	case q == nil:
	case m.Combine != indicator.Quantile:
		t.log.add(t.file, t.lineOf("q"), `q holds for combine = "quantile" only`)
	case *q <= 0 || *q >= 1:
		t.log.add(t.file, t.lineOf("q"), "q = %v is not between 0 and 1", *q)
	default:
		m.Q = *q
	}
}

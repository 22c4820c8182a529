package district

import (
	"time"

	"citydeck/cockpits/district/folder"
	"citydeck/cockpits/monitor/indicator"
)

const stockFresh = 10 * time.Minute

func (l *loader) measure(t *folder.Table) indicator.Measure {
	m := indicator.Measure{
		ID: t.Text("id"), Name: t.Text("name"), NameEn: t.Text("name_en"), Unit: t.Text("unit"),
		Caliber: t.Prose("caliber"), Basis: t.Prose("basis"), Expected: t.Text("expected"), Moves: t.Bool("moves"),
	}
	t.Names("name", "name_en", "unit")
	if m.Name == "" {
		m.Name = m.ID
	}
	t.Need("kind")
	m.Kind = folder.Choice(t, "kind", indicator.Flow, indicator.Flow, indicator.Stock, indicator.Observation, indicator.Distinct)
	l.combine(t, &m)
	if m.Kind == indicator.Stock {
		m.FreshFor = stockFresh
	}
	m.FreshFor = t.Duration("fresh_for", m.FreshFor)
	if m.Moves && m.Kind != indicator.Stock {
		t.Bad("moves", "moves holds for a stock only, %s is a %s", m.ID, m.Kind)
	}
	if t.Has("expected") {
		if _, known := l.lists[m.Expected]; !known && !l.anyList {
			t.Bad("expected", "list %q is not in %s", m.Expected, listsFile)
		}
		if m.FreshFor == 0 && !t.Has("fresh_for") {
			t.Bad("expected", "expected needs fresh_for: without it no point of a %s is ever missing", m.Kind)
		}
	}
	m.Sources = t.Texts("sources")
	for _, s := range m.Sources {
		if why := folder.TextFault(s); s == "" || len(s) > 64 || why != "" {
			t.Bad("sources", "source %q is not a name of 1 to 64 bytes", s)
		}
	}
	m.Sensitivity = sensitivity(t, indicator.Internal)
	t.Unknown("")
	return m
}

// combine reads how the measure adds up, and q.
func (l *loader) combine(t *folder.Table, m *indicator.Measure) {
	switch m.Kind {
	case indicator.Stock:
		m.Combine = folder.Choice(t, "combine", indicator.Sum, indicator.Sum, indicator.Mean, indicator.Min, indicator.Max)
	case indicator.Observation:
		t.Need("combine")
		m.Combine = folder.Choice(t, "combine", indicator.Mean, indicator.Mean, indicator.Min, indicator.Max, indicator.Quantile)
	case indicator.Flow:
		m.Combine = folder.Choice(t, "combine", indicator.Sum, indicator.Sum)
	case indicator.Distinct:
		if t.Known("combine"); t.Has("combine") {
			t.Bad("combine", "a distinct has no combine: its members are united")
		}
	}
	q := t.Number("q")
	switch {
	case m.Combine == indicator.Quantile && !t.Has("q"):
		t.Bad("combine", "q is missing: a quantile needs it, such as q = 0.95")
	case q == nil:
	case m.Combine != indicator.Quantile:
		t.Bad("q", `q holds for combine = "quantile" only`)
	case *q <= 0 || *q >= 1:
		t.Bad("q", "q = %v is not between 0 and 1", *q)
	default:
		m.Q = *q
	}
}

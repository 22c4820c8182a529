package district

import (
	"fmt"

	"citydeck/cockpits/monitor/indicator"
)

// definitions reads all measures, then all indicators, whichever file they
// stand in. A faulty one is kept, so that what refers to it finds it.
func (l *loader) definitions() {
	var files []*table
	for _, name := range l.files("indicators") {
		t := l.toml(name, false)
		if t == nil {
			l.anyDef = true
			continue
		}
		files = append(files, t)
	}
	var measures []indicator.Measure
	byID := map[string]*indicator.Measure{}
	seen := map[string]string{}
	for _, t := range files {
		for _, x := range t.each("measure") {
			m := l.measure(x)
			if x.once("measure", m.ID, seen) {
				measures = append(measures, m)
				byID[m.ID] = &m
			}
		}
	}
	var list []indicator.Indicator
	seen = map[string]string{}
	for _, t := range files {
		for _, x := range t.each("indicator") {
			d := l.indicator(x, byID)
			if x.once("indicator", d.ID, seen) {
				list = append(list, d)
			}
		}
		t.unknown()
	}
	l.d.Catalogue = indicator.NewCatalogue(measures, list)
}

// once tells whether an id is good and stands here for the first time.
func (t *table) once(what, id string, seen map[string]string) bool {
	if !ident(id, false) {
		t.log.add(t.file, t.lineOf("id"), "%s id %q is not of the form [a-z][a-z0-9_]{0,63}", what, id)
		return false
	}
	if first, twice := seen[id]; twice {
		t.log.add(t.file, t.lineOf("id"), "%s %q is already defined in %s", what, id, first)
		return false
	}
	seen[id] = fmt.Sprintf("%s:%d", t.file, t.lineOf("id"))
	return true
}

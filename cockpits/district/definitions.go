package district

import (
	"fmt"

	"citydeck/cockpits/district/folder"
	"citydeck/cockpits/monitor/indicator"
)

// definitions reads all measures, then all indicators, whichever file they
// stand in. A faulty one is kept, so that what refers to it finds it.
func (l *loader) definitions() {
	var files []*folder.Table
	for _, name := range l.Files("indicators") {
		t := l.TOML(name, false)
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
		for _, x := range t.Each("measure") {
			m := l.measure(x)
			if once(x, "measure", seen) {
				measures = append(measures, m)
				byID[m.ID] = &m
			}
		}
	}
	var list []indicator.Indicator
	seen = map[string]string{}
	for _, t := range files {
		for _, x := range t.Each("indicator") {
			d := l.indicator(x, byID)
			if once(x, "indicator", seen) {
				list = append(list, d)
			}
		}
		t.Unknown("")
	}
	l.d.Catalogue = indicator.NewCatalogue(measures, list)
}

// once tells whether an id is good and stands here for the first time.
func once(t *folder.Table, what string, seen map[string]string) bool {
	id, good := t.ID(what, false)
	if !good {
		return false
	}
	if first, twice := seen[id]; twice {
		t.Bad("id", "%s %q is already defined in %s", what, id, first)
		return false
	}
	seen[id] = fmt.Sprintf("%s:%d", t.File(), t.LineOf("id"))
	return true
}

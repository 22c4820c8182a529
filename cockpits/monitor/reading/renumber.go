package reading

import (
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// Renumbering turns readings that were checked by some rules into readings by
// others: a district that changes while readings are under way gives its
// measures and areas other numbers.
type Renumbering struct {
	measures []renumbered // by the old index
	areas    []area.Index // likewise; area.None: there is none any more
	names    []string     // of the old measures
	places   []string     // of the old areas
}

type renumbered struct {
	measure
	was   indicator.Kind
	known bool
}

// Onto prepares the way from these rules to others.
func (r *Rules) Onto(is *Rules) *Renumbering {
	n := &Renumbering{
		measures: make([]renumbered, len(r.measures)), names: make([]string, len(r.measures)),
		areas: make([]area.Index, len(r.areas)), places: make([]string, len(r.areas)),
	}
	for id, m := range r.measures {
		to, known := is.measures[id]
		n.measures[m.index], n.names[m.index] = renumbered{to, m.kind, known}, id
	}
	for id, at := range r.areas {
		n.areas[at], n.places[at] = area.None, id
		if to, known := is.areas[id]; known {
			n.areas[at] = to
		}
	}
	return n
}

// Turn renumbers a reading, or says why it can't be used any more: its measure
// or area is gone, or what it says is nothing that the measure takes by now.
func (n *Renumbering) Turn(r *Reading) (Rejection, bool) {
	m, at := n.measures[r.Measure], n.areas[r.Area]
	no := Rejection{Origin: r.Origin, Measure: n.names[r.Measure], Area: n.places[r.Area], Source: r.Source, Detail: "the district was changed"}
	distinct := m.kind == indicator.Distinct
	switch {
	case !m.known:
		no.Reason = UnknownMeasure
	case at == area.None:
		no.Reason = UnknownArea
	case distinct != (m.was == indicator.Distinct), r.Gone && m.kind != indicator.Stock:
		no.Reason = Malformed
	default:
		r.Measure, r.Area = m.index, at
		return Rejection{}, true
	}
	return no, false
}

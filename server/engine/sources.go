package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

// refusals is how many readings of each source could not be used, by reason.
type refusals map[string]map[reading.Reason]int64

// mostRefused bounds the sources whose refusals are counted: what can't be used
// may name anything.
const mostRefused = 1000

func (e *Engine) refuse(source string, reason reading.Reason) {
	r := e.refused[source]
	if r == nil {
		if len(e.refused) >= mostRefused {
			return
		}
		r = make(map[reading.Reason]int64)
		e.refused[source] = r
	}
	r[reason]++
}

// Origin is what is known of a system that sends readings.
type Origin struct {
	rollup.Source
	Rejected map[reading.Reason]int64
}

// Sources lists the systems that send readings, by name; those of readings that
// name none have the empty one. It waits for the loop, at most until ctx ends,
// and fails with ErrCatchingUp before the engine is ready.
func (e *Engine) Sources(ctx context.Context) ([]Origin, error) {
	if !e.Ready() {
		return nil, ErrCatchingUp
	}
	var list []Origin
	err := e.ask(ctx, func() {
		known := make(map[string]bool)
		for _, s := range e.state.Sources() {
			known[s.Name] = true
			list = append(list, Origin{s, maps.Clone(e.refused[s.Name])})
		}
		for name, r := range e.refused {
			if !known[name] {
				list = append(list, Origin{rollup.Source{Name: name}, maps.Clone(r)})
			}
		}
	})
	slices.SortFunc(list, func(a, b Origin) int { return cmp.Compare(a.Name, b.Name) })
	return list, err
}

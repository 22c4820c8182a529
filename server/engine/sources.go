package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

// refusals is how many readings of each source could not be used, by reason.
type refusals map[string]map[reading.Reason]int64

// mostRefused bounds the sources whose refusals are counted: what can't be used
// may name anything.
const mostRefused = 1000

// What is kept of readings that could not be used, to show what is wrong with
// them: the newest of each reason, of so many sources, each cut.
const (
	mostExampled = 100
	examplesEach = 3
	longestShown = 512 // bytes
)

// Example is a reading that could not be used.
type Example struct {
	At      int64 // Unix ms, of its entry
	Reason  reading.Reason
	Detail  string
	Reading string // as it came, members masked, cut
}

// refuse counts a reading that can't be used, and keeps it as an example.
func (e *Engine) refuse(no *reading.Rejection) {
	r := e.refused[no.Source]
	if r == nil {
		if len(e.refused) >= mostRefused {
			return
		}
		r = make(map[reading.Reason]int64)
		e.refused[no.Source] = r
	}
	r[no.Reason]++
	shown := e.examples[no.Source]
	if shown == nil && len(e.examples) >= mostExampled {
		return
	}
	text := no.Reading
	if len(text) > longestShown {
		text = strings.ToValidUTF8(text[:longestShown], "") + "…"
	}
	shown = append(shown, Example{ms(no.Origin.Entry), no.Reason, strings.Clone(no.Detail), strings.Clone(text)})
	same := 0
	for i := len(shown) - 1; i >= 0; i-- {
		if shown[i].Reason != no.Reason {
			continue
		}
		if same++; same > examplesEach {
			shown = slices.Delete(shown, i, i+1)
		}
	}
	e.examples[no.Source] = shown
}

// Origin is what is known of a system that sends readings.
type Origin struct {
	rollup.Source
	Rejected map[reading.Reason]int64
	Examples []Example // of this life, the oldest first
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
			list = append(list, Origin{s, maps.Clone(e.refused[s.Name]), slices.Clone(e.examples[s.Name])})
		}
		for name, r := range e.refused {
			if !known[name] {
				list = append(list, Origin{rollup.Source{Name: name}, maps.Clone(r), slices.Clone(e.examples[name])})
			}
		}
	})
	slices.SortFunc(list, func(a, b Origin) int { return cmp.Compare(a.Name, b.Name) })
	return list, err
}

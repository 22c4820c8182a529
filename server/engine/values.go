package engine

import (
	"context"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/tile"
)

// Values is one indicator at several areas, all of one instant. It waits and
// fails as Value does.
func (e *Engine) Values(ctx context.Context, p indicator.Place, areas []rollup.Area) ([]tile.Value, error) {
	if !e.Ready() {
		return nil, ErrCatchingUp
	}
	list := make([]tile.Value, len(areas))
	err := e.ask(ctx, func() {
		e.advance(e.now())
		e.settle()
		for i, a := range areas {
			list[i] = e.view.ValueOf(p, a)
		}
	})
	if err != nil {
		return nil, err // who asked has gone, and the loop may still be writing
	}
	return list, nil
}

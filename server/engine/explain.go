package engine

import (
	"context"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/tile"
)

// Explain takes any indicator at any area apart. It waits for the loop, at most
// until ctx ends. It fails with ErrCatchingUp before the engine is ready.
func (e *Engine) Explain(ctx context.Context, p indicator.Place, a rollup.Area) (tile.Explanation, error) {
	var x tile.Explanation
	if !e.Ready() {
		return x, ErrCatchingUp
	}
	err := e.ask(ctx, func() {
		e.advance(e.now())
		e.settle()
		x = e.view.Explain(p, a, e.cfg.District.Zone)
	})
	return x, err
}

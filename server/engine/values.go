package engine

import (
	"context"
	"errors"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/tile"
)

// ErrReplaced answers a question by the numbers of a district that the engine
// has no more, or is about to leave: by those of the new one it can be asked again.
var ErrReplaced = errors.New("another district has taken its place")

// By is the engine for who numbers figures by a district. What it is asked fails
// with ErrReplaced once the engine numbers by another one.
func (e *Engine) By(d *district.District) Numbered { return Numbered{e, d} }

// Numbered is asked by the numbers of one district. Every question waits for
// the loop, at most until ctx ends, and fails with ErrCatchingUp before the
// engine is ready.
type Numbered struct {
	engine   *Engine
	district *district.District
}

// Value is any indicator at any area, tile or not.
func (n Numbered) Value(ctx context.Context, p indicator.Place, a rollup.Area) (tile.Value, error) {
	list, err := n.Values(ctx, p, []rollup.Area{a})
	if err != nil {
		return tile.Value{}, err
	}
	return list[0], nil
}

// Values is one indicator at several areas, all of one instant.
func (n Numbered) Values(ctx context.Context, p indicator.Place, areas []rollup.Area) ([]tile.Value, error) {
	list := make([]tile.Value, len(areas))
	err := n.ask(ctx, func(view *tile.View) {
		for i, a := range areas {
			list[i] = view.ValueOf(p, a)
		}
	})
	if err != nil {
		return nil, err // who asked has gone, and the loop may still be writing
	}
	return list, nil
}

// Explain takes any indicator at any area apart.
func (n Numbered) Explain(ctx context.Context, p indicator.Place, a rollup.Area) (tile.Explanation, error) {
	var x tile.Explanation
	if err := n.ask(ctx, func(view *tile.View) { x = view.Explain(p, a, n.district.Zone) }); err != nil {
		return tile.Explanation{}, err // the loop may still be writing
	}
	return x, nil
}

// ask shows the present to a question.
func (n Numbered) ask(ctx context.Context, question func(*tile.View)) error {
	e := n.engine
	if !e.Ready() {
		return ErrCatchingUp
	}
	var refused error
	err := e.ask(ctx, func() {
		if !alike(n.district, e.cfg.District) {
			refused = ErrReplaced
			return
		}
		e.advance(e.now())
		e.settle()
		question(&e.view)
	})
	if err != nil {
		return err
	}
	return refused
}

// alike tells whether two districts give areas and indicators the same numbers.
func alike(a, b *district.District) bool {
	return a.Areas == b.Areas && a.Catalogue == b.Catalogue
}

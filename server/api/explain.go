package api

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
)

// Explainer takes a number apart.
type Explainer interface {
	// Explain waits for the engine's next round at most; it fails with fault.Unavailable.
	Explain(ctx context.Context, of indicator.Place, at area.Index) (tile.Explanation, error)
}

type explainAnswer struct {
	Indicator indicatorAnswer `json:"indicator"`
	tile.Explanation
}

// explain answers GET /explain?indicator=&area=: where the number comes from.
func (a *API) explain(c echo.Context) error {
	place, at, err := a.figure(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), patience)
	defer cancel()
	x, err := a.Values.Explain(ctx, place, at)
	if err != nil {
		return waited(ctx, err)
	}
	return ok(c, explainAnswer{Indicator: a.indicator(place), Explanation: x})
}

// versions lists an indicator's later calibers: from when each holds, and the
// keys of the definition that it changes.
func (a *API) versions(d *indicator.Indicator) []map[string]any {
	list := []map[string]any{}
	base := keys(a.define(d))
	for i := range d.Versions {
		v := &d.Versions[i]
		changed := keys(a.define(&v.Changed))
		for key, was := range base {
			if is, has := changed[key]; !has {
				changed[key] = nil
			} else if reflect.DeepEqual(is, was) {
				delete(changed, key)
			}
		}
		changed["valid_from"] = v.ValidFrom
		list = append(list, changed)
	}
	return list
}

// keys are an answer's keys and values; an answer that can't be written, which
// none of ours is, has none.
func keys(answer indicatorAnswer) map[string]any {
	out := map[string]any{}
	if text, err := json.Marshal(answer); err == nil {
		_ = json.Unmarshal(text, &out) // it was written a line before
	}
	delete(out, "versions")
	return out
}

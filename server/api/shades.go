package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
)

// Together answers what one indicator is at many areas, all of one instant.
type Together interface {
	// Values waits for the engine's next round at most; it fails with fault.Unavailable.
	Values(ctx context.Context, of indicator.Place, at []area.Index) ([]tile.Value, error)
}

// shade is what a map needs to colour an area.
type shade struct {
	ID     string   `json:"id"`
	Value  *float64 `json:"value"`
	Level  *string  `json:"level"`
	Status string   `json:"status"`
	Since  *int64   `json:"since"`
	AsOf   *int64   `json:"as_of"`
}

// getShades answers GET /areas/{id}/values?indicator=&of=: an indicator at the
// area itself, then at the areas of that kind below it.
func (a *API) getShades(c echo.Context) error {
	values, err := query(c, "indicator", "of")
	if err != nil {
		return err
	}
	tree := a.district.Areas
	top, found := tree.Lookup(c.Param("id"))
	place, known := a.district.Catalogue.Indicator(values[0])
	switch {
	case !found:
		return unknown("area", "")
	case !known:
		return unknown("indicator", "/indicator")
	case !slices.Contains(tree.Kinds(), values[1]):
		return fault.New(fault.NotFound, "/of", "no area is of that kind")
	}
	areas := append([]area.Index{top}, tree.Below(top, values[1])...)
	err = a.may(c, access.Ask{
		Action: access.See, Object: "indicator:" + values[0], Areas: areas,
		Level: access.Sensitivity(a.district.Catalogue.SensitivityOf(place)), Total: true,
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), patience)
	defer cancel()
	body, err := a.shades.get(shaded{top, values[1], place}, a.now(), func() ([]byte, error) { return a.shadesOf(ctx, place, areas) })
	if err != nil {
		return waited(ctx, err)
	}
	return send(c, http.StatusOK, body)
}

func (a *API) shadesOf(ctx context.Context, place indicator.Place, areas []area.Index) ([]byte, error) {
	values, err := a.Together.Values(ctx, place, areas)
	if err != nil {
		return nil, err
	}
	list := make([]shade, len(values))
	for i, v := range values {
		list[i] = shade{ID: v.Area, Value: v.Value, Level: v.Level, Status: v.Status, Since: v.Since, AsOf: v.AsOf}
	}
	return json.Marshal(list)
}

// shaded is one such question.
type shaded struct {
	top   area.Index
	of    string
	place indicator.Place
}

// answers keeps what was answered a moment ago, so that a hundred who look at
// one map cost the engine as much as one.
type answers struct {
	mu   sync.Mutex
	kept map[shaded]*kept // guarded by mu
}

type kept struct {
	mu   sync.Mutex
	at   time.Time // guarded by mu
	body []byte    // guarded by mu
}

const (
	shadeAge  = time.Second
	shadesMax = 200 // questions; beyond, all are forgotten
)

// get answers from what is kept, or asks; those who ask the same wait for the
// first of them.
func (x *answers) get(q shaded, now time.Time, ask func() ([]byte, error)) ([]byte, error) {
	x.mu.Lock()
	if x.kept == nil || len(x.kept) > shadesMax {
		x.kept = map[shaded]*kept{}
	}
	k := x.kept[q]
	if k == nil {
		k = &kept{}
		x.kept[q] = k
	}
	x.mu.Unlock()

	k.mu.Lock()
	defer k.mu.Unlock()
	if age := now.Sub(k.at); k.body != nil && age >= 0 && age < shadeAge {
		return k.body, nil
	}
	body, err := ask()
	if err == nil {
		k.at, k.body = now, body
	}
	return body, err
}

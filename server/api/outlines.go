package api

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

type collection struct {
	Type     string    `json:"type"`
	Features []feature `json:"features"`
}

type feature struct {
	Type       string          `json:"type"`
	ID         string          `json:"id"`
	Properties properties      `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

type properties struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEn string `json:"name_en"`
	Kind   string `json:"kind"`
}

// getOutlines answers GET /areas/{id}/outlines?of=kind as GeoJSON: the area
// itself, then the areas of that kind below it. One without an outline is a
// point; one without a position either is left out.
func (a *API) getOutlines(c echo.Context) error {
	values, err := query(c, "of")
	if err != nil {
		return err
	}
	tree := a.district.Areas
	top, found := tree.Lookup(c.Param("id"))
	if !found {
		return unknown("area", "")
	}
	if !slices.Contains(tree.Kinds(), values[0]) {
		return fault.New(fault.NotFound, "/of", "no area is of that kind")
	}
	if err := a.seesOne(c, "area:"+c.Param("id"), top); err != nil {
		return err
	}
	out := collection{Type: "FeatureCollection", Features: []feature{}}
	for _, i := range append([]area.Index{top}, tree.Below(top, values[0])...) {
		if f, drawn := a.outline(i); drawn {
			out.Features = append(out.Features, f)
		}
	}
	return ok(c, out)
}

func (a *API) outline(i area.Index) (feature, bool) {
	d := a.district.Areas.At(i)
	geometry := json.RawMessage(a.district.Outlines[i])
	if geometry == nil && d.Placed {
		geometry = fmt.Appendf(nil, `{"type":"Point","coordinates":[%g,%g]}`, d.Lon, d.Lat)
	}
	return feature{
		Type:       "Feature",
		ID:         d.ID,
		Properties: properties{ID: d.ID, Name: d.Name, NameEn: d.NameEn, Kind: d.Kind},
		Geometry:   geometry,
	}, geometry != nil
}

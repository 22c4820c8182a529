package api

import (
	"github.com/labstack/echo/v4"

	"citydeck/cockpits/area"
)

type areaAnswer struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	NameEn   string   `json:"name_en"`
	Kind     string   `json:"kind"`
	Parent   string   `json:"parent"` // empty: the root
	Code     string   `json:"code"`
	Lon      *float64 `json:"lon"` // WGS-84 degrees
	Lat      *float64 `json:"lat"`
	Children []string `json:"children"`
}

// listAreas answers GET /areas: parents before children, in the file's order.
func (a *API) listAreas(c echo.Context) error {
	list := []areaAnswer{}
	for i := range area.Index(a.district.Areas.Len()) {
		if a.sees(c, i) {
			list = append(list, a.area(i))
		}
	}
	return ok(c, list)
}

// getArea answers GET /areas/{id}.
func (a *API) getArea(c echo.Context) error {
	i, found := a.district.Areas.Lookup(c.Param("id"))
	if !found {
		return unknown("area", "")
	}
	if err := a.seesOne(c, "area:"+c.Param("id"), i); err != nil {
		return err
	}
	return ok(c, a.area(i))
}

func (a *API) area(i area.Index) areaAnswer {
	tree := a.district.Areas
	d := tree.At(i)
	out := areaAnswer{
		ID: d.ID, Name: d.Name, NameEn: d.NameEn, Kind: d.Kind, Parent: d.Parent, Code: d.Code,
		Children: make([]string, 0, len(tree.Children(i))),
	}
	out.Lon, out.Lat = position(d.Placed, d.Lon, d.Lat)
	for _, child := range tree.Children(i) {
		out.Children = append(out.Children, tree.At(child).ID)
	}
	return out
}

// position is a place's degrees, or nulls when it has none.
func position(placed bool, lon, lat float64) (x, y *float64) {
	if !placed {
		return nil, nil
	}
	return &lon, &lat
}

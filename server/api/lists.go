package api

import (
	"github.com/labstack/echo/v4"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/indicator"
)

type listAnswer struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	NameEn      string `json:"name_en"`
	Owner       string `json:"owner"`
	Sensitivity string `json:"sensitivity"`
	Size        int    `json:"size"` // how many points it has
}

type pointsAnswer struct {
	listAnswer
	Points []pointAnswer `json:"points"`
}

type pointAnswer struct {
	Point string   `json:"point"`
	Area  string   `json:"area"`
	Name  string   `json:"name"`
	Lon   *float64 `json:"lon"` // WGS-84 degrees
	Lat   *float64 `json:"lat"`
}

// listLists answers GET /lists: the registries that the caller may see.
func (a *API) listLists(c echo.Context) error {
	out := []listAnswer{}
	for i := range a.district.Lists {
		if l := &a.district.Lists[i]; readableList(l) {
			out = append(out, summary(l))
		}
	}
	return ok(c, out)
}

// getList answers GET /lists/{id} with the points, in the file's order.
func (a *API) getList(c echo.Context) error {
	for i := range a.district.Lists {
		l := &a.district.Lists[i]
		if l.ID != c.Param("id") {
			continue
		}
		if !readableList(l) {
			return fault.New(fault.Forbidden, "", "this list names persons")
		}
		out := pointsAnswer{listAnswer: summary(l), Points: make([]pointAnswer, len(l.Points))}
		for j := range l.Points {
			p := &l.Points[j]
			x, y := position(p.Placed, p.Lon, p.Lat)
			id := a.district.Areas.At(area.Index(p.Area)).ID
			out.Points[j] = pointAnswer{Point: p.ID, Area: id, Name: p.Name, Lon: x, Lat: y}
		}
		return ok(c, out)
	}
	return unknown("list", "")
}

// readableList tells whether a list names no persons.
func readableList(l *district.List) bool {
	return l.Sensitivity.Rank() < indicator.Personal.Rank()
}

func summary(l *district.List) listAnswer {
	return listAnswer{
		ID: l.ID, Name: l.Name, NameEn: l.NameEn, Owner: l.Owner,
		Sensitivity: string(l.Sensitivity), Size: len(l.Points),
	}
}

package api

import (
	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/tile"
)

type listAnswer struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	NameEn      string `json:"name_en"`
	Owner       string `json:"owner"`
	Sensitivity string `json:"sensitivity"`
	Size        int    `json:"size"`   // how many points the caller sees
	Placed      int    `json:"placed"` // how many of them have a position
}

type pointsAnswer struct {
	listAnswer
	Points []pointAnswer `json:"points"`
}

type pointAnswer struct {
	Point  string   `json:"point"`
	Area   string   `json:"area"`
	Name   string   `json:"name"`
	NameEn string   `json:"name_en"`
	Lon    *float64 `json:"lon"` // WGS-84 degrees
	Lat    *float64 `json:"lat"`
}

// listLists answers GET /lists: the registries that the caller may see, as far
// as their points lie in his areas.
func (a *API) listLists(c echo.Context) error {
	out := []listAnswer{}
	for i := range a.district.Lists {
		l := &a.district.Lists[i]
		if a.gate.policy.Decide(a.actor(c), listed(l, c), a.now()).Allowed() {
			out = append(out, summary(l, a.within(c, l)))
		}
	}
	return ok(c, out)
}

// getList answers GET /lists/{id} with the points in the caller's areas, in the
// file's order. One that names persons needs the right to, and a purpose.
func (a *API) getList(c echo.Context) error {
	for i := range a.district.Lists {
		l := &a.district.Lists[i]
		if l.ID != c.Param("id") {
			continue
		}
		if err := a.may(c, listed(l, c)); err != nil {
			return err
		}
		points := a.within(c, l)
		out := pointsAnswer{listAnswer: summary(l, points), Points: make([]pointAnswer, len(points))}
		for j, p := range points {
			x, y := position(p.Placed, p.Lon, p.Lat)
			id := a.areaID(p.Area)
			out.Points[j] = pointAnswer{Point: p.ID, Area: id, Name: p.Name, NameEn: p.NameEn, Lon: x, Lat: y}
		}
		return ok(c, out)
	}
	return unknown("list", "")
}

// listed is the question whether somebody may see a list at all.
func listed(l *district.List, c echo.Context) access.Ask {
	return access.Ask{Action: access.See, Object: "list:" + l.ID, Level: access.Sensitivity(l.Sensitivity), Purpose: c.QueryParam("purpose")}
}

// within are the points of a list that lie where the caller may see them.
func (a *API) within(c echo.Context, l *district.List) []*tile.Point {
	points, q := []*tile.Point{}, listed(l, c)
	for i := range l.Points {
		q.Areas = []area.Index{l.Points[i].Area}
		if a.gate.policy.Decide(a.actor(c), q, a.now()).Allowed() {
			points = append(points, &l.Points[i])
		}
	}
	return points
}

func summary(l *district.List, points []*tile.Point) listAnswer {
	placed := 0
	for _, p := range points {
		if p.Placed {
			placed++
		}
	}
	return listAnswer{
		ID: l.ID, Name: l.Name, NameEn: l.NameEn, Owner: l.Owner,
		Sensitivity: string(l.Sensitivity), Size: len(points), Placed: placed,
	}
}

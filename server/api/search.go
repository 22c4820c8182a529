package api

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/district/names"
	"citydeck/cockpits/fault"
)

// Addresses finds addresses by the words of their names.
type Addresses interface {
	// Find lists at most limit of the addresses that have all the words, the
	// nearest first, of the areas that may be seen.
	Find(ctx context.Context, words []string, limit int, sees func(area string) bool) ([]district.Address, error)
	// Condition says whether they can be found: "none" where the district has
	// none, "building" or "failed" while not, else "ready".
	Condition() string
}

const (
	fewest, usual, most = 1, 20, 100 // answers of a search
	longestQuestion     = 100        // characters
	hurry               = time.Second

	// addressCondition is the header that says whether addresses were searched.
	addressCondition = "Citydeck-Addresses"
)

type foundAnswer struct {
	Kind   string   `json:"kind"` // area, point or address
	ID     string   `json:"id"`   // the area's, the point's, the address's code
	Name   string   `json:"name"`
	NameEn string   `json:"name_en"`
	Area   string   `json:"area"` // itself, or where it lies
	List   string   `json:"list"` // of a point, else empty
	Lon    *float64 `json:"lon"`
	Lat    *float64 `json:"lat"`
}

// search answers GET /search?q=&limit=: areas and points first, then addresses.
func (a *API) search(c echo.Context) error {
	words, limit, err := question(c)
	if err != nil {
		return err
	}
	out := []foundAnswer{}
	// Half of the places are kept for addresses, as far as there are any.
	named := a.names.Find(words, limit, a.findable(c))
	var addresses []district.Address
	condition := "none"
	if a.Addresses != nil {
		condition = a.Addresses.Condition()
		ctx, cancel := context.WithTimeout(c.Request().Context(), hurry)
		defer cancel()
		sees := a.eyes(c, access.Ask{Action: access.See})
		addresses, err = a.Addresses.Find(ctx, words, limit, func(id string) bool {
			at, known := a.district.Areas.Lookup(id)
			return known && (sees == nil || sees(at))
		})
		if err != nil && ctx.Err() != nil {
			err = fault.New(fault.Unavailable, "", "the search took too long: try again")
		}
		if err != nil {
			return err
		}
	}
	kept := max(limit-len(addresses), (limit+1)/2)
	for _, h := range named[:min(kept, len(named))] {
		out = append(out, a.found(h))
	}
	for _, x := range addresses[:min(limit-len(out), len(addresses))] {
		lon, lat := position(x.Placed, x.Lon, x.Lat)
		out = append(out, foundAnswer{Kind: "address", ID: x.Code, Name: x.Name, Area: x.Area, Lon: lon, Lat: lat})
	}
	c.Response().Header().Set(addressCondition, condition)
	return ok(c, out)
}

// question reads what is looked for, and how many answers are wanted.
func question(c echo.Context) (words []string, limit int, err error) {
	values, err := query(c, "q")
	if err != nil {
		return nil, 0, err
	}
	words = names.Words(values[0])
	switch {
	case len(words) == 0:
		return nil, 0, fault.New(fault.Invalid, "/q", "there is nothing to look for")
	case utf8.RuneCountInString(values[0]) > longestQuestion:
		return nil, 0, fault.New(fault.Invalid, "/q", "at most %d characters", longestQuestion)
	}
	all, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return nil, 0, errQuery
	}
	if len(all["limit"]) == 0 {
		return words, usual, nil
	}
	if values, err = query(c, "limit"); err != nil {
		return nil, 0, err
	}
	if limit, err = strconv.Atoi(values[0]); err != nil || limit < fewest || limit > most {
		return nil, 0, fault.New(fault.Invalid, "/limit", "a whole number from %d to %d", fewest, most)
	}
	return words, limit, nil
}

// findable tells what the caller may see of what was found. Points that name
// persons are not found by anybody: that would be a look without a purpose.
func (a *API) findable(c echo.Context) func(names.Hit) bool {
	actor, now := a.actor(c), a.now()
	return func(h names.Hit) bool {
		q := access.Ask{Action: access.See, Areas: []area.Index{h.Area}}
		if h.Point != nil {
			q.Level = access.Sensitivity(a.district.Lists[h.List].Sensitivity)
		}
		return !q.Level.Personal() && a.gate.policy.Decide(actor, q, now).Allowed()
	}
}

func (a *API) found(h names.Hit) foundAnswer {
	d := a.district.Areas.At(h.Area)
	if p := h.Point; p != nil {
		lon, lat := position(p.Placed, p.Lon, p.Lat)
		return foundAnswer{Kind: "point", ID: p.ID, Name: cmp.Or(p.Name, p.ID), NameEn: p.NameEn, Area: d.ID, List: p.List, Lon: lon, Lat: lat}
	}
	lon, lat := position(d.Placed, d.Lon, d.Lat)
	return foundAnswer{Kind: "area", ID: d.ID, Name: d.Name, NameEn: d.NameEn, Area: d.ID, Lon: lon, Lat: lat}
}

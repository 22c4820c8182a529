package api

import "github.com/labstack/echo/v4"

// districtAnswer is what every screen must know of the district before it says a time.
type districtAnswer struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	NameEn   string `json:"name_en"`
	Timezone string `json:"timezone"` // IANA name: all times are said on this clock
	Demo     bool   `json:"demo"`
}

// getDistrict answers GET /district.
func (a *API) getDistrict(c echo.Context) error {
	d := a.district
	return ok(c, districtAnswer{ID: d.ID, Name: d.Name, NameEn: d.NameEn, Timezone: d.Zone.String(), Demo: a.config.Demo})
}

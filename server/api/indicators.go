package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/monitor/indicator"
)

type indicatorAnswer struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	NameEn        string   `json:"name_en"`
	Caliber       string   `json:"caliber"`
	Measure       string   `json:"measure,omitempty"`
	Numerator     string   `json:"numerator,omitempty"`
	Denominator   string   `json:"denominator,omitempty"`
	Formula       string   `json:"formula,omitempty"`
	Scale         float64  `json:"scale"`
	Unit          string   `json:"unit"`
	Decimals      int      `json:"decimals"`
	Window        string   `json:"window"`
	Direction     string   `json:"direction"`
	Warn          *float64 `json:"warn"`
	Alarm         *float64 `json:"alarm"`
	ThresholdsFor []string `json:"thresholds_for"` // kinds of area; empty: all
	MinCoverage   float64  `json:"min_coverage"`
	SuppressBelow float64  `json:"suppress_below"`
	Sensitivity   string   `json:"sensitivity"`
	Measures      []string `json:"measures"`  // what the value is made of
	FreshFor      *int64   `json:"fresh_for"` // ms: the shortest of its measures; null: none has one

	Versions []map[string]any `json:"versions"` // later calibers: valid_from, and the keys that change
}

type measureAnswer struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	NameEn      string   `json:"name_en"`
	Unit        string   `json:"unit"`
	Kind        string   `json:"kind"`
	Combine     string   `json:"combine"` // empty: a flow adds up, distinct members unite
	Caliber     string   `json:"caliber"`
	Basis       string   `json:"basis"`
	Sources     []string `json:"sources"`
	Sensitivity string   `json:"sensitivity"`
	FreshFor    *int64   `json:"fresh_for"` // ms; null: no coverage, never stale
}

// listIndicators answers GET /indicators, in the catalogue's order.
func (a *API) listIndicators(c echo.Context) error {
	list := make([]indicatorAnswer, len(a.district.Catalogue.Indicators))
	for i := range list {
		list[i] = a.indicator(indicator.Place(i))
	}
	return ok(c, list)
}

// getIndicator answers GET /indicators/{id}. A definition holds no figures, so
// where only the public is let in, it is told of public ones.
func (a *API) getIndicator(c echo.Context) error {
	place, found := a.district.Catalogue.Indicator(c.Param("id"))
	ask := access.Ask{Action: access.See, Object: c.Request().Method + " " + c.Path(), Level: access.Internal}
	if found && a.district.Catalogue.SensitivityOf(place) == indicator.Public {
		ask.Level = access.Open
	}
	if err := a.may(c, ask); err != nil {
		return err
	}
	if !found {
		return unknown("indicator", "")
	}
	return ok(c, a.indicator(place))
}

// listMeasures answers GET /measures, in the catalogue's order.
func (a *API) listMeasures(c echo.Context) error {
	list := make([]measureAnswer, len(a.district.Catalogue.Measures))
	for i := range list {
		m := &a.district.Catalogue.Measures[i]
		list[i] = measureAnswer{
			ID: m.ID, Name: m.Name, NameEn: m.NameEn, Unit: m.Unit, Kind: string(m.Kind), Combine: string(m.Combine),
			Caliber: m.Caliber, Basis: m.Basis, Sources: filled(m.Sources),
			Sensitivity: string(m.Sensitivity), FreshFor: millis(m.FreshFor),
		}
	}
	return ok(c, list)
}

// indicator is the definition that holds now, and what it becomes later.
func (a *API) indicator(place indicator.Place) indicatorAnswer {
	d := &a.district.Catalogue.Indicators[place]
	out := a.define(d.Held(a.now().UnixMilli(), a.district.Zone))
	out.Sensitivity = string(a.district.Catalogue.SensitivityOf(place))
	out.Versions = a.versions(d)
	return out
}

// define is one definition, but for its sensitivity, which is the same for all versions.
func (a *API) define(d *indicator.Indicator) indicatorAnswer {
	out := indicatorAnswer{
		ID: d.ID, Name: d.Name, NameEn: d.NameEn, Caliber: d.Caliber,
		Measure: d.Measure, Numerator: d.Numerator, Denominator: d.Denominator, Formula: d.Formula,
		Scale: d.Scale, Unit: d.Unit, Decimals: d.Decimals, Window: d.Window.String(),
		Direction: string(d.Direction), Warn: d.Warn, Alarm: d.Alarm,
		ThresholdsFor: filled(d.ThresholdsFor), MinCoverage: d.MinCoverage, SuppressBelow: d.SuppressBelow,
		Measures: filled(d.MeasureIDs()),
	}
	var shortest time.Duration
	for _, m := range d.Parts {
		if f := a.district.Catalogue.Measures[m].FreshFor; f > 0 && (shortest == 0 || f < shortest) {
			shortest = f
		}
	}
	out.FreshFor = millis(shortest)
	return out
}

// millis is a duration in ms, null for none.
func millis(d time.Duration) *int64 {
	if d <= 0 {
		return nil
	}
	ms := d.Milliseconds()
	return &ms
}

// filled is a list that is never null.
func filled(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

package api

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
)

// Past answers what figures were, and what of the past changed or is missing.
type Past interface {
	// Series lists a figure's values at the ends of steps, the oldest first.
	Series(ctx context.Context, of rollup.Pair, from, to int64, step time.Duration) ([]series.Sample, error)
	// Restatements lists what late readings changed, from one instant to another,
	// of an indicator and at an area; nil: of any.
	Restatements(ctx context.Context, of *indicator.Place, at *area.Index, from, to int64) ([]rollup.Restatement, error)
	// Gaps lists what the streams lost, from one instant to another.
	Gaps(ctx context.Context, from, to int64) ([]rollup.Gap, error)
}

const (
	mostPoints = 10_000
	leastStep  = time.Minute
	mostStep   = 24 * time.Hour
)

type seriesAnswer struct {
	Points []point      `json:"points"`
	Marks  []markAnswer `json:"marks"`
}

// point is an instant and the value there; null: none.
type point struct {
	at    int64
	value *float64
}

// MarshalJSON writes [ms, value].
func (p point) MarshalJSON() ([]byte, error) { return json.Marshal([]any{p.at, p.value}) }

// markAnswer says what a reader of a series must know: that the caliber
// changed, that a value was restated, that readings are missing.
type markAnswer struct {
	At   int64  `json:"at"`
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// getSeries answers GET /series?indicator=&area=&from=&to=&step=.
func (a *API) getSeries(c echo.Context) error {
	place, at, err := a.figure(c)
	if err != nil {
		return err
	}
	from, to, err := a.span(c, 24*time.Hour)
	if err != nil {
		return err
	}
	step, err := stepOf(c, from, to)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), 5*patience)
	defer cancel()
	list, err := a.Past.Series(ctx, rollup.Pair{Place: place, Area: at}, from, to, step)
	if err != nil {
		return waited(ctx, err)
	}
	out := seriesAnswer{Points: make([]point, len(list)), Marks: []markAnswer{}}
	for i, s := range list {
		out.Points[i].at = s.At
		if s.OK {
			out.Points[i].value = &s.Value
		}
	}
	if out.Marks, err = a.marks(ctx, rollup.Pair{Place: place, Area: at}, from, to); err != nil {
		return waited(ctx, err)
	}
	return ok(c, out)
}

// marks lists what happened to a figure from one instant to another.
func (a *API) marks(ctx context.Context, of rollup.Pair, from, to int64) ([]markAnswer, error) {
	out := []markAnswer{}
	for _, v := range a.district.Catalogue.Indicators[of.Place].Changes(a.zone()) {
		if v.At >= from && v.At <= to {
			out = append(out, markAnswer{v.At, "caliber", v.Caliber})
		}
	}
	restated, err := a.Past.Restatements(ctx, &of.Place, &of.Area, 0, 1<<62)
	if err != nil {
		return nil, err
	}
	for _, r := range restated {
		if r.To > from && r.From <= to {
			out = append(out, markAnswer{max(r.From, from), "restatement", r.Window + ": " + r.Reason})
		}
	}
	gaps, err := a.Past.Gaps(ctx, from, 1<<62)
	if err != nil {
		return nil, err
	}
	for _, g := range gaps {
		if g.To >= from && g.From <= to {
			text := g.Stream + ": " + g.Kind
			if g.Count > 0 {
				text += " " + strconv.FormatInt(g.Count, 10)
			}
			out = append(out, markAnswer{max(g.From, from), "gap", text})
		}
	}
	return out, nil
}

type restatementAnswer struct {
	Indicator string   `json:"indicator"`
	Area      string   `json:"area"`
	Window    string   `json:"window"`
	Was       *float64 `json:"was"`
	Is        *float64 `json:"is"`
	At        int64    `json:"at"`
	Reason    string   `json:"reason"`
}

// listRestatements answers GET /restatements?indicator=&area=&from=&to=; what
// is left out is not asked for. Nobody is told of a figure that he may not see.
func (a *API) listRestatements(c echo.Context) error {
	place, at, err := a.someFigures(c)
	if err != nil {
		return err
	}
	from, to, err := a.span(c, 7*24*time.Hour)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), 5*patience)
	defer cancel()
	list, err := a.Past.Restatements(ctx, place, at, from, to)
	if err != nil {
		return waited(ctx, err)
	}
	out := []restatementAnswer{}
	for i := range list {
		r := &list[i]
		if a.allowed(c, r.Place, r.Area) != nil {
			continue
		}
		out = append(out, restatementAnswer{
			Indicator: a.district.Catalogue.Indicators[r.Place].ID, Area: a.district.Areas.At(r.Area).ID,
			Window: r.Window, Was: number(r.Was), Is: number(r.Is), At: r.At, Reason: r.Reason,
		})
	}
	return ok(c, out)
}

// someFigures reads which indicator or area is asked for; nil: any.
func (a *API) someFigures(c echo.Context) (of *indicator.Place, at *area.Index, err error) {
	if id, err := optional(c, "indicator"); err != nil {
		return nil, nil, err
	} else if id != "" {
		place, found := a.district.Catalogue.Indicator(id)
		if !found {
			return nil, nil, unknown("indicator", "/indicator")
		}
		of = &place
	}
	if id, err := optional(c, "area"); err != nil {
		return nil, nil, err
	} else if id != "" {
		place, found := a.district.Areas.Lookup(id)
		if !found {
			return nil, nil, unknown("area", "/area")
		}
		at = &place
	}
	return of, at, nil
}

// span reads from and to; without them it is the time before now.
func (a *API) span(c echo.Context, long time.Duration) (from, to int64, err error) {
	read := func(name string, otherwise int64) (int64, error) {
		text, err := optional(c, name)
		if err != nil || text == "" {
			return otherwise, err
		}
		ms, good := reading.Instant(text)
		if !good {
			return 0, fault.New(fault.Invalid, "/"+name, "%s is no time: Unix milliseconds or RFC 3339", name)
		}
		return ms, nil
	}
	if to, err = read("to", a.now().UnixMilli()); err != nil {
		return 0, 0, err
	}
	if from, err = read("from", to-long.Milliseconds()); err != nil {
		return 0, 0, err
	}
	if from >= to {
		return 0, 0, fault.New(fault.Invalid, "/from", "from doesn't lie before to")
	}
	return from, to, nil
}

// stepOf reads step, 1m when it is left out, and sees that it gives no more
// points than are answered.
func stepOf(c echo.Context, from, to int64) (time.Duration, error) {
	text, err := optional(c, "step")
	if err != nil {
		return 0, err
	}
	step := leastStep
	if text != "" {
		if step, err = duration(text); err != nil || step < leastStep || step > mostStep || step%leastStep != 0 {
			return 0, fault.New(fault.Invalid, "/step", "step is whole minutes, from 1m to 1d")
		}
	}
	if (to-from)/step.Milliseconds() >= mostPoints {
		return 0, fault.New(fault.Invalid, "/step", "more than 10,000 points: take a longer step or a shorter time")
	}
	return step, nil
}

// duration reads what Go does, and 1d.
func duration(text string) (time.Duration, error) {
	if days, found := strings.CutSuffix(text, "d"); found {
		n, err := strconv.ParseUint(days, 10, 8)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}

// optional reads a parameter that may be left out.
func optional(c echo.Context, name string) (string, error) {
	all, err := url.ParseQuery(c.Request().URL.RawQuery)
	if given := all[name]; err == nil && (len(given) == 0 || len(given) == 1 && given[0] == "") {
		return "", nil
	}
	values, err := query(c, name)
	return values[0], err
}

func (a *API) zone() *time.Location {
	if a.district.Zone == nil {
		return time.UTC
	}
	return a.district.Zone
}

func number(n indicator.Number) *float64 {
	if !n.OK {
		return nil
	}
	return &n.V
}

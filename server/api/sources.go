package api

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

// Sources answers what is known of the systems that send readings.
type Sources interface {
	// Sources waits for the engine's next round at most; it fails with fault.Unavailable.
	Sources(ctx context.Context) ([]SourceReport, error)
}

// SourceReport is one system that sends readings.
type SourceReport struct {
	rollup.Source
	Rejected map[string]int64 // by reason
	Examples []Refused        // the newest of each reason, the oldest first
	Worries  []reading.Worry  // of its streams' Redis
}

// Refused is a reading that could not be used.
type Refused struct {
	At      int64  `json:"at"`
	Reason  string `json:"reason"`
	Detail  string `json:"detail"`
	Reading string `json:"reading"` // as it came, members masked, cut
}

type sourceAnswer struct {
	Source   string           `json:"source"` // empty: readings that name none
	LastAt   *int64           `json:"last_at"`
	LagMs    *int64           `json:"lag_ms"` // how long the newest reading was on its way
	Readings int64            `json:"readings"`
	Rejected map[string]int64 `json:"rejected"`
	Examples []Refused        `json:"examples"`
	Tiles    []string         `json:"tiles"` // cockpit/tile of what it feeds
	Gaps     []gapAnswer      `json:"gaps"`
	Worries  []worryAnswer    `json:"worries"`
}

type worryAnswer struct {
	Stream string            `json:"stream"`
	Kind   reading.WorryKind `json:"kind"`
	Since  int64             `json:"since"`
}

type gapAnswer struct {
	Stream string `json:"stream"`
	Kind   string `json:"kind"`
	Count  int64  `json:"count"` // entries that are missing; 0: not known
	From   int64  `json:"from"`
	To     int64  `json:"to"`
	At     int64  `json:"at"`
}

// listSources answers GET /sources. A gap in a stream stands at each source,
// since nobody knows whose readings it held, and so does what a Redis may lose.
func (a *API) listSources(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 5*patience)
	defer cancel()
	list, err := a.Sources.Sources(ctx)
	if err != nil {
		return waited(ctx, err)
	}
	gaps, err := a.Past.Gaps(ctx, 0, 1<<62)
	if err != nil {
		return waited(ctx, err)
	}
	lost := []gapAnswer{}
	for _, g := range gaps {
		lost = append(lost, gapAnswer{g.Stream, g.Kind, g.Count, g.From, g.To, g.Found})
	}
	out := []sourceAnswer{}
	for i := range list {
		s := &list[i]
		row := sourceAnswer{Source: s.Name, Readings: s.Readings, Rejected: s.Rejected, Examples: append([]Refused{}, s.Examples...), Tiles: a.feeds(s.Name), Gaps: lost, Worries: []worryAnswer{}}
		for _, w := range s.Worries {
			row.Worries = append(row.Worries, worryAnswer{w.Stream, w.Kind, w.At})
		}
		if row.Rejected == nil {
			row.Rejected = map[string]int64{}
		}
		if s.LastAt != 0 {
			lag := max(0, s.Heard-s.LastAt)
			row.LastAt, row.LagMs = &s.LastAt, &lag
		}
		out = append(out, row)
	}
	return ok(c, out)
}

// feeds lists the tiles that show a measure which names the source.
func (a *API) feeds(source string) []string {
	out := []string{}
	cat := a.district.Catalogue
	now := a.shown.Load().list
	for i := range now {
		cockpit := &now[i]
		for t := range cockpit.Tiles {
			d := &cockpit.Tiles[t]
			measures := slices.Clone(d.Measures)
			for _, p := range d.Indicators {
				measures = append(measures, cat.Indicators[p].Parts...)
			}
			for _, m := range measures {
				if slices.Contains(cat.Measures[m].Sources, source) {
					out = append(out, cockpit.ID+"/"+d.ID)
					break
				}
			}
		}
	}
	return out
}

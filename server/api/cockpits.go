package api

import (
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits"
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
)

type cockpitAnswer struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	NameEn string     `json:"name_en"`
	Kind   string     `json:"kind"`
	Area   string     `json:"area"`
	Parent string     `json:"parent"` // empty: the root of the tree
	State  tile.State `json:"state"`
}

type boardAnswer struct {
	cockpitAnswer
	Layout string             `json:"layout"`
	Tiles  []definitionAnswer `json:"tiles"`
}

// definitionAnswer is a tile's definition; keys that its kind does not have are absent.
type definitionAnswer struct {
	ID         string     `json:"id"`
	Kind       string     `json:"kind"`
	Title      string     `json:"title"`
	TitleEn    string     `json:"title_en"`
	Short      string     `json:"short,omitempty"`
	ShortEn    string     `json:"short_en,omitempty"`
	X          int        `json:"x"`
	Y          int        `json:"y"`
	W          int        `json:"w"`
	H          int        `json:"h"`
	Area       string     `json:"area"`
	Indicator  string     `json:"indicator,omitempty"`
	Indicators []string   `json:"indicators,omitempty"`
	Measures   []string   `json:"measures,omitempty"`
	Of         string     `json:"of,omitempty"`
	Order      string     `json:"order,omitempty"`
	Limit      int        `json:"limit,omitempty"`
	Span       string     `json:"span,omitempty"`
	Target     *float64   `json:"target,omitempty"`
	Compare    string     `json:"compare,omitempty"`
	List       string     `json:"list,omitempty"`
	Layers     []string   `json:"layers,omitempty"`
	Warn       *float64   `json:"warn,omitempty"`
	Alarm      *float64   `json:"alarm,omitempty"`
	URL        string     `json:"url,omitempty"`
	State      *tile.Tile `json:"state"` // null: not known yet
}

// listCockpits answers GET /cockpits: the tree, the root first, as
// far as the caller sees it.
func (a *API) listCockpits(c echo.Context) error {
	list := []cockpitAnswer{}
	now := a.shown.Load().list
	for i := range now {
		d := &now[i]
		if !a.sees(c, d.Area) {
			continue
		}
		tiles, _ := a.Boards.Tiles(d.ID)
		list = append(list, a.cockpit(d, tiles))
	}
	return ok(c, list)
}

// getCockpit answers GET /cockpits/{id} with its tiles and their states.
func (a *API) getCockpit(c echo.Context) error {
	d := a.shown.Load().byID[c.Param("id")]
	if d == nil {
		return unknown("cockpit", "")
	}
	if err := a.seesOne(c, "cockpit:"+d.ID, d.Area); err != nil {
		return err
	}
	tiles, _ := a.Boards.Tiles(d.ID)
	states := make(map[string]*tile.Tile, len(tiles))
	for j := range tiles {
		states[tiles[j].ID] = &tiles[j]
	}
	out := boardAnswer{
		cockpitAnswer: a.cockpit(d, tiles),
		Layout:        d.Layout,
		Tiles:         make([]definitionAnswer, len(d.Tiles)),
	}
	for j := range d.Tiles {
		out.Tiles[j] = a.definition(&d.Tiles[j])
		out.Tiles[j].State = states[d.Tiles[j].ID]
	}
	return ok(c, out)
}

func (a *API) cockpit(d *cockpits.Cockpit, tiles []tile.Tile) cockpitAnswer {
	return cockpitAnswer{
		ID: d.ID, Name: d.Name, NameEn: d.NameEn, Kind: string(d.Kind),
		Area: a.areaID(d.Area), Parent: d.Parent, State: tile.StateOf(tiles),
	}
}

func (a *API) definition(d *tile.Definition) definitionAnswer {
	out := definitionAnswer{
		ID: d.ID, Kind: string(d.Kind), Title: d.Title, TitleEn: d.TitleEn, Short: d.Short, ShortEn: d.ShortEn,
		X: d.X, Y: d.Y, W: d.W, H: d.H, Area: a.areaID(d.Area), Of: d.Of,
	}
	if d.Multiple || many(d.Kind) {
		out.Indicators = a.indicatorIDs(d.Indicators)
	} else if len(d.Indicators) > 0 {
		out.Indicator = a.indicatorIDs(d.Indicators)[0]
	}
	switch d.Kind {
	case tile.Stat:
		out.Compare = d.Compare
	case tile.Trend:
		out.Span = written(d.Span)
	case tile.Progress:
		out.Target = d.Target
	case tile.Ranking:
		out.Order, out.Limit = d.Order, d.Limit
	case tile.Alerts, tile.Feed:
		out.Limit = d.Limit
	case tile.Board:
		out.List, out.Measures, out.Warn, out.Alarm = d.List, a.measureIDs(d.Measures), d.Warn, d.Alarm
	case tile.Map:
		out.Layers = d.Layers
	case tile.Video:
		out.URL = d.URL
	}
	return out
}

// many tells whether a kind takes `indicators` only.
func many(k tile.Kind) bool { return k == tile.Breakdown || k == tile.Table || k == tile.Alerts }

func (a *API) areaID(i area.Index) string { return a.district.Areas.At(i).ID }

func (a *API) indicatorIDs(places []indicator.Place) []string {
	ids := make([]string, len(places))
	for i, place := range places {
		ids[i] = a.district.Catalogue.Indicators[place].ID
	}
	return ids
}

func (a *API) measureIDs(indices []indicator.Index) []string {
	ids := make([]string, len(indices))
	for i, index := range indices {
		ids[i] = a.district.Catalogue.Measures[index].ID
	}
	return ids
}

// written is a duration as a district's files write it: 90s, 10m, 24h, 7d.
func written(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d > day && d%day == 0:
		return strconv.Itoa(int(d/day)) + "d"
	case d >= time.Hour && d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	case d >= time.Minute && d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	}
	return d.String()
}

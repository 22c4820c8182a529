package engine

import (
	"slices"
	"strconv"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/tile"
)

// maxEvents is how many lines a feed can reach back.
const maxEvents = 200

// watchAlert opens, changes or closes the alert of a figure that changed.
func (e *Engine) watchAlert(p rollup.Pair) {
	f := e.state.Figure(p.Place, p.Area)
	open := e.alerts[p]
	is := f.Level == indicator.LevelWarn || f.Level == indicator.LevelBad
	if !is && open == nil {
		return
	}
	now := e.state.Now()
	switch {
	case is && open == nil:
		e.alerts[p] = &tile.Alert{Place: p.Place, Area: p.Area, Level: f.Level, Value: f.Value, Since: now}
		e.event("opened", p, f.Level)
	case !is:
		delete(e.alerts, p)
		e.event("closed", p, open.Level)
	default:
		if f.Level != open.Level {
			open.Since = now
			e.event("opened", p, f.Level)
		}
		open.Level, open.Value = f.Level, f.Value
	}
	e.stale = true
	e.wall.markAll(e.wall.alerts)
}

// event notes what a feed shows.
func (e *Engine) event(kind string, p rollup.Pair, level indicator.Level) {
	if !e.state.Shown(p.Place, p.Area) {
		return
	}
	e.events++
	d := &e.cfg.District.Catalogue.Indicators[p.Place]
	zh := map[string]string{"opened": "出现", "closed": "解除"}[kind]
	word := map[indicator.Level]string{indicator.LevelWarn: "预警", indicator.LevelBad: "报警"}[level]
	ev := tile.Event{
		ID: strconv.Itoa(e.events), At: e.state.Now(), Kind: kind, Area: p.Area,
		Text: d.Name + " " + word + zh, TextEn: d.NameEn + " " + string(level) + " " + kind,
	}
	e.view.Events = slices.Insert(e.view.Events, 0, ev)
	e.view.Events = e.view.Events[:min(len(e.view.Events), maxEvents)]
	e.wall.markAll(e.wall.feeds)
}

// openAlerts refreshes the list that the tiles are drawn from.
func (e *Engine) openAlerts() {
	if !e.stale {
		return
	}
	e.stale = false
	e.view.Alerts = e.view.Alerts[:0]
	for _, a := range e.alerts {
		e.view.Alerts = append(e.view.Alerts, *a)
	}
}

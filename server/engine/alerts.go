package engine

import (
	"slices"
	"strconv"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
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

// gapEvent tells the feed of entries that are missing.
func (e *Engine) gapEvent(g *rollup.Gap) {
	zh := map[string]string{"trimmed": "未读即被清除", "rolled_back": "回退", "recreated": "被重建"}[g.Kind]
	en := map[string]string{"trimmed": "was trimmed unread", "rolled_back": "was rolled back", "recreated": "was recreated"}[g.Kind]
	zh, en = "数据流 "+g.Stream+" "+zh, "stream "+g.Stream+" "+en
	if g.Count > 0 {
		zh += "，缺 " + strconv.FormatInt(g.Count, 10) + " 条"
		en += ", " + strconv.FormatInt(g.Count, 10) + " entries are missing"
	}
	e.tell(tile.Event{At: g.Found, Kind: "gap", Area: e.cfg.District.Areas.Root(), Text: zh, TextEn: en})
}

// worryEvent tells the feed that a whole stream may be thrown away, or not any
// more. What is less than that stands where streams are listed.
func (e *Engine) worryEvent(w *reading.Worry) {
	if w.Kind != reading.Evicts {
		return
	}
	zh, en := "Redis 内存写满时会丢弃整个数据流 "+w.Stream+"，请设 maxmemory-policy 为 noeviction", "Redis throws stream "+w.Stream+" away when its memory is full: set maxmemory-policy to noeviction"
	if w.Over {
		zh, en = "Redis 不再会丢弃数据流 "+w.Stream, "Redis does not throw stream "+w.Stream+" away any more"
	}
	e.tell(tile.Event{At: w.At, Kind: "health", Area: e.cfg.District.Areas.Root(), Text: zh, TextEn: en})
}

// tell puts an event on top of the feeds.
func (e *Engine) tell(ev tile.Event) {
	e.events++
	ev.ID = strconv.Itoa(e.events)
	e.view.Events = slices.Insert(e.view.Events, 0, ev)
	e.view.Events = e.view.Events[:min(len(e.view.Events), maxEvents)]
	e.wall.markAll(e.wall.feeds)
}

// event notes what a feed shows.
func (e *Engine) event(kind string, p rollup.Pair, level indicator.Level) {
	if !e.state.Shown(p.Place, p.Area) {
		return
	}
	d := &e.cfg.District.Catalogue.Indicators[p.Place]
	verb := map[string][2]string{"opened": {"出现", "began"}, "closed": {"解除", "ended"}}[kind]
	noun := map[indicator.Level][2]string{indicator.LevelWarn: {"预警", "warning"}, indicator.LevelBad: {"报警", "alarm"}}[level]
	e.tell(tile.Event{
		At: e.state.Now(), Kind: kind, Area: p.Area,
		Text: d.Name + " " + noun[0] + verb[0], TextEn: d.NameEn + ": " + noun[1] + " " + verb[1],
	})
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

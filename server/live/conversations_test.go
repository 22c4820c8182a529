package live_test

import (
	"testing"

	"citydeck/cockpits/tile"
)

// conversations are what fixtures/wire records: each tile kind, and each way in
// which a patch is merged.
var conversations = map[string]func(*testing.T) *recorder{
	"stat":      statConversation,
	"sparkline": sparkConversation,
	"trend":     trendConversation,
	"progress":  progressConversation,
	"ranking":   rankingConversation,
	"breakdown": breakdownConversation,
	"table":     tableConversation,
	"board":     boardConversation,
	"map":       mapConversation,
	"alerts":    alertsConversation,
	"feed":      feedConversation,
	"quiet":     quietConversation,
	"resume":    resumeConversation,
	"arrays":    arraysConversation,
	"errors":    errorsConversation,
}

const noon = int64(1_756_353_600_000)

// with changes a copy.
func with[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

// A value, and all that stands beside it; then suppressed, and back.
func statConversation(t *testing.T) *recorder {
	full := tile.Tile{
		ID: "alarms", Value: ptr(99.594), Level: ptr("normal"), Status: "normal", Since: ptr(noon), AsOf: ptr(noon - 500),
		CountsFrom: ptr(noon - 86_400_000), Parts: &tile.Parts{ptr(3190.0), ptr(3203.0)},
		Coverage: &tile.Coverage{Fresh: 34, Expected: 35, Silent: []string{"kitchen-07"}},
		Disputed: &tile.Disputed{Points: 1, Values: []tile.Witness{{Source: "甲", Value: 3, At: noon}, {Source: "b\"\\\n", Value: -0.5, At: noon + 1}}},
		Change:   &tile.Change{Value: ptr(-0.12), Over: "day"},
		Spark:    []tile.Spark{{At: noon, Value: ptr(99.5)}, {At: noon + 1_440_000, Value: ptr(99.594)}},
	}
	r := newRecorder(t, full, stat("people", 2_451_873), tile.Tile{ID: "never", Status: "empty"})
	next := full
	next.Value, next.Parts, next.AsOf = ptr(99.6), &tile.Parts{ptr(3191.0), ptr(3204.0)}, ptr(noon+500)
	next.Spark = []tile.Spark{{At: noon, Value: ptr(99.5)}, {At: noon + 1_440_000, Value: ptr(99.6)}}
	r.show(next)
	next.Level, next.Status, next.Since = ptr("alarm"), "stale", ptr(noon+1000)
	next.Coverage = &tile.Coverage{Fresh: 1, Expected: 35, Silent: []string{"a", "b", "c"}}
	next.Disputed = nil
	r.show(next, stat("people", 1e-7))
	hidden := tile.Tile{ID: "alarms", Status: "suppressed", Since: ptr(noon + 2000), AsOf: next.AsOf, Coverage: next.Coverage}
	r.show(hidden)
	next.Status, next.Level, next.Change = "normal", ptr("normal"), &tile.Change{Over: "day"}
	r.show(next, stat("people", 1e21), tile.Tile{ID: "never", Status: "empty", Parts: &tile.Parts{nil, ptr(0.0)}})
	return r
}

// sparkline has n points; the last stands at a step of its own value.
func sparkline(n, last int64, value float64) []tile.Spark {
	s := []tile.Spark{}
	for i := last - n + 1; i <= last; i++ {
		s = append(s, tile.Spark{At: noon + i*1_440_000, Value: ptr(float64(i))})
	}
	s[len(s)-1].Value = &value
	return s
}

func sparkConversation(t *testing.T) *recorder {
	at := func(spark []tile.Spark) tile.Tile {
		return with(stat("x", 1), func(v *tile.Tile) { v.Spark = spark })
	}
	r := newRecorder(t, at(sparkline(58, 58, 7)))
	r.show(at(sparkline(58, 58, 8)))  // the last point moves
	r.show(at(sparkline(59, 59, 9)))  // it settles, and another is added
	r.show(at(sparkline(60, 60, 10))) // full
	r.show(at(sparkline(60, 61, 11))) // the oldest goes
	r.show(at(sparkline(60, 64, 12))) // three at once
	hole := sparkline(60, 64, 13)
	hole[30].Value = nil
	r.show(at(hole))                                                                 // a point that lost its value
	r.show(at(sparkline(1, 65, 0)))                                                  // a new day: a snapshot, since no delta can take points away
	r.show(at(nil))                                                                  // none
	r.show(at(sparkline(2, 66, 1)))                                                  // again
	r.show(with(at(sparkline(2, 66, 1)), func(v *tile.Tile) { v.Value = ptr(2.0) })) // untouched
	return r
}

func trendConversation(t *testing.T) *recorder {
	lines := func(a, b []tile.Spark, va, vb *float64) tile.Tile {
		has := tile.HasValue | tile.HasLevel | tile.HasStatus | tile.HasSpark
		return tile.Tile{ID: "trend", Status: "normal", Items: []tile.Item{
			{ID: "in", Has: has, Value: va, Status: "normal", Spark: a},
			{ID: "out", Has: has, Value: vb, Level: ptr("warn"), Status: "warn", Spark: b},
		}}
	}
	one := func(spark []tile.Spark, v float64) tile.Tile {
		return with(stat("single", v), func(x *tile.Tile) { x.Spark = spark })
	}
	r := newRecorder(t, lines(sparkline(3, 3, 5), sparkline(3, 3, 6), ptr(5.0), ptr(6.0)), one(sparkline(2, 2, 1), 1))
	r.show(lines(sparkline(3, 3, 5.5), sparkline(3, 3, 6), ptr(5.5), ptr(6.0)))
	r.show(lines(sparkline(4, 4, 5.5), sparkline(4, 4, 6), ptr(5.5), ptr(6.0)), one(sparkline(3, 3, 1), 1))
	r.show(lines(sparkline(4, 4, 5.5), nil, ptr(5.5), nil))
	r.show(lines(sparkline(4, 4, 5.5), sparkline(4, 4, 9), ptr(5.5), ptr(9.0)))
	return r
}

func progressConversation(t *testing.T) *recorder {
	at := func(v *float64) tile.Tile {
		return tile.Tile{ID: "progress", Value: v, Status: "normal", Target: ptr(792.0), AsOf: ptr(noon)}
	}
	r := newRecorder(t, at(nil))
	r.show(at(ptr(0.0)))
	r.show(at(ptr(791.5)))
	r.show(at(ptr(792.0)))
	return r
}

func rankingConversation(t *testing.T) *recorder {
	row := func(id string, rank int, v float64) tile.Item {
		return tile.Item{
			ID: id, Has: tile.HasValue | tile.HasLevel | tile.HasStatus | tile.HasRank | tile.HasCoverage, Rank: rank,
			Value: &v, Level: ptr("normal"), Status: "normal", Coverage: &tile.Coverage{Fresh: 1, Expected: 1, Silent: []string{}},
		}
	}
	rows := func(items ...tile.Item) tile.Tile {
		return with(stat("ranking", 1), func(v *tile.Tile) { v.Items = append([]tile.Item{}, items...) })
	}
	r := newRecorder(t, rows(row("changqing", 1, 5), row("chaoming", 2, 6), row("wulin", 3, 7)))
	r.show(rows(row("changqing", 1, 5.5), row("chaoming", 2, 6), row("wulin", 3, 7))) // one value
	r.show(rows(row("wulin", 1, 4), row("changqing", 2, 5.5), row("chaoming", 3, 6))) // the last is first
	r.show(rows(row("wulin", 1, 4), row("tianshui", 2, 5), row("changqing", 3, 5.5))) // one gone, one new
	r.show(rows(row("chaoming", 1, 3), row("wulin", 2, 4), row("tianshui", 3, 5)))    // back again
	r.show(rows())                                                                    // nobody
	r.show(rows(row("chaoming", 1, 3)))
	return r
}

func breakdownConversation(t *testing.T) *recorder {
	part := func(id string, v *float64, status string) tile.Item {
		return tile.Item{ID: id, Has: tile.HasValue | tile.HasLevel | tile.HasStatus, Value: v, Status: status}
	}
	parts := func(items ...tile.Item) tile.Tile { return tile.Tile{ID: "breakdown", Status: "normal", Items: items} }
	r := newRecorder(t, parts(part("dine_in", ptr(1.0), "normal"), part("take_away", nil, "empty")))
	r.show(parts(part("dine_in", ptr(2.0), "normal"), part("take_away", ptr(0.0), "normal")))
	r.show(parts(part("dine_in", nil, "suppressed"), part("take_away", ptr(0.0), "normal")))
	return r
}

func tableConversation(t *testing.T) *recorder {
	row := func(id string, rate, count float64) tile.Item {
		return tile.Item{ID: id, Has: tile.HasCells, Cells: []tile.Cell{
			{ID: "rate", Value: &rate, Level: ptr("warn"), Status: "warn", Parts: &tile.Parts{ptr(rate), ptr(100.0)}},
			{ID: "count", Value: &count, Status: "normal"},
		}}
	}
	rows := func(items ...tile.Item) tile.Tile { return tile.Tile{ID: "table", Status: "warn", Items: items} }
	r := newRecorder(t, rows(row("changqing", 90, 1), row("chaoming", 91, 2)))
	r.show(rows(row("changqing", 90, 3), row("chaoming", 91, 2)))
	r.show(rows(row("changqing", 92.5, 3), row("chaoming", 91.25, 4)))
	return r
}

func boardConversation(t *testing.T) *recorder {
	point := func(id string, v *float64, as *int64) tile.Item {
		has := tile.HasValue | tile.HasLevel | tile.HasStatus | tile.HasAsOf | tile.HasCells
		return tile.Item{ID: id, Has: has, Value: v, Status: "normal", AsOf: as, Cells: []tile.Cell{
			{ID: "alarms", Bare: true, Value: v}, {ID: "checks", Bare: true},
		}}
	}
	points := func(items ...tile.Item) tile.Tile {
		return tile.Tile{ID: "board", Status: "normal", Items: items, Coverage: &tile.Coverage{Fresh: 2, Expected: 2, Silent: []string{}}}
	}
	r := newRecorder(t, points(point("kitchen-01", ptr(0.0), ptr(noon)), point("kitchen-02", nil, nil)))
	r.show(points(point("kitchen-01", ptr(0.0), ptr(noon+1)), point("kitchen-02", nil, nil)))
	r.show(points(point("kitchen-01", ptr(1.0), ptr(noon+2)), point("kitchen-02", ptr(2.0), ptr(noon+2))))
	return r
}

func mapConversation(t *testing.T) *recorder {
	area := func(id string, v *float64, status string, level *string) tile.Item {
		return tile.Item{ID: id, Has: tile.HasValue | tile.HasLevel | tile.HasStatus, Value: v, Level: level, Status: status}
	}
	areas := func(items ...tile.Item) tile.Tile {
		return with(stat("map", 3), func(v *tile.Tile) { v.Items = items })
	}
	r := newRecorder(t, areas(area("changqing", ptr(1.0), "normal", ptr("normal")), area("chaoming", ptr(2.0), "normal", ptr("normal"))))
	r.show(areas(area("changqing", ptr(1.0), "normal", ptr("normal")), area("chaoming", ptr(9.0), "alarm", ptr("alarm"))))
	r.show(areas(area("changqing", nil, "empty", nil), area("chaoming", ptr(9.0), "stale", ptr("alarm"))))
	return r
}

func alertsConversation(t *testing.T) *recorder {
	alert := func(of, area, level string, rank int, since int64) tile.Item {
		has := tile.HasIndicator | tile.HasLevel | tile.HasValue | tile.HasSince | tile.HasRank
		return tile.Item{
			ID: of + "/" + area, Has: has, Indicator: of, Area: area, Level: &level, Value: ptr(88.0), Since: &since, Rank: rank,
		}
	}
	open := func(items ...tile.Item) tile.Tile {
		return with(stat("alerts", float64(len(items))), func(v *tile.Tile) { v.Items = append([]tile.Item{}, items...) })
	}
	r := newRecorder(t, open())
	r.show(open(alert("rate", "wulin", "warn", 1, noon)))
	r.show(open(alert("rate", "changqing", "alarm", 1, noon+1000), alert("rate", "wulin", "warn", 2, noon)))
	r.show(open(alert("rate", "changqing", "alarm", 1, noon+1000)))
	r.show(open())
	return r
}

func feedConversation(t *testing.T) *recorder {
	event := func(id string, at int64) tile.Item {
		return tile.Item{ID: id, Has: tile.HasFeed, At: at, Kind: "opened", Area: "wulin", Text: "武林街道：报警", TextEn: "Wulin: alarm"}
	}
	events := func(items ...tile.Item) tile.Tile { return tile.Tile{ID: "feed", Status: "normal", Items: items} }
	r := newRecorder(t, events())
	r.show(events(event("1", noon)))
	r.show(events(event("3", noon+2), event("2", noon+2), event("1", noon)))
	r.show(events(event("4", noon+3), event("3", noon+2), event("2", noon+2)))
	return r
}

// quietConversation shows the kinds that carry nothing, and what a list becomes
// that there is none of any more.
func quietConversation(t *testing.T) *recorder {
	video := tile.Tile{ID: "video", Status: "normal"}
	r := newRecorder(t, video, tile.Tile{ID: "command", Status: "normal", Items: []tile.Item{}})
	item := tile.Item{ID: "fire", Has: tile.HasStatus, Status: "normal"}
	r.show(tile.Tile{ID: "command", Status: "alarm", Items: []tile.Item{item}})
	r.show(tile.Tile{ID: "command", Status: "empty"})
	r.show(tile.Tile{ID: "command", Status: "normal", Items: []tile.Item{}})
	return r
}

func resumeConversation(t *testing.T) *recorder {
	row := func(id string, rank int) tile.Item {
		return tile.Item{ID: id, Has: tile.HasRank | tile.HasValue, Rank: rank, Value: ptr(float64(rank))}
	}
	rows := func(spark []tile.Spark, items ...tile.Item) tile.Tile {
		return with(stat("x", 1), func(v *tile.Tile) { v.Items, v.Spark = items, spark })
	}
	r := newRecorder(t, rows(sparkline(2, 2, 1), row("p", 1), row("q", 2)), stat("y", 1))
	r.show(stat("y", 2))
	// Away: what happens meanwhile comes once, newest, in one delta.
	_ = r.conn.conn.CloseNow()
	for i := range 3 {
		r.clock.Add(1000)
		r.house.Publish("a", r.clock.Load(), []tile.Tile{
			rows(sparkline(int64(3+i), int64(3+i), float64(i)), row("r", 1), row("p", 2)), stat("y", float64(3+i)),
		})
	}
	r.house.Flush()
	r.connect()
	r.say(`{"op":"subscribe","cockpit":"a","epoch":"` + r.epoch + `","seq":2}`)
	r.show(stat("y", 9))
	// Nothing missed, and then a state that the server doesn't know.
	_ = r.conn.conn.CloseNow()
	r.connect()
	r.say(`{"op":"subscribe","cockpit":"a","epoch":"` + r.epoch + `","seq":6}`)
	r.say(`{"op":"subscribe","cockpit":"a","epoch":"another","seq":6}`)
	r.show(stat("y", 10))
	return r
}

func arraysConversation(t *testing.T) *recorder {
	r := newRecorder(t, stat("x", 1), stat("y", 1))
	r.say(`{"op":"subscribe","cockpit":"*"}`)
	both := func(v float64) {
		r.clock.Add(1000)
		r.house.Publish("a", r.clock.Load(), []tile.Tile{stat("x", v)})
		r.house.Publish("*", r.clock.Load(), []tile.Tile{stat("a", v)})
	}
	both(2)
	r.house.Flush()
	r.hear()
	both(3)
	r.house.Beat(tile.Beat{
		Now: r.clock.Load(), Tick: r.clock.Load() - 50, Behind: ptr(int64(0)), Rate: 5000,
		Points: tile.Fresh{Fresh: 380, Expected: 400}, Sources: tile.Sources{Fresh: 3, All: 4, Silent: []string{"patrol"}},
	})
	r.house.Flush()
	r.hear()
	r.clock.Add(2000)
	r.house.Beat(tile.Beat{Now: r.clock.Load(), Tick: r.clock.Load() - 50, Rate: 0})
	r.house.Flush()
	r.hear()
	return r
}

func errorsConversation(t *testing.T) *recorder {
	r := newRecorder(t, stat("x", 1))
	r.say(`{`)
	r.say(`{"op":"dance","cockpit":"a"}`)
	r.say(`{"op":"subscribe","cockpit":"nowhere"}`)
	r.show(stat("x", 2))
	return r
}

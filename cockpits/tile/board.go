package tile

import (
	"strconv"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/respond/command"
)

// The tiles of a command's board, in their order; Mine is the one of a
// responder's own task.
const (
	BoardCommand  = "command"
	BoardUnits    = "units"
	BoardTasks    = "tasks"
	BoardPace     = "pace"
	BoardTimeline = "timeline"
	Mine          = "mine"
)

const boardKeys = HasUnit | HasForecast | HasTask | HasPace | HasVersion

// Scene 指挥看板 draws the tiles of a command's board.
func Scene(v *command.View, b *command.Board, now int64) []Tile {
	numbers := Ongoing(&Definition{ID: BoardCommand, Kind: Command}, []command.View{*v}, now)
	return []Tile{numbers, units(b, v.LaunchedAt), tasks(b, v.LaunchedAt), pace(b, v.LaunchedAt), timeline(b, v)}
}

// plate is an empty tile of a board; its value is how many items there are.
func plate(id string, items []Item, since int64) Tile {
	n := float64(len(items))
	return Tile{ID: id, Value: &n, Status: string(indicator.Normal), Since: &since, Items: items}
}

func units(b *command.Board, since int64) Tile {
	items := make([]Item, len(b.Units))
	for i := range b.Units {
		items[i] = Item{ID: b.Units[i].Unit, Has: HasUnit | HasForecast, Unit: &b.Units[i]}
	}
	return plate(BoardUnits, items, since)
}

func tasks(b *command.Board, since int64) Tile {
	items := make([]Item, len(b.Tasks))
	for i := range b.Tasks {
		items[i] = Item{ID: b.Tasks[i].Responder, Has: HasTask, Task: &b.Tasks[i]}
	}
	return plate(BoardTasks, items, since)
}

func pace(b *command.Board, since int64) Tile {
	items := make([]Item, len(b.Pace))
	for i, p := range b.Pace {
		items[i] = Item{ID: strconv.FormatInt(p.Since, 10), Has: HasPace, At: p.At, Out: p.Out}
	}
	return plate(BoardPace, items, since)
}

func timeline(b *command.Board, v *command.View) Tile {
	items := make([]Item, len(b.Timeline))
	for i := range b.Timeline {
		m := &b.Timeline[i]
		items[i] = Item{ID: strconv.FormatInt(m.N, 10), Has: HasFeed, At: m.At, SeenAt: m.SeenAt, Kind: string(m.Kind), Area: v.Area, Text: m.Text, TextEn: m.TextEn}
	}
	return plate(BoardTimeline, items, v.LaunchedAt)
}

// Own draws the tile of one responder's task.
func Own(m *command.TaskMark, since int64) Tile {
	return plate(Mine, []Item{{ID: m.Responder, Has: HasTask | HasVersion, Task: m}}, since)
}

// diffBoard says which keys of a board's item differ between two states of it.
func diffBoard(was, is *Item) Keys {
	var k Keys
	if a, b := was.Unit, is.Unit; a != nil && b != nil && a != b {
		if a.Households != b.Households || a.Open != b.Open || a.Cells != b.Cells || (a.SignedBy == nil) != (b.SignedBy == nil) {
			k |= HasUnit
		}
		if a.Late != b.Late || !same(a.Forecast, b.Forecast) {
			k |= HasForecast
		}
	}
	if a, b := was.Task, is.Task; a != nil && b != nil && a != b {
		x, y := *a, *b
		if x.Version != y.Version || x.Phase != y.Phase {
			k |= HasVersion
		}
		if x.Role != y.Role || x.State != y.State || x.Households != y.Households || x.Done != y.Done || x.Unreachable != y.Unreachable || !same(x.Due, y.Due) {
			k |= HasTask
		}
	}
	if was.At != is.At || was.Out != is.Out {
		k |= HasPace
	}
	return k
}

// appendBoard appends one set of keys of a board's item.
func appendBoard(b []byte, it *Item, k Keys) []byte {
	switch u, t := it.Unit, it.Task; {
	case k == HasPace:
		b = strconv.AppendInt(append(b, `,"at":`...), it.At, 10)
		return strconv.AppendInt(append(b, `,"out":`...), int64(it.Out), 10)
	case k == HasUnit && u != nil:
		b = strconv.AppendInt(append(b, `,"households":`...), int64(u.Households), 10)
		b = strconv.AppendInt(append(b, `,"open":`...), int64(u.Open), 10)
		b = appendString(append(b, `,"cells":`...), u.Cells)
		return strconv.AppendBool(append(b, `,"signed":`...), u.SignedBy != nil)
	case k == HasForecast && u != nil:
		b = appendInstant(append(b, `,"forecast":`...), u.Forecast)
		return strconv.AppendBool(append(b, `,"late":`...), u.Late)
	case k == HasTask && t != nil:
		b = appendString(append(b, `,"role":`...), t.Role)
		b = appendString(append(b, `,"state":`...), t.State)
		b = strconv.AppendInt(append(b, `,"households":`...), int64(t.Households), 10)
		b = strconv.AppendInt(append(b, `,"done":`...), int64(t.Done), 10)
		b = appendInstant(append(b, `,"due":`...), t.Due)
		return strconv.AppendBool(append(b, `,"unreachable":`...), t.Unreachable)
	case k == HasVersion && t != nil:
		b = appendString(append(b, `,"task":`...), t.Task)
		b = strconv.AppendInt(append(b, `,"version":`...), t.Version, 10)
		b = appendString(append(b, `,"phase":`...), string(t.Phase))
		return strconv.AppendBool(append(b, `,"exercise":`...), t.Exercise)
	}
	return b
}

package engine

import (
	"context"
	"sort"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
	"citydeck/cockpits/tile"
)

const (
	// refresh is how often the values that stats are compared with are asked for
	// again, and lookahead for how long they do at least.
	refresh   = 10 * time.Minute
	lookahead = 20 * minute
	// oldest is how long before an instant a value may have been kept to be taken
	// for the one then: where only hours are left.
	oldest = hour
)

// compared is a stat and what it is compared over.
type compared struct {
	pair rollup.Pair
	over string
}

// comparisons lists what is compared, each once.
func (e *Engine) comparisons() []compared {
	var list []compared
	seen := make(map[compared]bool)
	for i := range e.wall.tiles {
		d := e.wall.tiles[i].def
		if d.Kind != tile.Stat {
			continue
		}
		c := compared{rollup.Pair{Place: d.Indicators[0], Area: d.Area}, d.Compare}
		if c.over == "" {
			c.over = tile.OverDay
		}
		if !seen[c] {
			seen[c] = true
			list = append(list, c)
		}
	}
	return list
}

// past is what was kept of some figures around the instants they are compared with.
type past map[rollup.Pair][]series.Sample

// lookBack asks the keeper what was then.
func (e *Engine) lookBack(ctx context.Context, keeper Keeper, list []compared, zone *time.Location) (past, error) {
	found, now := make(past), e.now()
	for _, c := range list {
		then := tile.Then(now, c.over, zone)
		list, err := keeper.Recall(ctx, c.pair, then-oldest, then+lookahead, minute)
		if err != nil {
			return nil, err
		}
		found[c.pair] = append(found[c.pair], list...)
	}
	for _, list := range found {
		sort.SliceStable(list, func(i, j int) bool { return list[i].At < list[j].At })
	}
	return found, nil
}

// valueThen is what a figure was at an instant, as far as it was kept.
func (e *Engine) valueThen(p indicator.Place, a rollup.Area, at int64) indicator.Number {
	list := e.past[rollup.Pair{Place: p, Area: a}]
	i := sort.Search(len(list), func(i int) bool { return list[i].At > at })
	if i == 0 || at-list[i-1].At > oldest || !list[i-1].OK {
		return indicator.Number{}
	}
	return indicator.Some(list[i-1].Value)
}

// compare keeps what stats are compared with up to date, off the loop.
func (e *Engine) compare(ctx context.Context) error {
	t := time.NewTicker(refresh)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		case <-e.renewed:
		}
		var stats []compared // the loop's, as the district is
		var by *district.District
		var keeper Keeper
		if err := e.ask(ctx, func() { stats, by, keeper = e.compared, e.cfg.District, e.cfg.Keeper }); err != nil {
			return err
		}
		found, err := e.lookBack(ctx, keeper, stats, by.Zone)
		if err != nil {
			if ctx.Err() == nil {
				e.log.Warn("what was then can't be read", "error", err)
			}
			continue
		}
		if err := e.ask(ctx, func() { e.comeBack(found, by) }); err != nil {
			return err
		}
	}
}

// comeBack takes what was then by the numbers of a district.
func (e *Engine) comeBack(found past, by *district.District) {
	if !alike(by, e.cfg.District) { // it has changed meanwhile
		e.renewal()
		return
	}
	e.past = found
	e.markStats()
}

// renewal asks for another look back: something was recorded.
func (e *Engine) renewal() {
	select {
	case e.renewed <- struct{}{}:
	default:
	}
}

func (e *Engine) markStats() {
	for i := range e.wall.tiles {
		if e.wall.tiles[i].def.Kind == tile.Stat {
			e.wall.mark(int32(i))
		}
	}
}

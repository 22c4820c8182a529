package tile

import (
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
)

// ValueOf is any indicator at any area, drawn or not. Who may see it is the
// door's question.
func (v *View) ValueOf(p indicator.Place, a rollup.Area) Value {
	f := v.State.Figure(p, a)
	val := Value{
		Indicator: v.indicator(p).ID, Area: v.State.AreaID(a),
		Value: pointer(f.Value), Level: word(f.Level), Status: string(f.Status),
		Since: instant(f.Since), AsOf: instant(f.AsOf), CountsFrom: instant(f.CountsFrom),
		Coverage: v.coverage(p, a, f),
	}
	if f.Disputed > 0 && f.Status != indicator.Suppressed {
		val.Disputed = v.disputed(p, a, f.Disputed)
	}
	return val
}

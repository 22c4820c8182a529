package indicator_test

import (
	"math"
	"testing"

	"citydeck/cockpits/monitor/indicator"
)

func ptr(v float64) *float64 { return &v }

func TestTheLevelIsTheThresholdsWordForTheValueItself(t *testing.T) {
	t.Parallel()
	rate := indicator.Indicator{Direction: indicator.HigherBetter, Warn: ptr(95), Alarm: ptr(90), ThresholdsFor: []string{"district"}}
	wait := indicator.Indicator{Direction: indicator.LowerBetter, Warn: ptr(10), Alarm: ptr(20)}
	only := indicator.Indicator{Direction: indicator.LowerBetter, Alarm: ptr(1)}
	idle := indicator.Indicator{Direction: indicator.Neutral, Warn: ptr(1)}
	tests := map[string]struct {
		d     indicator.Indicator
		value float64
		kind  string
		want  indicator.Level
	}{
		"higher is better, at the limit":           {rate, 95, "district", indicator.LevelOK},
		"just below, though it is shown as 95":     {rate, 94.9999, "district", indicator.LevelWarn},
		"at the alarm's limit":                     {rate, 90, "district", indicator.LevelWarn},
		"below it":                                 {rate, 89.99, "district", indicator.LevelBad},
		"no thresholds for this kind of area":      {rate, 1, "street", indicator.NoLevel},
		"lower is better, below the limit":         {wait, 9.9999, "street", indicator.LevelOK},
		"lower is better, at the limit":            {wait, 10, "street", indicator.LevelWarn},
		"lower is better, at the alarm's":          {wait, 20, "street", indicator.LevelBad},
		"an alarm without a warning, not reached":  {only, 0.5, "", indicator.LevelOK},
		"an alarm without a warning":               {only, 1, "", indicator.LevelBad},
		"neutral has no level, whatever is set":    {idle, 5, "", indicator.NoLevel},
		"an infinite value is beyond every limit":  {wait, math.Inf(1), "", indicator.LevelBad},
		"without thresholds there is nothing good": {indicator.Indicator{Direction: indicator.LowerBetter}, 5, "", indicator.NoLevel},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.d.LevelOf(tt.value, tt.kind); got != tt.want {
				t.Errorf("%v at a %s: %q, want %q", tt.value, tt.kind, got, tt.want)
			}
		})
	}
}

func TestAFigureOfParts(t *testing.T) {
	t.Parallel()
	ratio := indicator.Indicator{Numerator: "a", Denominator: "b", Scale: 100, Direction: indicator.HigherBetter, Warn: ptr(50), MinCoverage: 0.5}
	small := indicator.Indicator{Measure: "a", Direction: indicator.LowerBetter, Warn: ptr(1), SuppressBelow: 5}
	said := func(v float64) indicator.Part {
		return indicator.Part{Value: indicator.Some(v), AsOf: int64(1000 + v), Heard: true}
	}
	flow := func(p indicator.Part) indicator.Part { p.Flow = true; return p }
	covered := func(p indicator.Part, fresh, expected int32) indicator.Part {
		p.Covered, p.Fresh, p.Expected = true, fresh, expected
		return p
	}
	tests := map[string]struct {
		d      indicator.Indicator
		parts  []indicator.Part
		value  float64 // NaN: none
		status indicator.Status
		level  indicator.Level
		asOf   int64
		fresh  int
		worst  int
	}{
		"a ratio":                                     {ratio, []indicator.Part{said(3), said(4)}, 75, indicator.Normal, indicator.LevelOK, 1003, 0, 0},
		"a denominator of 0":                          {ratio, []indicator.Part{said(3), said(0)}, math.NaN(), indicator.Normal, indicator.NoLevel, 1000, 0, 0},
		"a flow never read is 0 beside another":       {ratio, []indicator.Part{flow(indicator.Part{}), said(4)}, 0, indicator.Warn, indicator.LevelWarn, 1004, 0, 0},
		"a stock never read is no 0":                  {ratio, []indicator.Part{{}, said(4)}, math.NaN(), indicator.Normal, indicator.NoLevel, 1004, 0, 0},
		"nothing was ever read":                       {ratio, []indicator.Part{flow(indicator.Part{}), flow(indicator.Part{})}, math.NaN(), indicator.Empty, indicator.NoLevel, 0, 0, 0},
		"the part with the smallest share":            {ratio, []indicator.Part{covered(said(3), 9, 10), covered(said(4), 3, 4)}, 75, indicator.Normal, indicator.LevelOK, 1003, 3, 1},
		"coverage below the minimum: stale, as it is": {ratio, []indicator.Part{covered(said(1), 4, 10), said(4)}, 25, indicator.Stale, indicator.LevelWarn, 1001, 4, 0},
		"coverage at the minimum":                     {ratio, []indicator.Part{covered(said(3), 5, 10), said(4)}, 75, indicator.Normal, indicator.LevelOK, 1003, 5, 0},
		"nothing fresh":                               {ratio, []indicator.Part{covered(said(3), 0, 0), said(4)}, 75, indicator.Stale, indicator.LevelOK, 1003, 0, 0},
		"a small cell":                                {small, []indicator.Part{said(4)}, math.NaN(), indicator.Suppressed, indicator.NoLevel, 1004, 0, 0},
		"a small cell that is stale: suppressed":      {small, []indicator.Part{covered(said(4), 0, 9)}, math.NaN(), indicator.Suppressed, indicator.NoLevel, 1004, 0, 0},
		"0 is no small cell":                          {small, []indicator.Part{said(0)}, 0, indicator.Normal, indicator.LevelOK, 1000, 0, 0},
		"nor is the limit itself":                     {small, []indicator.Part{said(5)}, 5, indicator.Warn, indicator.LevelWarn, 1005, 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := tt.d.Figure(tt.parts, "")
			if none := math.IsNaN(tt.value); f.Value.OK == none || !none && f.Value.V != tt.value {
				t.Errorf("value %v, want %v", f.Value, tt.value)
			}
			if f.Status != tt.status || f.Level != tt.level || f.AsOf != tt.asOf || f.Coverage.Fresh != tt.fresh || f.Worst != tt.worst {
				t.Errorf("%s, level %q, as of %d, %+v of part %d; want %s, %q, %d, %d fresh of part %d",
					f.Status, f.Level, f.AsOf, f.Coverage, f.Worst, tt.status, tt.level, tt.asOf, tt.fresh, tt.worst)
			}
			if f.Status == indicator.Suppressed && f.Parts != [2]indicator.Number{} {
				t.Errorf("parts of a suppressed figure: %v", f.Parts)
			}
		})
	}
}

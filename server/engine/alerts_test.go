package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"citydeck/cockpits/tile"
)

func TestAlertsOpenRiseAndClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := run(t, []*source{newSource()}, newScreen(), nil)
		defer r.stop()
		settle(3 * time.Second)
		heat := func(value float64) time.Time {
			rd := r.reading("heat", "east", value, time.Now())
			rd.Point = "k1"
			r.give(rd)
			at := time.Now()
			settle(time.Second)
			return at
		}
		open := func() map[string]string {
			levels := map[string]string{}
			for _, i := range r.screen.tile(t, "mill", "alerts").Items {
				levels[i.ID] = *i.Level
			}
			return levels
		}
		steps := []struct {
			value float64
			want  map[string]string
			mill  string // the tree's status of mill, whose board is half covered
		}{
			{100, map[string]string{}, "normal"},
			{260, map[string]string{"hottest/mill": "warn", "hottest/east": "warn"}, "warn"},
			{310, map[string]string{"hottest/mill": "alarm", "hottest/east": "alarm"}, "alarm"},
			{90, map[string]string{}, "normal"},
		}
		for _, s := range steps {
			at := heat(s.value)
			got := open()
			if len(got) != len(s.want) || got["hottest/mill"] != s.want["hottest/mill"] || got["hottest/east"] != s.want["hottest/east"] {
				t.Errorf("at %v ℃ these are open: %v, want %v", s.value, got, s.want)
			}
			alerts := r.screen.tile(t, "mill", "alerts")
			if number(alerts.Value) != float64(len(s.want)) {
				t.Errorf("at %v ℃ %v are open, want %d", s.value, number(alerts.Value), len(s.want))
			}
			for _, i := range alerts.Items {
				if i.Since == nil || time.UnixMilli(*i.Since).Sub(at) > 200*time.Millisecond || number(i.Value) != s.value {
					t.Errorf("at %v ℃ the alert is %+v, want its value and begin", s.value, i)
				}
			}
			branch := r.screen.tile(t, "*", "mill")
			if branch.Status != s.mill {
				t.Errorf("at %v ℃ mill is %s on the tree, want %s", s.value, branch.Status, s.mill)
			}
		}
		var said []string
		for _, i := range r.screen.tile(t, "mill", "news").Items {
			if i.Area == "mill" {
				said = append(said, i.Kind+" "+i.TextEn)
			}
		}
		want := []string{"closed Hottest stove: alarm ended", "opened Hottest stove: alarm began", "opened Hottest stove: warning began"}
		if len(said) != len(want) || said[0] != want[0] || said[1] != want[1] || said[2] != want[2] {
			t.Errorf("the feed says %q, newest first, want %q", said, want)
		}
	})
}

func TestTheBeatSaysHowTheDistrictIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := newSource(), newSource()
		r := run(t, []*source{a, b}, newScreen(), nil)
		defer r.stop()
		settle(3 * time.Second)
		for range 100 {
			rd := r.reading("heat", "west", 20, time.Now())
			rd.Point = "k2"
			r.give(rd, r.reading("due", "east", 1, time.Now()))
			settle(100 * time.Millisecond)
		}
		tests := map[string]struct {
			lag  [2]int64
			want any
		}{
			"all is read":          {[2]int64{0, 0}, int64(0)},
			"one is behind":        {[2]int64{0, 4200}, int64(4200)},
			"the oldest counts":    {[2]int64{9000, 4200}, int64(9000)},
			"one can't be asked":   {[2]int64{9000, -1}, nil},
			"and it can be again":  {[2]int64{1, 0}, int64(1)},
			"neither can be asked": {[2]int64{-1, -1}, nil},
		}
		for name, tt := range tests {
			a.lag.Store(tt.lag[0])
			b.lag.Store(tt.lag[1])
			settle(4 * time.Second)
			got := r.screen.beat(t)
			var behind any
			if got.Behind != nil {
				behind = *got.Behind
			}
			if behind != tt.want {
				t.Errorf("%s: behind is %v, want %v", name, behind, tt.want)
			}
			if own := r.engine.Behind(); (own == nil) != (tt.want == nil) {
				t.Errorf("%s: Behind is %v, want %v", name, own, tt.want)
			}
			if age := time.Now().UnixMilli() - got.Tick; age > 2100 || got.Now < got.Tick {
				t.Errorf("%s: the last round was %d ms ago, now %d, tick %d", name, age, got.Now, got.Tick)
			}
		}
		if n := len(r.screen.heard()); n < 16 || n > 20 {
			t.Errorf("%d beats in 37 s, want one each 2 s", n)
		}
		busiest := tile.Beat{}
		for _, b := range r.screen.heard() {
			if b.Rate > busiest.Rate {
				busiest = b
			}
		}
		if busiest.Rate < 15 || busiest.Rate > 25 {
			t.Errorf("20 readings a second are said to be %d", busiest.Rate)
		}
		if got := busiest; got.Sources.All != 1 || got.Sources.Fresh != 1 || got.Points.Fresh != 1 || got.Points.Expected != 2 {
			t.Errorf("one source and one of two kitchens are %+v, %+v", got.Sources, got.Points)
		}
		settle(11 * time.Minute)
		if got := r.screen.beat(t); got.Sources.Fresh != 0 || len(got.Sources.Silent) != 1 || got.Sources.Silent[0] != "test" || got.Points.Fresh != 0 {
			t.Errorf("after 11 quiet minutes the beat is %+v, %+v, want the source silent", got.Sources, got.Points)
		}
	})
}

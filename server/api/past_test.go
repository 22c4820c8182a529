package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/routers/gorillamux"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/cockpits/monitor/series"
	"citydeck/server/api"
)

const fourOClock = int64(1756353600000) // 2025-08-28T04:00:00Z

// Series is three values, the last of them missing.
func (m *movers) Series(_ context.Context, _ rollup.Pair, from, _ int64, step time.Duration) ([]series.Sample, error) {
	return []series.Sample{{At: from, Value: 1, OK: true}, {At: from + step.Milliseconds(), Value: 2.5, OK: true}, {At: from + 2*step.Milliseconds()}}, nil
}

// Restatements are two of the town, one of a person's indicator.
func (m *movers) Restatements(_ context.Context, of *indicator.Place, at *area.Index, _, _ int64) ([]rollup.Restatement, error) {
	day := rollup.Restatement{Window: "2025-08-27", From: fourOClock - 36*3_600_000, To: fourOClock - 12*3_600_000, At: fourOClock, Reason: "1 late reading of a, up to 60 s after the window's end"}
	list := []rollup.Restatement{day, day, day}
	list[0].Was, list[0].Is = indicator.Some(3), indicator.Some(4)
	list[1].Area = 1
	list[2].Place, list[2].Area = 3, 2
	return slices.DeleteFunc(list, func(r rollup.Restatement) bool {
		return of != nil && r.Place != *of || at != nil && r.Area != *at
	}), nil
}

// Gaps is one.
func (m *movers) Gaps(context.Context, int64, int64) ([]rollup.Gap, error) {
	return []rollup.Gap{{Stream: "readings", Kind: "trimmed", From: fourOClock - 1000, To: fourOClock + 1000, Count: 30, Found: fourOClock + 2000}}, nil
}

// Sources is one that is known and one that never sent what can be used.
func (m *movers) Sources(context.Context) ([]api.SourceReport, error) {
	return []api.SourceReport{
		{Source: rollup.Source{Name: "safety", Readings: 7, LastAt: fourOClock, Heard: fourOClock + 500}, Rejected: map[string]int64{string(reading.BadValue): 2}},
		{Source: rollup.Source{Name: "x"}},
	}, nil
}

func TestASeriesIsAnsweredWithWhatHappenedToIt(t *testing.T) {
	t.Parallel()
	w := seen(t).ask(t, "GET", "/api/v1/series?indicator=rate&area=town&from=1756224000000&to=2025-08-28T04:00:00Z&step=1h", "")
	var got struct {
		Points [][2]*float64
		Marks  []struct {
			At         int64
			Kind, Text string
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if len(got.Points) != 3 || *got.Points[0][0] != 1756224000000 || *got.Points[1][0] != 1756227600000 || *got.Points[1][1] != 2.5 || got.Points[2][1] != nil {
		t.Errorf("points of %s", w.Body)
	}
	var kinds []string
	for _, m := range got.Marks {
		kinds = append(kinds, m.Kind)
		if m.Kind == "gap" && m.Text != "readings: trimmed 30" {
			t.Errorf("the gap says %q", m.Text)
		}
	}
	if strings.Join(kinds, " ") != "restatement gap" {
		t.Errorf("marks of %s, want the town's restatement and the gap", w.Body)
	}
}

func TestWhatIsAskedOfThePastIsChecked(t *testing.T) {
	t.Parallel()
	const rate = "/api/v1/series?indicator=rate&area=town"
	tests := map[string]struct {
		path   string
		status int
		hint   string
	}{
		"all left out":                {rate, 200, ""},
		"10,000 points":               {rate + "&from=0&to=599999999&step=1m", 200, ""},
		"more points":                 {rate + "&from=0&to=600000000&step=1m", 400, "/step"},
		"a day's step":                {rate + "&step=1d", 200, ""},
		"a step of an hour and a bit": {rate + "&step=61m", 200, ""},
		"a step below a minute":       {rate + "&step=30s", 400, "/step"},
		"a step of half minutes":      {rate + "&step=90s", 400, "/step"},
		"a step over a day":           {rate + "&step=25h", 400, "/step"},
		"no step":                     {rate + "&step=x", 400, "/step"},
		"a time that is none":         {rate + "&from=yesterday", 400, "/from"},
		"a day without its time":      {rate + "&to=2025-08-28", 400, "/to"},
		"backwards":                   {rate + "&from=2&to=1", 400, "/from"},
		"no time between":             {rate + "&from=2&to=2", 400, "/from"},
		"twice the same":              {rate + "&from=1&from=2&to=3", 400, "/from"},
		"an unreadable query":         {rate + "&from=%zz", 400, ""},
		"no indicator":                {"/api/v1/series?area=town", 400, "/indicator"},
		"an unknown area":             {"/api/v1/series?indicator=rate&area=x", 404, ""},
		"a person's indicator":        {"/api/v1/series?indicator=watched&area=pond", 403, ""},
		"restatements of all":         {"/api/v1/restatements", 200, ""},
		"of an unknown indicator":     {"/api/v1/restatements?indicator=x", 404, ""},
		"of an unknown area":          {"/api/v1/restatements?area=x", 404, ""},
		"since no time":               {"/api/v1/restatements?from=x", 400, "/from"},
		"sources, for a viewer":       {"/api/v1/sources", 403, ""},
	}
	router, err := gorillamux.NewRouter(document(t, true))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := seen(t).ask(t, "GET", tt.path, "")
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.hint) {
				t.Errorf("GET %s: %d %s, want %d naming %q", tt.path, w.Code, w.Body, tt.status, tt.hint)
			}
			if !strings.Contains(tt.path, "%zz") && tt.status == 200 {
				validate(t, router, "GET", tt.path, "", w.Code, w.Header(), w.Body.Bytes())
			}
		})
	}
}

func TestRestatementsAreOfWhatTheCallerMaySee(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/api/v1/restatements?from=0":                            "rate town, rate east",
		"/api/v1/restatements?from=0&area=east":                  "rate east",
		"/api/v1/restatements?from=0&indicator=watched":          "",
		"/api/v1/restatements?from=0&indicator=rate&area=town":   "rate town",
		"/api/v1/restatements?from=0&indicator=lamps&area=town":  "",
		"/api/v1/restatements?from=0&indicator=&area=":           "rate town, rate east",
		"/api/v1/restatements?indicator=rate&area=west&from=123": "",
	} {
		w := seen(t).ask(t, "GET", path, "")
		var list []struct {
			Indicator, Area string
			Was, Is         *float64
		}
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		var got []string
		for _, r := range list {
			got = append(got, r.Indicator+" "+r.Area)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

package app_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/monitor/indicator"
	"citydeck/server/config"
)

// explanation is what the test reads of GET /explain, by itself.
type explanation struct {
	Indicator struct {
		ID, Measure, Numerator, Denominator, Formula string
		Scale                                        float64
	}
	Value  *float64
	Status string
	Parts  []struct {
		Measure       string
		Value         *float64
		Contributions []struct {
			Area, Point *string
			Value       *float64
			Count       *float64
		}
	}
	Reconciles bool
}

// rule is how the contributions of a measure combine.
type rule struct{ kind, combine string }

// again puts a part together from its contributions; false: it can't be, since
// some are hidden or it is counted by sketches.
func (r rule) again(x *explanation, part int) (v float64, size float64, ok bool) {
	var sum, weighted, n float64
	least, most := math.Inf(1), math.Inf(-1)
	for _, c := range x.Parts[part].Contributions {
		if c.Value == nil && c.Count == nil {
			return 0, 0, false
		}
		if c.Value == nil {
			continue
		}
		sum += *c.Value
		weighted += *c.Value * *c.Count
		n += *c.Count
		least, most = min(least, *c.Value), max(most, *c.Value)
		size = max(size, math.Abs(*c.Value))
	}
	switch {
	case r.kind == "distinct" || r.combine == "quantile":
		return 0, 0, false
	case r.combine == "min":
		return least, size, true
	case r.combine == "max":
		return most, size, true
	case r.combine == "mean" || r.kind == "observation":
		return weighted / n, size, true
	}
	return sum, size, true
}

// Five hundred numbers of the running demo, taken apart and put together again.
func TestEveryNumberOfTheDemoCanBePutTogetherAgain(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.HTTP.Listen = "127.0.0.1:0"
	cfg.Data.Dir = t.TempDir()
	p := serve(t, cfg)
	p.ready()
	get := func(path string, into any) {
		t.Helper()
		answer, body := p.ask(http.MethodGet, path, "")
		for end := time.Now().Add(long); answer.StatusCode == http.StatusServiceUnavailable && time.Now().Before(end); {
			answer, body = p.ask(http.MethodGet, path, "") // its loop had no time, and said so
		}
		if err := json.Unmarshal([]byte(body), into); answer.StatusCode != http.StatusOK || err != nil {
			t.Fatalf("%s: %d, %v: %.300s", path, answer.StatusCode, err, body)
		}
	}
	var indicators []struct{ ID, Sensitivity string }
	var areas []struct{ ID string }
	var measures []struct{ ID, Kind, Combine string }
	get("/api/v1/indicators", &indicators)
	get("/api/v1/areas", &areas)
	get("/api/v1/measures", &measures)
	rules := map[string]rule{}
	for _, m := range measures {
		rules[m.ID] = rule{m.Kind, m.Combine}
	}
	draw := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for tries := 0; taken < 500 && tries < 6000; tries++ { // many a pair was never read
		of, at := indicators[draw.IntN(len(indicators))], areas[draw.IntN(len(areas))]
		if strings.Contains(of.Sensitivity, "personal") {
			continue
		}
		var x explanation
		get("/api/v1/explain?indicator="+of.ID+"&area="+at.ID, &x)
		if !x.Reconciles {
			t.Errorf("%s at %s does not reconcile", of.ID, at.ID)
		}
		if x.Value == nil || x.Status == "suppressed" {
			continue
		}
		parts, whole := map[string]float64{}, true
		for i, part := range x.Parts {
			v, size, ok := rules[part.Measure].again(&x, i)
			whole = whole && ok
			switch {
			case part.Value == nil: // a flow never read beside others that were
				v, ok = 0, false
			case ok && math.Abs(v-*part.Value) > 1e-9*math.Abs(v)+1e-12*size:
				t.Errorf("%s at %s: contributions to %s give %v, the part is %v", of.ID, at.ID, part.Measure, v, *part.Value)
			}
			if !ok && part.Value != nil {
				v = *part.Value
			}
			parts[part.Measure] = v
		}
		v := parts[x.Indicator.Measure]
		switch {
		case x.Indicator.Numerator != "":
			v = x.Indicator.Scale * parts[x.Indicator.Numerator] / parts[x.Indicator.Denominator]
		case x.Indicator.Formula != "":
			f, err := indicator.ParseFormula(x.Indicator.Formula)
			if err != nil {
				t.Fatal(err)
			}
			var values []float64
			for _, name := range f.Names() {
				values = append(values, parts[name])
			}
			v, _ = f.Eval(values)
		}
		if math.Abs(v-*x.Value) > 1e-9*math.Abs(v) {
			t.Errorf("%s at %s: put together again %v, shown %v", of.ID, at.ID, v, *x.Value)
		}
		if whole {
			taken++
		}
	}
	if taken < 300 {
		t.Errorf("only %d had a value to put together", taken)
	}
}

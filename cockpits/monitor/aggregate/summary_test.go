package aggregate_test

import (
	"hash/maphash"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"citydeck/cockpits/monitor/aggregate"
)

func TestQuantileIsWithinOnePercentOfTheRankedValue(t *testing.T) {
	draws := map[string]func(*rand.Rand) float64{
		"uniform":       func(r *rand.Rand) float64 { return r.Float64() * 1000 },
		"exponential":   func(r *rand.Rand) float64 { return r.ExpFloat64() * 30 },
		"both signs":    func(r *rand.Rand) float64 { return r.NormFloat64() * 50 },
		"few values":    func(r *rand.Rand) float64 { return float64(r.IntN(4)) },
		"twelve orders": func(r *rand.Rand) float64 { return math.Pow(10, r.Float64()*12-3) },
	}
	for name, draw := range draws {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 7))
			for _, n := range []int{1, 2, 3, 10, 999, 5000} {
				var parts [4]aggregate.Summary
				all := make([]float64, n)
				for i := range all {
					all[i] = draw(r)
					parts[i%4].Observe(all[i], aggregate.Ranks)
				}
				slices.Sort(all)
				var s aggregate.Summary
				for i := range parts {
					s.Merge(&parts[i])
				}
				for _, q := range []float64{0.01, 0.25, 0.5, 0.9, 0.95, 0.99} {
					want := all[int(math.Ceil(q*float64(n)-1e-9))-1]
					if got := s.Quantile(q); math.Abs(got-want) > 0.01*math.Abs(want)+1e-12 {
						t.Errorf("quantile %v of %d = %v, want %v ± 1 %%", q, n, got, want)
					}
				}
			}
		})
	}
}

func TestDistinctStaysWithinItsStandardError(t *testing.T) {
	const runs, members = 40, 20000
	var squares float64
	for run := range runs {
		seed := maphash.MakeSeed()
		var a, b aggregate.Summary
		for i := range members {
			h := maphash.Comparable(seed, [2]int{run, i})
			if i < members*2/3 {
				a.Join(h)
			}
			if i > members/3 {
				b.Join(h)
			}
		}
		a.Merge(&b)
		e := a.Distinct()/members - 1
		squares += e * e
	}
	// 40 runs know the root mean square to about 11 %.
	if rms := math.Sqrt(squares / runs); rms > 0.009*1.35 {
		t.Errorf("root mean square error over %d runs = %.4f, want about 0.0081, at most 0.009", runs, rms)
	}
}

func TestSketchesSurviveStoring(t *testing.T) {
	var q, d aggregate.Summary
	for i := range 500 {
		q.Observe(float64(i)-100, aggregate.Ranks)
		d.Join(uint64(i) * 0x9e3779b97f4a7c15)
	}
	for name, s := range map[string]*aggregate.Summary{"order": &q, "members": &d} {
		order, members, err := s.Sketches()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back := aggregate.Summary{N: s.N, Sum: s.Sum}
		if err := back.Restore(order, members); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if name == "order" && back.Quantile(0.3) != s.Quantile(0.3) {
			t.Errorf("stored quantile = %v, want %v", back.Quantile(0.3), s.Quantile(0.3))
		}
		if back.Distinct() != s.Distinct() {
			t.Errorf("stored %s counts %v, want %v", name, back.Distinct(), s.Distinct())
		}
	}
}

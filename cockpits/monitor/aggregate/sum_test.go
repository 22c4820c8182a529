package aggregate_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"citydeck/cockpits/monitor/aggregate"

	"pgregory.net/rapid"
)

func exact(vs []float64) float64 {
	sum := new(big.Float).SetPrec(4000)
	for _, v := range vs {
		sum.Add(sum, new(big.Float).SetFloat64(v))
	}
	f, _ := sum.Float64()
	return f
}

func TestSumIsExactForIntegersOfAnySize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ints := rapid.SliceOf(rapid.Int64Range(-1_000_000_000_000_000, 1_000_000_000_000_000)).Draw(t, "values")
		var s aggregate.Sum
		var vs []float64
		for _, n := range ints {
			vs = append(vs, float64(n))
			s.Add(float64(n))
		}
		if got, want := s.Float(), exact(vs); got != want {
			t.Fatalf("sum of %v = %v, want %v", ints, got, want)
		}
	})
}

func TestSumStaysWithinABillionthForFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vs := rapid.SliceOf(rapid.Float64Range(-1e15, 1e15)).Draw(t, "values")
		var s aggregate.Sum
		for _, v := range vs {
			s.Add(v)
		}
		want := exact(vs)
		if got := s.Float(); math.Abs(got-want) > 1e-9*math.Abs(want)+1e-25 {
			t.Fatalf("sum of %v = %v, want %v", vs, got, want)
		}
	})
}

func TestNothingIsLeftOfAHugeValueThatCameAndWent(t *testing.T) {
	var s aggregate.Sum
	s.Add(0.1)
	s.Add(1e15)
	s.Add(-3e14)
	s.Sub(1e15)
	s.Sub(-3e14)
	if got := s.Float(); got != 0.1 {
		t.Errorf("0.1 + 1e15 − 3e14 − 1e15 + 3e14 = %v, want 0.1", got)
	}
}

// Whole numbers are kept as an integer for as long as that is exact.
func TestASumIsTheSameWhetherItIsWholeOrNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		big := rapid.SampledFrom([]float64{1, -3, 0.5, 1 << 53, -1 << 53, 1 << 59, 1 << 60, -1 << 61, 1e15, 1e18, 1e-30})
		vs := rapid.SliceOfN(big, 1, 30).Draw(t, "values")
		cut := rapid.IntRange(0, len(vs)).Draw(t, "cut")
		var left, right, wide aggregate.Sum
		wide.Add(0.25)
		for i, v := range vs {
			if i < cut {
				left.Add(v)
			} else {
				right.Add(v)
			}
			wide.Add(v)
		}
		wide.Sub(0.25)
		left.Merge(right)
		if got, want := left.Float(), exact(vs); got != want || !left.Equal(wide) || wide.Float() != want {
			t.Fatalf("sum of %v = %v, by fractions %v, want %v", vs, got, wide.Float(), want)
		}
	})
}

func TestMergeTakesNoNoticeOfOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	vs := make([]float64, 1000)
	for i := range vs {
		vs[i] = (r.Float64() - 0.5) * math.Pow(10, float64(r.IntN(20)-5))
	}
	var whole aggregate.Sum
	parts := make([]aggregate.Sum, 7)
	for i, v := range vs {
		whole.Add(v)
		parts[i%7].Add(v)
	}
	var merged aggregate.Sum
	for i := range parts {
		merged.Merge(parts[6-i])
	}
	if !merged.Equal(whole) {
		t.Errorf("merged parts = %v, want %v", merged, whole)
	}
	if back := aggregate.FromWords(whole.Words()); !back.Equal(whole) {
		t.Errorf("words of %v read back as %v", whole, back)
	}
}

func BenchmarkSumAdd(b *testing.B) {
	var s aggregate.Sum
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Add(float64(i&1023) + 0.5)
	}
}

package simulate

import "math"

// mix folds two numbers into one that looks like neither: the same two always
// give the same one. All chance in this package comes from it, so that what
// happens at an instant depends on the seed and the instant alone, never on
// who asks, how often, or in which order.
func mix(a, b uint64) uint64 {
	x := a ^ (b+0x9e3779b97f4a7c15)*0xbf58476d1ce4e5b9
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// name folds a text into a number (FNV-1a).
func name(text string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return mix(h, uint64(len(text)))
}

// chance is a number in [0, 1) that belongs to a key.
func chance(key uint64) float64 { return float64(mix(key, 0)>>11) / (1 << 53) }

// bell is a normally distributed number that belongs to a key.
func bell(key uint64) float64 {
	u := 1 - chance(mix(key, 1))
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*chance(mix(key, 2)))
}

// wander is a number about 0, mostly within ±1, that moves slowly with time:
// every period it has come to another place.
func wander(key uint64, at, period int64) float64 {
	at += int64(key % uint64(period)) // not all turn at the same time
	n, rest := at/period, float64(at%period)/float64(period)
	a, b := 2*chance(mix(key, uint64(n)))-1, 2*chance(mix(key, uint64(n+1)))-1
	s := rest * rest * (3 - 2*rest)
	return a + (b-a)*s
}

// count is how many independent things happen when mean are expected (Poisson).
func count(key uint64, mean float64) int {
	switch {
	case mean <= 0:
		return 0
	case mean > 60:
		return max(0, int(math.Round(mean+math.Sqrt(mean)*bell(key))))
	}
	p, limit := 1.0, math.Exp(-mean)
	for n := 0; ; n++ {
		p *= 1 - chance(mix(key, uint64(n)+3))
		if p <= limit {
			return n
		}
	}
}

package live_test

import (
	"runtime"
	"testing"
)

// Screens that came and went leave nothing behind.
func TestWhoLeftLeavesNothing(t *testing.T) {
	h := open(t, nil)
	h.ready()
	alive := func() uint64 {
		eventually(t, "all are gone", func() bool { return h.counter(t, "citydeck_live_screens") == 0 })
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	churn := func(times int) {
		for range times {
			t.Run("one", func(t *testing.T) { // the clients' own things go with it
				var p picture
				if _, _, err := p.come(h, t); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
	churn(100)
	before := alive()
	churn(500)
	if after := alive(); after > before+500*512 {
		t.Errorf("500 screens left %d bytes each", (after-before)/500)
	} else {
		t.Logf("%d bytes before, %d after", before, after)
	}
}

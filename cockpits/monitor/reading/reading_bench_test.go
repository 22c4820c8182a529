package reading_test

import (
	"fmt"
	"strings"
	"testing"

	"citydeck/cockpits/monitor/reading"
)

// batchOf writes n readings as a producer would.
func batchOf(n int) []byte {
	var b strings.Builder
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"measure":"due","area":"grid-%d","value":%d.5,"at":%d,"point":"camera-%03d","source":"smart_safety"}`, i%3, i%100, noon+int64(i%1000), i%500)
	}
	b.WriteByte(']')
	return []byte(b.String())
}

func BenchmarkBatch(b *testing.B) {
	const n = 1000
	d := rules(b).Decoder(0)
	e := entry("batch", string(batchOf(n)))
	var out reading.Batch
	b.ReportAllocs()
	for b.Loop() {
		out = reading.Batch{Readings: out.Readings[:0]}
		d.Entry(&out, &e)
	}
	if len(out.Readings) != n {
		b.Fatalf("%d readings, rejected %v", len(out.Readings), out.Rejected)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/reading")
}

func BenchmarkFlat(b *testing.B) {
	d := rules(b).Decoder(0)
	e := entry("measure", "due", "area", "grid-1", "value", "12.5", "point", "camera-001", "source", "smart_safety", "at", "2025-08-28T12:00:00+08:00")
	out := reading.Batch{Readings: make([]reading.Reading, 0, 1)}
	b.ReportAllocs()
	for b.Loop() {
		out.Readings = out.Readings[:0]
		d.Entry(&out, &e)
	}
	if len(out.Readings) != 1 {
		b.Fatalf("rejected %v", out.Rejected)
	}
}

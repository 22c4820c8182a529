package stream_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/server/stream"

	"github.com/redis/go-redis/v9"
)

// BenchmarkReading reads the same entries by a consumer and by the client
// library alone, which decodes and checks nothing.
func BenchmarkReading(b *testing.B) {
	const flat, batches, each = 100_000, 300, 1000
	var text strings.Builder
	for i := range each {
		fmt.Fprintf(&text, `,{"measure":"open","area":"grid-%d","value":%d.5,"point":"camera-%03d","source":"smart_safety"}`, i%4, i, i%500)
	}
	batch := "[" + text.String()[1:] + "]"
	tests := map[string]struct {
		entries, readings int
		fields            func(i int) []string
	}{
		"flat": {flat, flat, func(i int) []string {
			return []string{"measure", "open", "area", fmt.Sprintf("grid-%d", i%4), "value", fmt.Sprint(i), "point", fmt.Sprintf("camera-%03d", i%500), "source", "smart_safety"}
		}},
		"batch": {batches, batches * each, func(int) []string { return []string{"batch", batch} }},
	}
	for name, tt := range tests {
		s := setUp(b, stream.Config{})
		w := s.redis.Writer(nil)
		var some []stream.Entry
		for i := range tt.entries {
			if some = append(some, stream.Entry{Stream: "readings", Fields: tt.fields(i)}); len(some) == 100 {
				if err := w.Add(b.Context(), some); err != nil {
					b.Fatal(err)
				}
				some = some[:0]
			}
		}
		rules := rules(b)
		b.Run(name+"/consumer", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c := s.redis.Consumer(0, rules, reading.EntryID{Seq: 1})
				for got := 0; got < tt.readings; {
					batch, err := c.Next(b.Context())
					if err != nil {
						b.Fatal(err)
					}
					got += len(batch.Readings)
				}
			}
			perSecond(b, tt.readings)
		})
		b.Run(name+"/client alone", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				last := "0-0"
				for got := 0; got < tt.entries; {
					found, err := s.raw.XRead(b.Context(), &redis.XReadArgs{Streams: []string{"readings", last}, Count: 1000, Block: time.Second}).Result()
					if err != nil {
						b.Fatal(err)
					}
					got += len(found[0].Messages)
					last = found[0].Messages[len(found[0].Messages)-1].ID
				}
			}
			perSecond(b, tt.readings)
		})
	}
}

func perSecond(b *testing.B, readings int) {
	b.ReportMetric(float64(readings)*float64(b.N)/b.Elapsed().Seconds(), "readings/s")
}

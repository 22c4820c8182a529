//go:build linux

package app_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// BenchmarkTrouble is a thousand screens of which some read slowly and some not
// at all: the healthy ones must not feel it.
func BenchmarkTrouble(b *testing.B) {
	for name, flags := range map[string]string{
		"all healthy": "", "a tenth stuck": "-stuck 100", "twenty slow": "-slow 20",
	} {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			c, p, _ := under(b, 1000, 10, flags)
			c.do("connect")
			for b.Loop() {
				c.do("load 15")
				r := c.do("result")
				if r.Wrong+int(r.Gaps) > 0 {
					b.Errorf("%d tiles don't show what was sent last, %d deltas don't fit", r.Wrong, r.Gaps)
				}
				b.ReportMetric(r.P50, "p50-ms")
				b.ReportMetric(r.P99, "p99-ms")
				b.ReportMetric(r.Max, "max-ms")
				b.ReportMetric(r.Oldest, "slow-oldest-ms")
				b.ReportMetric(p.metric("citydeck_live_write_timeouts_total"), "stuck-closed")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// BenchmarkStorm is all screens that lose their network and come back at once.
func BenchmarkStorm(b *testing.B) {
	for _, screens := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(screens), func(b *testing.B) {
			c, p, _ := under(b, screens, 1, "")
			empty := inUse()
			c.do("connect")
			c.do("load 2")
			c.do("result")
			idle := inUse() - empty
			for b.Loop() {
				busy := watch()
				a := c.do("storm")
				most := busy.most() - empty
				b.ReportMetric(a.Seconds, "s-until-all-are-right")
				b.ReportMetric(a.P99, "p99-ms")
				b.ReportMetric(float64(a.Resumed), "resumed-by-delta")
				b.ReportMetric(float64(a.Refused), "refused")
				b.ReportMetric(float64(most)/float64(idle), "×idle-memory")
				b.ReportMetric(p.metric("citydeck_live_screens"), "screens")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// metric is a figure of /metrics.
func (p *program) metric(name string) float64 {
	p.t.Helper()
	_, text := p.ask(http.MethodGet, "/metrics", "")
	for line := range strings.Lines(text) {
		if rest, some := strings.CutPrefix(line, name+" "); some {
			var v float64
			if _, err := fmt.Sscan(rest, &v); err == nil {
				return v
			}
		}
	}
	p.t.Fatalf("/metrics has no %s", name)
	return 0
}

// BenchmarkChurn is screens that come and go while figures change, for as long
// as is asked: with -benchtime 120x some ten minutes. Memory must not grow.
func BenchmarkChurn(b *testing.B) {
	c, p, _ := under(b, 300, 10, "-stuck 10 -slow 10")
	c.do("connect")
	c.do("load 2")
	early, rounds := int64(0), 0
	for b.Loop() {
		c.do("storm")
		c.do("load 2")
		if rounds++; rounds == 5 {
			early = inUse()
		}
	}
	c.do("result")
	b.ReportMetric(float64(early)/(1<<20), "MB-after-5")
	b.ReportMetric(float64(inUse())/(1<<20), "MB-at-the-end")
	b.ReportMetric(float64(runtime.NumGoroutine()), "goroutines")
	b.ReportMetric(p.metric("citydeck_live_screens"), "screens")
	b.ReportMetric(0, "ns/op")
}

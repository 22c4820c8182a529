package stream

import (
	"citydeck/cockpits/monitor/reading"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics is what an operator sees of the streams.
type metrics struct {
	entries, readings, reconnects, gaps, failures, rejects, dead *prometheus.CounterVec
	lag, ahead, worries                                          *prometheus.GaugeVec
	reads                                                        *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "citydeck_stream_" + name, Help: help}, labels)
		reg.MustRegister(c)
		return c
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "citydeck_stream_" + name, Help: help}, append([]string{"stream"}, labels...))
		reg.MustRegister(g)
		return g
	}
	m := &metrics{
		entries:    counter("entries_total", "Entries read.", "stream"),
		readings:   counter("readings_total", "Readings that could be used.", "stream"),
		reconnects: counter("reconnects_total", "How often a stream could be read again after a trouble.", "stream"),
		gaps:       counter("gaps_total", "How often a stream was found to be another one than before.", "stream"),
		failures:   counter("failures_total", "Reads that failed, by Redis' word for it.", "stream", "reason"),
		rejects:    counter("rejects_total", "Readings that could not be used, by reason.", "reason"),
		dead:       counter("dead_letters_total", "Dead letters kept, and lost because Redis did not take them.", "result"),
		lag:        gauge("lag_milliseconds", "How old the oldest unread entry is; NaN: Redis can't be asked."),
		ahead:      gauge("clock_ahead_milliseconds", "How far Redis' clock ran ahead of ours; 0: less than 5 minutes."),
		worries:    gauge("worries", "1: Redis is set so that it may lose what it was given.", "kind"),
		reads: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "citydeck_stream_batch_readings", Help: "Readings of one read that brought any.",
			Buckets: prometheus.ExponentialBuckets(1, 4, 9),
		}, []string{"stream"}),
	}
	reg.MustRegister(m.reads)
	return m
}

// streamMetrics is those of one stream.
type streamMetrics struct {
	entries, readings, reconnects, gaps prometheus.Counter
	lag, ahead                          prometheus.Gauge
	reads                               prometheus.Observer
	failures                            func(word string) prometheus.Counter
	rejects                             func(reading.Reason) prometheus.Counter
}

func (m *metrics) of(key string) streamMetrics {
	return streamMetrics{
		entries: m.entries.WithLabelValues(key), readings: m.readings.WithLabelValues(key),
		reconnects: m.reconnects.WithLabelValues(key), gaps: m.gaps.WithLabelValues(key),
		lag: m.lag.WithLabelValues(key), ahead: m.ahead.WithLabelValues(key), reads: m.reads.WithLabelValues(key),
		failures: func(word string) prometheus.Counter { return m.failures.WithLabelValues(key, word) },
		rejects:  func(r reading.Reason) prometheus.Counter { return m.rejects.WithLabelValues(string(r)) },
	}
}

// batch counts what one read brought.
func (m *streamMetrics) batch(b *reading.Batch) {
	if b.Entries == 0 {
		return
	}
	m.entries.Add(float64(b.Entries))
	m.readings.Add(float64(len(b.Readings)))
	m.reads.Observe(float64(len(b.Readings)))
}

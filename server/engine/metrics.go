package engine

import (
	"time"

	"citydeck/cockpits/tile"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics is what an operator sees of the engine.
type metrics struct {
	counted, repeated, overLimit, drawn prometheus.Counter
	tick                                prometheus.Histogram
	rate, points, fresh, expected       prometheus.Gauge
	last                                time.Duration // of the last round
	unkept                              *prometheus.CounterVec
	piece, saving                       prometheus.Histogram
	size, saved                         prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) metrics {
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: "citydeck_engine_" + name, Help: help})
		reg.MustRegister(c)
		return c
	}
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "citydeck_engine_" + name, Help: help})
		reg.MustRegister(g)
		return g
	}
	m := metrics{
		counted:   counter("readings_total", "Readings that were counted."),
		repeated:  counter("repeated_total", "Readings whose idempotency key was known."),
		overLimit: counter("over_limit_total", "Readings of new points past limits.points."),
		drawn:     counter("tiles_total", "Tiles that were drawn."),
		rate:      gauge("readings_per_second", "Readings taken per second, lately."),
		points:    gauge("points", "Live (measure, area, point)."),
		fresh:     gauge("points_fresh", "Points that are fresh."),
		expected:  gauge("points_expected", "Points that are expected to be fresh."),
		tick: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "citydeck_engine_tick_seconds", Help: "How long a round took: settle, draw, publish.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1},
		}),
	}
	m.size = gauge("checkpoint_bytes", "Size of the last checkpoint.")
	m.saved = gauge("checkpoint_saved_seconds", "When the last checkpoint was on disk, Unix time.")
	m.unkept = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "citydeck_engine_unkept_total", Help: "How often a checkpoint or the history could not be written.",
	}, []string{"what"})
	m.piece = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "citydeck_engine_checkpoint_pause_seconds", Help: "How long the loop stood still for a piece of a checkpoint.",
		Buckets: []float64{.0002, .0005, .001, .002, .005, .01, .02, .05},
	})
	m.saving = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "citydeck_engine_checkpoint_seconds", Help: "How long it took to put a checkpoint on disk.",
		Buckets: []float64{.01, .02, .05, .1, .2, .5, 1, 2, 5},
	})
	reg.MustRegister(m.tick, m.unkept, m.piece, m.saving)
	return m
}

func (m *metrics) round(took time.Duration) {
	m.last = took
	m.tick.Observe(took.Seconds())
}

func (m *metrics) beat(b *tile.Beat, points int) {
	m.rate.Set(float64(b.Rate))
	m.points.Set(float64(points))
	m.fresh.Set(float64(b.Points.Fresh))
	m.expected.Set(float64(b.Points.Expected))
}

func (m *metrics) checkpoint(k kept) {
	m.saving.Observe(k.took.Seconds())
	m.saved.SetToCurrentTime()
}

package live

import "github.com/prometheus/client_golang/prometheus"

// metrics is what an operator sees of the screens.
type metrics struct {
	screens, subscriptions, tick prometheus.Gauge
	frames, bytes, timeouts      prometheus.Counter
	reclaimed, held              prometheus.Counter
	size, lag, round             prometheus.Histogram
	encodes                      encodes
	refused, faults              *prometheus.CounterVec
}

// encodes counts messages that were encoded, and those that were there already.
type encodes struct{ hit, miss prometheus.Counter }

// sent counts a frame that went out.
func (m *metrics) sent(size int) {
	m.frames.Inc()
	m.bytes.Add(float64(size))
	m.size.Observe(float64(size))
}

func newMetrics(reg prometheus.Registerer) *metrics {
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "citydeck_live_" + name, Help: help})
		reg.MustRegister(g)
		return g
	}
	counters := func(name, help, label string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "citydeck_live_" + name, Help: help}, []string{label})
		reg.MustRegister(c)
		return c
	}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: "citydeck_live_" + name, Help: help})
		reg.MustRegister(c)
		return c
	}
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "citydeck_live_" + name, Help: help, Buckets: buckets})
		reg.MustRegister(h)
		return h
	}
	m := &metrics{
		screens:       gauge("screens", "Connected screens."),
		subscriptions: gauge("subscriptions", "Cockpits that screens watch."),
		tick:          gauge("tick_seconds", "Least time between two rounds of frames; it stretches under load."),
		frames:        counter("frames_total", "Frames written."),
		bytes:         counter("bytes_total", "Bytes of frames written."),
		timeouts:      counter("write_timeouts_total", "Screens closed because they did not take a frame in time."),
		held:          counter("held_total", "Times that a round left out a screen that had not read its last frames."),
		reclaimed:     counter("reclaimed_total", "Connections cut off because their screens' network was gone and others waited."),
		size:          histogram("frame_bytes", "Size of frames.", prometheus.ExponentialBuckets(64, 4, 8)),
		lag:           histogram("lag_states", "How many states a screen's delta made up for.", prometheus.ExponentialBuckets(1, 2, 10)),
		round:         histogram("round_seconds", "From the first frame of a round to the last, those of slow screens left out.", prometheus.ExponentialBuckets(.0005, 2, 12)),
		refused:       counters("refused_total", "Handshakes refused, by reason.", "reason"),
		faults:        counters("errors_total", "Errors told to screens, by code.", "code"),
	}
	encoded := counters("encodes_total", "Messages that frames needed: encoded (miss), or there already (hit).", "cache")
	m.encodes = encodes{hit: encoded.WithLabelValues("hit"), miss: encoded.WithLabelValues("miss")}
	return m
}

package live_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/tile"
	"citydeck/server/live"
)

// beside makes rounds as an engine does, until the test ends.
func (h *house) beside(t testing.TB) {
	t.Helper()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		often := time.NewTicker(2 * time.Millisecond)
		defer often.Stop()
		for {
			select {
			case <-often.C:
				h.Flush()
			case <-stop:
				return
			}
		}
	}()
	t.Cleanup(func() { close(stop); <-stopped })
}

// What a screen reads that takes one frame while three states come is new: the
// buffers on the way to it don't fill with old ones.
func TestWhatASlowScreenReadsIsNotOld(t *testing.T) {
	t.Parallel()
	const states, lag = 300, 60
	h := open(t, nil)
	h.ready()
	h.beside(t)
	s := h.connect(t)
	s.say(`{"op":"subscribe","cockpit":"a"}`)
	var p picture
	if err := p.take(s.until("snapshot")); err != nil {
		t.Fatal(err)
	}
	read := func() {
		t.Helper()
		if err := p.take(s.until("delta")); err != nil {
			t.Fatal(err)
		}
	}
	worst := 0
	for n := 2; n <= states; n++ {
		v := stat("x", float64(n))
		v.Coverage = &tile.Coverage{Fresh: n, Expected: n, Silent: []string{strings.Repeat("k", 5_000)}}
		h.Publish("a", int64(n), []tile.Tile{v})
		time.Sleep(5 * time.Millisecond) // a tick
		if n%3 == 0 {
			read()
			worst = max(worst, n-int(p.Seq))
		}
	}
	if worst > lag {
		t.Errorf("a screen that reads a third was brought what was %d states old, want at most %d", worst, lag)
	}
	for p.Seq < states {
		read()
	}
	t.Logf("at most %d states old", worst)
}

// Streams of events are held to the same: their probes are comments.
func TestAStuckStreamIsClosedBeforeItsBufferIsFull(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	h.beside(t)
	l, _ := h.listen(t, "a", nil)
	l.until("snapshot")
	closed := func() bool { return h.counter(t, "citydeck_live_write_timeouts_total") == 1 }
	sent := func() float64 { return h.counter(t, "citydeck_live_bytes_total") }
	before, began := sent(), time.Now()
	for n := 2; !closed(); n++ {
		h.Publish("a", int64(n), []tile.Tile{wide(n)})
		time.Sleep(5 * time.Millisecond)
		if time.Since(began) > time.Minute {
			t.Fatal("it is still served after a minute in which it read nothing")
		}
	}
	t.Logf("it was given %v KB in %v", (sent()-before)/1024, time.Since(began))
	eventually(t, "it is gone", func() bool { return h.counter(t, "citydeck_live_screens") == 0 })
}

// A screen whose kernel comes to offer less, but which reads, is not taken for a
// slow one for long.
func TestAScreenWithLessRoomIsNotHeldForEver(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *live.Config) { c.WriteTimeout = time.Second })
	h.ready()
	h.beside(t)
	w := h.wire(t, "")
	w.frame()
	w.send(0x81, `{"op":"subscribe","cockpit":"a"}`)
	n := 1
	state := func() {
		t.Helper()
		n++
		v := stat("x", float64(n))
		v.Coverage = &tile.Coverage{Fresh: n, Silent: []string{strings.Repeat("k", 3_000)}}
		h.Publish("a", int64(n), []tile.Tile{v})
	}
	var p picture
	upTo := func(seq float64) {
		t.Helper()
		for p.Seq < seq {
			first, text := w.frame()
			if first == 0x89 {
				w.send(0x8a, text) // a probe, which every library answers
				continue
			}
			many, err := messages([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range many {
				if err := p.take(m); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for range 50 { // its window is wide
		state()
		upTo(float64(n))
	}
	if err := w.conn.(*net.TCPConn).SetReadBuffer(20 << 10); err != nil {
		t.Fatal(err)
	}
	held := func() float64 { return h.counter(t, "citydeck_live_held_total") }
	for began := time.Now(); time.Since(began) < 4*time.Second; {
		state()
		upTo(float64(n))
	}
	before := held()
	for range 30 {
		state()
		upTo(float64(n))
	}
	t.Logf("held %v times while its room shrank", before)
	if more := held() - before; more > 5 {
		t.Errorf("held %v times in 30 states, though it reads each at once", more)
	}
}

package live_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"citydeck/cockpits/tile"
	"citydeck/server/live"
)

func TestABeatRidesWithTheFrameThatIsDue(t *testing.T) {
	t.Parallel()
	var clock atomic.Int64
	clock.Store(50_000)
	h := open(t, func(c *live.Config) { c.Now = func() time.Time { return time.UnixMilli(clock.Load()) } })
	h.ready()
	s := h.connect(t)
	s.say(`{"op":"subscribe","cockpit":"a"}`)
	s.until("snapshot")
	h.Publish("a", 2000, []tile.Tile{stat("x", 5)})
	clock.Store(60_000)
	h.Beat(tile.Beat{Now: 1, Tick: 49_990, Rate: 7, Points: tile.Fresh{Fresh: 1, Expected: 2}, Sources: tile.Sources{All: 1}})
	h.Flush()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, frame, err := s.conn.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	got, err := messages(frame)
	if err != nil || len(got) != 2 || got[0]["op"] != "delta" || got[1]["op"] != "beat" {
		t.Fatalf("frame = %s (%v), want a delta and a beat", frame, err)
	}
	want := `{"behind":null,"now":60000,"op":"beat","points":{"expected":2,"fresh":1},"rate":7,"sources":{"all":1,"fresh":0,"silent":[]},"tick":49990}`
	if dump(got[1]) != want {
		t.Errorf("beat = %s, want %s", dump(got[1]), want)
	}
}

// When the engine hangs, screens must see that its tick stands still.
func TestABeatComesAlsoWhenTheEngineIsSilent(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	s := h.connect(t)
	h.Beat(tile.Beat{Tick: 1234})
	h.Flush()
	first := s.until("beat")
	second := s.until("beat")
	if second["tick"] != 1234.0 || second["now"].(float64)-first["now"].(float64) < 1900 {
		t.Errorf("beats = %s, %s; want the same tick 2 s later", dump(first), dump(second))
	}
}

func TestABeatComesAlsoBeforeTheEnginesFirst(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	s := h.connect(t)
	if m := s.next(); m["op"] != "beat" || m["tick"] != 0.0 || m["behind"] != nil {
		t.Errorf("first after hello = %s, want a beat that knows of no round", dump(m))
	}
}

// wide is a tile with much to say, so that frames fill buffers.
func wide(n int) tile.Tile {
	v := stat("x", float64(n))
	v.Coverage = &tile.Coverage{Fresh: n, Expected: n, Silent: []string{strings.Repeat("k", 20_000)}}
	return v
}

// A screen that reads slowly gets fewer frames, and in each the newest values;
// the others get theirs in time.
func TestASlowScreenGetsFewerAndNewer(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *live.Config) { c.WriteTimeout = time.Minute })
	h.ready()
	slow, quick := h.connect(t), h.connect(t)
	for _, s := range []*screen{slow, quick} {
		s.say(`{"op":"subscribe","cockpit":"a"}`)
	}
	const states = 600
	var p, q picture
	if err := q.take(quick.until("snapshot")); err != nil {
		t.Fatal(err)
	}
	for n := 2; n <= states; n++ {
		h.Publish("a", int64(n), []tile.Tile{wide(n)})
		h.Flush()
		for q.Seq < float64(n) {
			if err := q.take(quick.until("delta")); err != nil {
				t.Fatal(err)
			}
		}
	}
	frames := 0
	for p.Seq < states {
		if err := p.take(slow.next()); err != nil {
			t.Fatal(err)
		}
		frames++
	}
	if frames > states/4 {
		t.Errorf("the slow screen got %d frames for %d states: they were queued", frames, states)
	}
	if p.text() != q.text() || p.value("x") != float64(states) {
		t.Errorf("the slow screen ended with another picture than the quick one")
	}
	t.Logf("%d states of 20 KB: the slow screen caught up with %d frames", states, frames)
}

func TestAStuckScreenIsClosedAndCostsTheOthersNothing(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *live.Config) { c.WriteTimeout = 200 * time.Millisecond })
	h.ready()
	for range 3 { // they never read
		h.connect(t).say(`{"op":"subscribe","cockpit":"a"}`)
	}
	s := h.connect(t)
	s.say(`{"op":"subscribe","cockpit":"a"}`)
	var p picture
	if err := p.take(s.until("snapshot")); err != nil {
		t.Fatal(err)
	}
	worst := time.Duration(0)
	timeouts := func() float64 { return h.counter(t, "citydeck_live_write_timeouts_total") }
	for n := 2; timeouts() < 3 && n < 100_000; n++ {
		h.Publish("a", int64(n), []tile.Tile{wide(n)})
		began := time.Now()
		h.Flush()
		for p.Seq < float64(n) {
			if err := p.take(s.until("delta")); err != nil {
				t.Fatal(err)
			}
		}
		worst = max(worst, time.Since(began))
	}
	if got := timeouts(); got != 3 {
		t.Errorf("%v screens were closed for not reading, want 3", got)
	}
	eventually(t, "one screen is left", func() bool { return h.counter(t, "citydeck_live_screens") == 1 })
	t.Logf("the healthy one waited %v at most", worst)
	if worst > time.Second {
		t.Errorf("the healthy screen waited %v for a frame beside stuck ones", worst)
	}
}

func TestMetricsCount(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	var screens []*screen
	for range 10 {
		s := h.connect(t)
		s.say(`{"op":"subscribe","cockpit":"a"}`)
		s.until("snapshot")
		screens = append(screens, s)
	}
	h.Publish("a", 2000, []tile.Tile{stat("x", 5)})
	h.Flush()
	for _, s := range screens {
		s.until("delta")
	}
	for name, want := range map[string]float64{
		"citydeck_live_screens":       10,
		"citydeck_live_subscriptions": 10,
	} {
		eventually(t, name, func() bool { return h.counter(t, name) == want })
	}
	if hit, miss := h.labelled(t, "citydeck_live_encodes_total", "hit"), h.labelled(t, "citydeck_live_encodes_total", "miss"); hit != 18 || miss != 2 {
		t.Errorf("20 messages: %v from the cache, %v encoded; want 18 and 2", hit, miss)
	}
}

// counter is the value of a metric without labels.
func (h *house) counter(t testing.TB, name string) float64 { return h.labelled(t, name, "") }

func (h *house) labelled(t testing.TB, name, label string) float64 {
	t.Helper()
	families, err := h.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			if label == "" || m.GetLabel()[0].GetValue() == label {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	t.Fatalf("there is no metric %s{%s}", name, label)
	return 0
}

func TestAChangedDefinitionIsANewEpoch(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	s := h.connect(t)
	s.say(`{"op":"subscribe","cockpit":"a"}`)
	first := s.until("snapshot")
	h.Replace(live.Cockpit{ID: "a", Layout: "new"})
	h.Publish("a", 2000, []tile.Tile{stat("other", 1)})
	h.Flush()
	m := s.next()
	var p picture
	if err := p.take(m); err != nil || m["op"] != "snapshot" || p.Layout != "new" || p.Epoch == first["epoch"] || len(p.Tiles) != 1 {
		t.Errorf("after the change came %s (%v), want a snapshot of a new epoch and layout", dump(m), err)
	}
	if tiles, ok := h.Tiles("a"); !ok || len(tiles) != 1 || tiles[0].ID != "other" {
		t.Errorf("Tiles = %v, %v; want the new one", tiles, ok)
	}
	if _, ok := h.Tiles("nowhere"); ok {
		t.Error("an unknown cockpit has tiles")
	}
}

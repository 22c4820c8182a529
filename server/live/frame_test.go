package live_test

import (
	"strings"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"

	"citydeck/cockpits/tile"
)

// Frames of every length that headers tell apart arrive whole, also while the
// library answers pings in between.
func TestFramesOfAllLengthsArriveWhole(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	conn, resp, err := (&gorilla.Dialer{}).DialContext(t.Context(), "ws"+strings.TrimPrefix(h.url, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	defer resp.Body.Close()
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	pongs := 0
	conn.SetPongHandler(func(string) error { pongs++; return nil })
	if err := conn.WriteMessage(gorilla.TextMessage, []byte(`{"op":"subscribe","cockpit":"a"}`)); err != nil {
		t.Fatal(err)
	}
	var p picture
	lengths := map[int]bool{}
	take := func() {
		t.Helper()
		_, frame, err := conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		lengths[len(frame)] = true
		many, err := messages(frame)
		if err != nil {
			t.Fatalf("frame of %d bytes: %v", len(frame), err)
		}
		for _, m := range many {
			if err := p.take(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	for p.Seq < 1 {
		take()
	}
	// The delta with an empty name is some 110 bytes long: around it lie 125 and 126, further on 65,535.
	sizes := []int{65_300, 65_400, 200_000}
	for n := range 40 {
		sizes = append(sizes, n, 65_410+n)
	}
	for i, n := range sizes {
		v := stat("x", 1)
		v.Level = ptr(strings.Repeat("l", n))
		if err := conn.WriteControl(gorilla.PingMessage, []byte("there?"), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		h.Publish("a", int64(2000+i), []tile.Tile{v})
		h.Flush()
		for p.Seq < float64(i+2) {
			take()
		}
		if got := len(p.Tiles["x"]["level"].(string)); got != n {
			t.Errorf("a word of %d bytes arrived with %d", n, got)
		}
	}
	for _, edge := range []int{125, 126, 65_535, 65_536} {
		if !lengths[edge] {
			t.Errorf("no frame had %d bytes: the test misses that edge", edge)
		}
	}
	if pongs < len(sizes)/2 {
		t.Errorf("%d pongs for %d pings", pongs, len(sizes))
	}
}

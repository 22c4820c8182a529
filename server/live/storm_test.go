package live_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"citydeck/cockpits/tile"
)

// whole is a cockpit as a new screen sees it: what every other must end with.
func (h *house) whole(t testing.TB, cockpit string) picture {
	t.Helper()
	s := h.connect(t)
	s.say(`{"op":"subscribe","cockpit":"%s"}`, cockpit)
	var p picture
	if err := p.take(s.until("snapshot")); err != nil {
		t.Fatal(err)
	}
	_ = s.conn.CloseNow()
	return p
}

// come connects, subscribes with what the picture knows, and takes the answer.
func (p *picture) come(h *house, t testing.TB) (s *screen, answer string, err error) {
	s, _, err = h.dial(t, nil, "cockpit.v1")
	if err != nil {
		return nil, "", err
	}
	s.say(`{"op":"subscribe","cockpit":"a","epoch":"%s","seq":%v}`, p.Epoch, p.Seq)
	for {
		m, err := s.try()
		if err != nil {
			return nil, "", err
		}
		if err := p.take(m); err != nil {
			return nil, "", err
		}
		if op, _ := m["op"].(string); op == "snapshot" || op == "delta" {
			return s, op, nil
		}
	}
}

// All screens lose their network and come back at once, while figures change:
// each resumes by a delta and ends with the very picture that the server has.
func TestAStormOfReconnects(t *testing.T) {
	t.Parallel()
	const screens, storms = 60, 2
	h := open(t, nil)
	h.ready()
	stop := make(chan struct{})
	var changing sync.WaitGroup
	last := 0
	changing.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				last++
				h.Publish("a", int64(2000+last), []tile.Tile{stat([]string{"x", "y"}[last%2], float64(last))})
				h.Flush()
			}
		}
	})
	pictures := make([]picture, screens)
	conns := make([]*screen, screens)
	for storm := range storms + 1 {
		var coming sync.WaitGroup
		for i := range pictures {
			coming.Go(func() {
				if conns[i] != nil {
					_ = conns[i].conn.CloseNow()
				}
				s, answer, err := pictures[i].come(h, t)
				want := "delta"
				if storm == 0 {
					want = "snapshot"
				}
				if err != nil || answer != want {
					t.Errorf("storm %d, screen %d: answered by %q (%v), want a %s", storm, i, answer, err, want)
					return
				}
				conns[i] = s
				for range rand.IntN(5) { // some stay longer than others
					m, err := s.try()
					if err == nil {
						err = pictures[i].take(m)
					}
					if err != nil {
						t.Errorf("storm %d, screen %d: %v", storm, i, err)
						return
					}
				}
			})
		}
		coming.Wait()
	}
	close(stop)
	changing.Wait()
	want := h.whole(t, "a")
	for i := range pictures {
		for p := &pictures[i]; conns[i] != nil && p.Seq < want.Seq; {
			if err := p.take(conns[i].next()); err != nil {
				t.Fatal(err)
			}
		}
		if got := pictures[i].text(); got != want.text() {
			t.Errorf("screen %d ends with %s, the server with %s", i, got, want.text())
		}
	}
	t.Logf("%d states, %d screens came %d times", last, screens, storms+1)
}

// Whatever tiles do, whoever comes and goes, however a screen reads: in the end
// each picture is the server's, byte for byte.
func TestEveryScreenEndsWithTheServersPicture(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	random := rand.New(rand.NewPCG(7, 7))
	tiles := func(n int) []tile.Tile {
		all := wall(n)
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return all[:1+random.IntN(len(all))]
	}
	h.Publish("a", 1000, wall(0))
	h.Publish("*", 1000, []tile.Tile{stat("a", 0)})
	h.Ready()
	h.Flush()
	const screens = 6
	pictures := make([]picture, screens)
	var reading sync.WaitGroup
	var mu sync.Mutex
	target := 0.0 // guarded by mu
	done := func(p *picture) bool {
		mu.Lock()
		defer mu.Unlock()
		return target > 0 && p.Seq >= target
	}
	for i := range pictures {
		reading.Go(func() {
			p := &pictures[i]
			mine := rand.New(rand.NewPCG(uint64(i), 1))
			for !done(p) {
				s, _, err := p.come(h, t)
				if err != nil {
					t.Errorf("screen %d: %v", i, err)
					return
				}
				for stay := mine.IntN(20); stay > 0 && !done(p); stay-- {
					m, err := s.try()
					if err == nil {
						err = p.take(m)
					}
					if err != nil {
						t.Errorf("screen %d: %v", i, err)
						return
					}
					if i%3 == 0 {
						time.Sleep(5 * time.Millisecond) // a slow one
					}
				}
				_ = s.conn.Close(websocket.StatusNormalClosure, "")
			}
		})
	}
	for n := 1; n <= 150; n++ {
		h.Publish("a", int64(1000+n), tiles(n))
		h.Flush()
		time.Sleep(2 * time.Millisecond)
	}
	want := h.whole(t, "a")
	mu.Lock()
	target = want.Seq
	mu.Unlock()
	h.Publish("*", 9000, []tile.Tile{stat("a", 1)})
	h.Beat(tile.Beat{})
	h.Flush() // who waits for a message gets one
	reading.Wait()
	for i := range pictures {
		if got := pictures[i].text(); got != want.text() {
			t.Errorf("screen %d (state %v) differs from the server (state %v)", i, pictures[i].Seq, want.Seq)
		}
	}
	if t.Failed() {
		t.Log(fmt.Sprint("the server: ", want.text()))
	}
}

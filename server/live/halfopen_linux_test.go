package live_test

import (
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"citydeck/cockpits/tile"
	"citydeck/server/live"
)

// switchboard is a listener whose connections can be made to hear nothing more,
// as when a switch fails: no packet comes, not even the end.
type switchboard struct {
	net.Listener
	mu    sync.Mutex
	lines []*net.TCPConn
}

func (s *switchboard) Accept() (net.Conn, error) {
	conn, err := s.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		s.mu.Lock()
		s.lines = append(s.lines, tcp)
		s.mu.Unlock()
	}
	return conn, err
}

// fail makes all connections of now deaf: a filter drops what arrives.
func (s *switchboard) fail(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	dropAll := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K}
	for _, tcp := range s.lines {
		raw, err := tcp.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		if err := raw.Control(func(fd uintptr) {
			err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &dropAll})
		}); err != nil {
			continue // closed already
		}
		if err != nil {
			t.Fatalf("attach a filter: %v", err)
		}
	}
	s.lines = nil
}

// After a switch failed all screens come back while the server still takes the
// old connections for living ones: nobody is refused for that, neither for the
// limit of all nor for that of one address.
func TestScreensComeBackThoughTheOldConnectionsSeemToLive(t *testing.T) {
	t.Parallel()
	const screens = 20
	for name, change := range map[string]func(*live.Config){
		"the house was full":    func(c *live.Config) { c.Screens = screens + 1 },
		"the address had all":   func(c *live.Config) { c.PerAddress = screens },
		"the session had all":   func(c *live.Config) { c.PerViewer = screens; c.Admit = (&registry{}).admit },
		"all limits were tight": func(c *live.Config) { c.Screens = screens + 1; c.PerAddress = screens },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var board *switchboard
			h := open(t, change, func(l net.Listener) net.Listener {
				board = &switchboard{Listener: l}
				return board
			})
			h.ready()
			header := http.Header{"Test-Address": {"192.0.2.1"}, "Authorization": {"Bearer person-1"}}
			if name != "the session had all" {
				header.Del("Authorization")
			}
			fill := func() (all []*screen) {
				for range screens {
					var s *screen
					eventually(t, "a screen is let in", func() bool {
						var err error
						s, _, err = h.dial(t, header)
						return err == nil
					})
					s.say(`{"op":"subscribe","cockpit":"a"}`)
					s.until("snapshot")
					all = append(all, s)
				}
				return all
			}
			old := fill()
			board.fail(t)
			for _, s := range old {
				_ = s.conn.CloseNow()
			}
			h.Publish("a", 2000, []tile.Tile{stat("x", 5)})
			h.Flush() // who doesn't hear can't acknowledge
			time.Sleep(3 * time.Second)
			refused := h.refusals(t)
			for range screens {
				s, resp, err := h.dial(t, header)
				if err != nil {
					t.Fatalf("a screen that comes back: %v, %v", resp, err)
				}
				s.say(`{"op":"subscribe","cockpit":"a"}`)
				var p picture
				if err := p.take(s.until("snapshot")); err != nil || p.value("x") != 5.0 {
					t.Errorf("it sees %s, %v; want x = 5", p.text(), err)
				}
			}
			if got := h.refusals(t) - refused; got != 0 {
				t.Errorf("%v screens were refused", got)
			}
		})
	}
}

// refusals counts the handshakes that were refused, for whatever reason.
func (h *house) refusals(t testing.TB) float64 {
	t.Helper()
	families, err := h.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := 0.0
	for _, f := range families {
		if f.GetName() == "citydeck_live_refused_total" {
			for _, m := range f.GetMetric() {
				all += m.GetCounter().GetValue()
			}
		}
	}
	return all
}
